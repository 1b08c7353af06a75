"""What checks share in one container: it works, it has limits, and nobody's leavings stay there."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from evalci.core.sandbox import Ending
from evalci.edges.sandbox import DockerSandbox
from tests.sandbox_image import HONEST, program, sandbox, script_check, verdicts

__all__ = ["sandbox"]
pytestmark = pytest.mark.docker

PARALLEL = """\
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.shared_memory import SharedMemory

def answer():
    with multiprocessing.Lock(), ProcessPoolExecutor(2) as pool:
        queue = multiprocessing.Queue()
        queue.put(sum(pool.map(abs, [-1, 40])))
        memory = SharedMemory(create=True, size=1)
        memory.buf[0] = queue.get() + 1
        found = memory.buf[0]
        memory.close()
        memory.unlink()
        return found
"""


@pytest.mark.parametrize("alone", [False, True], ids=["in a shared container", "in its own"])
def test_locks_pools_queues_and_shared_memory_work(sandbox: DockerSandbox, alone: bool) -> None:
    assert verdicts(sandbox.run(script_check(PARALLEL, alone=alone))) == ["passed"]


MESSAGES = """\
import ctypes, os
queue = ctypes.CDLL(None).mq_open(b'/left', FLAGS, 0o666, None)
"""


@pytest.mark.parametrize(
    ("leave", "look"),
    [
        pytest.param(
            f"open('{folder}/left', 'w').close()\n",
            f"import os\nprint(os.path.exists('{folder}/left'))\n",
            id=folder,
        )
        for folder in ("/tmp", "/dev/shm")  # noqa: S108  # the container's
    ]
    + [
        pytest.param(
            MESSAGES.replace("FLAGS", "os.O_CREAT"),
            MESSAGES.replace("FLAGS", "0") + "print(queue >= 0)\n",
            id="message queues",
        ),
    ],
)
def test_the_next_check_finds_nothing(sandbox: DockerSandbox, leave: str, look: str) -> None:
    there = sandbox.run(program(leave + look)).output

    assert (there, sandbox.run(program(look)).output) == ("True\n", "False\n")


SURVIVORS = """\
import os, time
for k in range(8):
    if os.fork() == 0:
        os.setsid()
        while True:
            for n in range(200):
                name = f'/dev/shm/{k}.{n}'
                if os.path.exists(name): os.unlink(name)
                open(name, 'w').close()
time.sleep(0.3)
"""


def test_what_outlives_its_check_leaves_no_file_in_its_last_moment(sandbox: DockerSandbox) -> None:
    names = "[f'/dev/shm/{k}.{n}' for k in range(8) for n in range(200)]"
    sandbox.run(program(SURVIVORS))

    left = sandbox.run(program(f"import os\nprint(sum(map(os.path.exists, {names})))\n"))

    assert left.output == "0\n"


@pytest.mark.parametrize("folder", ["/tmp", "/dev/shm", "/dev/mqueue"])  # noqa: S108  # as above
def test_nobody_sees_what_others_have_in_a_shared_folder(
    sandbox: DockerSandbox, folder: str
) -> None:
    look = f"import os\ntry: print(os.listdir('{folder}'))\nexcept PermissionError: print('no')\n"

    assert sandbox.run(program(look)).output == "no\n"


def test_shared_memory_holds_no_program(sandbox: DockerSandbox) -> None:
    look = "print([line for line in open('/proc/mounts') if ' /dev/shm ' in line])\n"

    said = sandbox.run(program(look)).output

    assert "rw,nosuid,nodev,noexec" in said
    assert "size=65536k" in said


FILL = """\
import os
n, block = 0, bytes(SIZE)
try:
    while True:
        n, fd = n + 1, os.open(f'/dev/shm/{n}', os.O_CREAT | os.O_WRONLY)
        os.write(fd, block)
        os.close(fd)
except OSError as exc:
    print(exc.strerror, flush=True)
"""


@pytest.mark.parametrize(
    "size",
    [pytest.param(1 << 20, id="bytes"), pytest.param(0, id="files", marks=pytest.mark.slow)],
)
def test_a_full_shared_memory_is_empty_for_the_next(sandbox: DockerSandbox, size: int) -> None:
    full = sandbox.run(program(FILL.replace("SIZE", str(size))))

    after = sandbox.run(script_check(PARALLEL))

    assert full.output == "No space left on device\n"
    assert verdicts(after) == ["passed"]


@pytest.mark.slow
def test_a_full_shared_memory_is_not_the_neighbours_failure(sandbox: DockerSandbox) -> None:
    hog = f"{FILL.replace('SIZE', '1 << 20')}import time\ntime.sleep(3)\n"

    with ThreadPoolExecutor(2) as pool:
        pool.submit(sandbox.run, program(hog))
        result = pool.submit(sandbox.run, script_check(f"import time\ntime.sleep(1)\n{PARALLEL}"))

    assert verdicts(result.result()) == ["passed"]


def test_memory_that_processes_share_counts(sandbox: DockerSandbox) -> None:
    share = "import mmap, time\nmemory = mmap.mmap(-1, 300 << 20)\nfor _ in range(300):\n"
    share += "    memory.write(bytes(1 << 20))\ntime.sleep(20)\n"

    hog = sandbox.run(program(share))

    assert hog.ending is Ending.MEMORY
    assert verdicts(sandbox.run(script_check(HONEST))) == ["passed"]
