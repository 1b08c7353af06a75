"""Hostile code against the real engine: it harms nobody, and it does not win."""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from evalci.core.sandbox import Ending, Isolation
from evalci.edges.sandbox import DockerSandbox
from evalci.edges.sandbox.engine import LABEL
from evalci.edges.sandbox.reach import connect
from tests.sandbox_image import HONEST, program, sandbox, script_check, verdicts

__all__ = ["sandbox"]
pytestmark = pytest.mark.docker


def test_honest_code_passes(sandbox: DockerSandbox) -> None:
    assert verdicts(sandbox.run(script_check(HONEST))) == ["passed"]


FORK_BOMB = "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass\n"
DISK = "block = b'x' * (1 << 20)\nwith open('big', 'wb') as f:\n    while True: f.write(block)\n"
MANY_FILES = "n = 0\nwhile True:\n    open(f'f{n}', 'w').close()\n    n += 1\n"
DISK_MANY = """\
import os
n = 0
while True:
    with open(f'big{n}', 'wb') as f:
        for _ in range(20): f.write(b'x' * (1 << 20))
    n += 1
"""


@pytest.mark.parametrize(
    ("code", "endings"),
    [
        pytest.param(FORK_BOMB, {Ending.TIMEOUT}, id="fork bomb"),
        pytest.param("x = bytearray(4 << 30)\n", {Ending.EXITED, Ending.MEMORY}, id="4 GB"),
        pytest.param(
            "import os\nfor _ in range(8): os.fork()\nx = bytearray(200 << 20)\nimport time\n"
            "time.sleep(60)\n",
            {Ending.EXITED, Ending.MEMORY, Ending.KILLED, Ending.TIMEOUT},
            id="memory of many processes",
        ),
        pytest.param(DISK, {Ending.EXITED}, id="one endless file"),
        pytest.param(DISK_MANY, {Ending.EXITED, Ending.MEMORY}, id="a full disk"),
        pytest.param(MANY_FILES, {Ending.EXITED, Ending.TIMEOUT}, id="endless files"),
        pytest.param("while True: print('x' * 1000)\n", {Ending.OUTPUT}, id="endless output"),
        pytest.param("while True: pass\n", {Ending.TIMEOUT}, id="endless loop"),
        pytest.param(
            "import signal\nfor n in range(1, 65):\n    try: signal.signal(n, signal.SIG_IGN)\n"
            "    except (OSError, ValueError): pass\nwhile True: pass\n",
            {Ending.TIMEOUT},
            id="endless loop that ignores signals",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_a_hog_fails_alone(sandbox: DockerSandbox, code: str, endings: set[Ending]) -> None:
    hog = sandbox.run(program(code, timeout_s=4 if Ending.TIMEOUT in endings else None))

    after = sandbox.run(script_check(HONEST))

    assert hog.ending in endings
    assert hog.ending is not Ending.EXITED or hog.code != 0
    assert verdicts(after) == ["passed"]


REFUSED = "\ntry:\n    {attempt}\nexcept BaseException as exc:\n    print('refused', repr(exc))\n"


@pytest.mark.parametrize(
    "attempt",
    [
        pytest.param("socket.create_connection(('1.1.1.1', 80), 2)", id="network"),
        pytest.param("socket.getaddrinfo('example.com', 80)", id="DNS"),
        pytest.param("open('/proc/1/environ').read()", id="environment of process 1"),
        pytest.param("open(f'/proc/{os.getppid()}/environ').read()", id="supervisor's environment"),
        pytest.param("open(f'/proc/{os.getppid()}/mem', 'rb').read(1)", id="supervisor's memory"),
        pytest.param("open(f'/proc/{os.getppid()}/fd/1', 'wb').write(b'x')", id="its stdout"),
        pytest.param("os.kill(os.getppid(), 9)", id="killing the supervisor"),
        pytest.param("os.kill(1, 9)", id="killing process 1"),
        pytest.param("open('/etc/passwd', 'a')", id="writing to /etc"),
        pytest.param("open('/evalci/x', 'w')", id="writing beside the work folder"),
        pytest.param("open('../x', 'w')", id="writing above the work folder"),
        pytest.param("os.listdir('/evalci')", id="listing the others' folders"),
        pytest.param("os.setuid(0)", id="setuid"),
        pytest.param("os.setresuid(-1, 0, -1)", id="seteuid"),
        pytest.param("os.chroot('/')", id="chroot"),
        pytest.param("os.chown('program.py', 0, 0)", id="chown"),
        pytest.param("os.unlink('/proc/sys/kernel/hostname')", id="kernel settings"),
    ],
)
def test_what_is_out_of_reach_is_refused(sandbox: DockerSandbox, attempt: str) -> None:
    code = "import os, socket\n" + REFUSED.format(attempt=attempt)

    result = sandbox.run(program(code))

    assert result.output.startswith("refused")


def test_no_program_can_gain_rights(sandbox: DockerSandbox) -> None:
    look = "print(open('/proc/self/status').read(), open('/proc/self/mounts').read())\n"

    said = sandbox.run(program(look)).output

    assert "NoNewPrivs:\t1" in said
    assert "CapEff:\t0000000000000000" in said
    assert [line for line in said.splitlines() if " /evalci " in line and "nosuid" in line]


def test_the_environment_holds_no_secret_of_ours(
    sandbox: DockerSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-not-for-you")

    result = sandbox.run(program("import os\nprint(dict(os.environ))\n", alone=True))

    assert "HOME" in result.output
    assert "sk-not-for-you" not in result.output


def test_a_symlink_leads_to_the_containers_own_files(
    sandbox: DockerSandbox, tmp_path: Path
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("of the host", encoding="ascii")
    code = f"import os\nos.symlink('{secret}', 'l')\nprint(os.path.exists('l'))\n"

    result = sandbox.run(program(code))

    assert result.output == "False\n"


def test_a_child_does_not_outlive_its_check(sandbox: DockerSandbox) -> None:
    child = (
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        "        while True:\n            time.sleep(0.05)\nprint(os.getuid())\n"
    )
    uid = sandbox.run(program(child)).output.split()[0]
    look = (
        "import os\nprint([p for p in os.listdir('/proc') if p.isdigit()"
        f" and os.stat('/proc/' + p).st_uid == {uid}])\n"
    )

    assert sandbox.run(program(look)).output == "[]\n"


def test_nothing_is_left_of_files_and_ports(sandbox: DockerSandbox) -> None:
    leave = (
        "import os, socket, time\nopen('/tmp/mine', 'w').close()\n"
        "os.makedirs('a/b')\nopen('a/b/c', 'w').close()\nos.chmod('a/b', 0)\nos.chmod('a', 0)\n"
        "s = socket.socket()\ns.bind(('127.0.0.1', 8123))\ns.listen()\n"
        "if os.fork() == 0: time.sleep(60)\n"
    )
    sandbox.run(program(leave))
    look = (
        "import os, socket\nprint(os.path.exists('/tmp/mine'))\n"
        "print(socket.socket().connect_ex(('127.0.0.1', 8123)) != 0)\nprint(os.listdir('..'))\n"
    )

    result = sandbox.run(program(look.replace("print(os.listdir('..'))\n", "")))

    assert result.output == "False\nTrue\n"


def test_neighbours_cannot_signal_or_read_each_other(sandbox: DockerSandbox) -> None:
    victim = program(
        "import os, time\nprint(os.getpid(), flush=True)\ntime.sleep(3)\nprint('well')"
    )
    attacker = program(
        "import os, time\ntime.sleep(1)\n"
        "others = [p for p in os.listdir('/proc') if p.isdigit() and int(p) != os.getpid()]\n"
        "for p in others:\n"
        "    try: os.kill(int(p), 9); print('killed', p)\n    except OSError: pass\n"
        "    for name in ('mem', 'environ', 'cwd/program.py'):\n"
        "        try: open(f'/proc/{p}/{name}', 'rb').read(1); print('read', p, name)\n"
        "        except OSError: pass\nprint('done')\n"
    )

    with ThreadPoolExecutor(2) as pool:
        hurt, busy = pool.map(sandbox.run, [victim, attacker])

    assert hurt.output.endswith("well\n")
    assert busy.output == "done\n"


@pytest.mark.slow
def test_a_full_tmp_is_not_the_neighbours_failure(sandbox: DockerSandbox) -> None:
    hog = (
        "import time\ntry:\n    with open('/tmp/big', 'wb', 0) as f:\n"
        "        while True: f.write(b'x' * (1 << 20))\nexcept OSError: time.sleep(3)\n"
    )
    good = f"import time\ntime.sleep(1)\nopen('/tmp/mine', 'w').write('x' * 99999)\n{HONEST}"

    with ThreadPoolExecutor(2) as pool:
        pool.submit(sandbox.run, program(hog))
        result = pool.submit(sandbox.run, script_check(good)).result()

    assert verdicts(result) == ["passed"]


@pytest.mark.slow
def test_a_dead_container_costs_its_neighbours_nothing(sandbox: DockerSandbox) -> None:
    slow = "import time\ntime.sleep(4)\ndef answer(): return 42\n"
    client = connect()

    def kill_soon() -> None:
        time.sleep(2)
        for container in client.containers.list(filters={"label": LABEL}):
            if container.labels[LABEL].endswith(f":{os.getpid()}"):
                container.kill()

    sandbox.run(script_check(HONEST))
    killer = threading.Thread(target=kill_soon)
    killer.start()

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(sandbox.run, [script_check(slow), script_check(slow)]))
    killer.join()
    client.close()

    assert [verdicts(result) for result in results] == [["passed"], ["passed"]]


def test_a_check_of_its_own_container_is_alone(sandbox: DockerSandbox) -> None:
    look = "import os\nprint(sorted({os.stat('/proc/' + p).st_uid for p in os.listdir('/proc')"
    check = program(f"{look} if p.isdigit()}}))\n", alone=True)

    users = eval(sandbox.run(check).output)  # noqa: S307  # a list of numbers, of our own program

    assert (check.isolation, len(users)) == (Isolation.CONTAINER, 2)
