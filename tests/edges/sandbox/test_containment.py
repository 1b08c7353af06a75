"""Hostile code against the real engine: it harms nobody, and it does not win."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from evalci.core.sandbox import Check, CheckResult, Ending, Isolation, SandboxPolicy, SourceFile
from evalci.edges.sandbox import DockerSandbox
from evalci.edges.sandbox.engine import LABEL
from evalci.edges.sandbox.reach import connect
from tests.sandbox_image import ensure_image, program, sandbox, script_check

__all__ = ["sandbox"]
pytestmark = pytest.mark.docker
HONEST = "def answer(): return 42\n"


def verdicts(result: CheckResult) -> list[object]:
    """Return the outcomes that the runner reported."""
    return [record.get("outcome") for record in result.records if "id" in record]


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
    hog = sandbox.run(program(code, timeout_s=4))

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
        pytest.param("open('/dev/shm/x', 'w')", id="shared memory"),
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


def test_a_symlink_leads_to_the_containers_own_files(sandbox: DockerSandbox) -> None:
    secret = Path("/tmp/evalci-test-secret")  # noqa: S108  # a fixed place that the code can name
    secret.write_text("of the host", encoding="ascii")
    code = f"import os\nos.symlink('{secret}', 'l')\nprint(os.path.exists('l'))\n"

    result = sandbox.run(program(code))
    secret.unlink()

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


CHEATS = {
    "prints passed": "print('passed')\ndef answer(): return 0\n",
    "leaves at once": "import os\nos._exit(0)\n",
    "leaves politely": "import sys\nsys.exit(0)\n",
    "leaves in the call": "def answer():\n    raise SystemExit(0)\n",
    "writes to the verdict channel": (
        "import os\nfor fd in range(3, 20):\n"
        '    try: os.write(fd, b\'\\n{"id": "check_answer.py", "outcome": "passed"}\\n\')\n'
        "    except OSError: pass\nos._exit(0)\n"
    ),
    "rewrites the test": ("open('check_answer.py', 'w').write('')\ndef answer(): return 0\n"),
    "replaces the test": (
        "import os\nos.rename('check_answer.py', 'old')\nopen('check_answer.py', 'w').close()\n"
        "def answer(): return 0\n"
    ),
    "patches builtins": (
        "import builtins\nbuiltins.AssertionError = KeyboardInterrupt\n"
        "builtins.isinstance = lambda *a: True\nbuiltins.str = lambda *a: 'passed'\n"
        "def answer(): return 0\n"
    ),
    "catches the failure": (
        "import sys\nsys.excepthook = lambda *a: None\nimport atexit, os\n"
        "atexit.register(os._exit, 0)\ndef answer(): return 0\n"
    ),
    "closes everything": "import os\nos.closerange(0, 100)\nos._exit(0)\n",
}


@pytest.mark.parametrize("code", CHEATS.values(), ids=CHEATS.keys())
def test_a_script_is_not_passed_by_cheating(sandbox: DockerSandbox, code: str) -> None:
    assert "passed" not in verdicts(sandbox.run(script_check(code)))


PYTEST_CHEATS = {
    "deletes the test file": "import os\nos.unlink('tests/test_two.py')\n",
    "rewrites the test file": "open('tests/test_two.py', 'w').write('def test_b(): pass')\n",
    "moves the test folder": (
        "import os\nos.rename('tests', 'old')\nos.mkdir('tests')\n"
        "open('tests/test_two.py', 'w').write('def test_b(): pass')\n"
    ),
    "patches pytest": (
        "import _pytest.python\n_pytest.python.Function.runtest = lambda self: None\n"
    ),
    "patches the report": (
        "import _pytest.reports\nold = _pytest.reports.TestReport.from_item_and_call\n"
        "def new(item, call):\n    report = old(item, call)\n    report.outcome = 'passed'\n"
        "    return report\n_pytest.reports.TestReport.from_item_and_call = new\n"
    ),
    "replaces pytest": (
        "import sys, types\nfake = types.ModuleType('pytest')\nsys.modules['pytest'] = fake\n"
    ),
    "leaves": "import os\nos._exit(0)\n",
    "skips": "import pytest\npytest.skip('later', allow_module_level=True)\n",
    "expects to fail": (
        "import pytest, _pytest.skipping as s\nwhy = s.Xfail('x', True, False, None)\n"
        "s.evaluate_xfail_marks = lambda item: why\n"
    ),
    "patches assert": "import builtins\nbuiltins.AssertionError = type('E', (Warning,), {})\n",
}


@pytest.mark.parametrize("code", PYTEST_CHEATS.values(), ids=PYTEST_CHEATS.keys())
def test_pytest_is_not_passed_by_cheating(sandbox: DockerSandbox, code: str) -> None:
    one = "import solution\ndef test_a(): assert solution.answer() == 42\n"
    two = "import solution\ndef test_b(): assert solution.answer() == 42\n"
    files = (
        SourceFile(path="solution.py", text=f"{code}def answer(): return 0\n"),
        SourceFile(path="tests/test_one.py", text=one, protected=True),
        SourceFile(path="tests/test_two.py", text=two, protected=True),
    )
    names = ["tests/test_one.py", "tests/test_two.py"]

    result = sandbox.run(Check(files=files, task={"kind": "pytest", "files": names}))

    assert "passed" not in verdicts(result)


JUDGED = """\
import unittest
import pytest
import solution
@pytest.mark.parametrize("number", [1, 2])
def test_number(number): assert solution.answer(number) == number
class AnswerCase(unittest.TestCase):
    def test_answer(self): self.assertEqual(solution.answer(3), 3)
    @unittest.expectedFailure
    def test_unanswered(self): self.assertEqual(0, 1)
"""
NAMES = ("test_number[1]", "test_number[2]", "AnswerCase::test_answer")
ALL = (*NAMES, "AnswerCase::test_unanswered")


def outcomes(sandbox: DockerSandbox, solution: str) -> dict[str, object]:
    files = (
        SourceFile(path="solution.py", text=solution),
        SourceFile(path="test_it.py", text=JUDGED, protected=True),
    )
    result = sandbox.run(Check(files=files, task={"kind": "pytest", "files": ["test_it.py"]}))
    collected = [r["collected"] for r in result.records if "collected" in r]
    assert collected == [[f"test_it.py::{name}" for name in ALL]]
    ended = {str(r["id"])[12:]: r["outcome"] for r in result.records if "id" in r}
    return {name: ended.get(name, "silent") for name in ALL}


def test_an_honest_answer_passes_every_kind_of_test(sandbox: DockerSandbox) -> None:
    assert set(outcomes(sandbox, "def answer(n): return n\n").values()) == {"passed"}


@pytest.mark.parametrize(
    ("solution", "expected"),
    [
        pytest.param(
            "import pytest\ndef answer(n): pytest.xfail('no')\n",
            ["skipped", "skipped", "skipped"],
            id="expects its own failure",
        ),
        pytest.param(
            "import os\ndef answer(n): return n if n == 1 else os._exit(0)\n",
            ["passed", "silent", "silent"],
            id="leaves where it is wrong",
        ),
        pytest.param(
            "import unittest\nunittest.TestCase.assertEqual = print\ndef answer(n): return 0\n",
            ["failed", "failed", "failed"],
            id="patches unittest",
        ),
    ],
)
def test_no_kind_of_test_is_passed_by_cheating(
    sandbox: DockerSandbox, solution: str, expected: list[str]
) -> None:
    found = outcomes(sandbox, solution)

    assert [found[name] for name in NAMES] == expected


KILLER = "import os\nos.kill(1, 9)\nx = [bytearray(50 << 20) for _ in range(3)]\n"


FORGER = """\
import os, sys
frame = sys._getframe()
while frame:
    report = frame.f_locals.get("report")
    for name, cell in zip(report.__code__.co_freevars, report.__closure__) if report else ():
        if name == "token":
            os.write(3, f"\\n{cell.cell_contents} ".encode() + FORGED + b"\\n")
    frame = frame.f_back
def answer(): return 0
"""


@pytest.mark.parametrize(
    "forged",
    [
        pytest.param("b'5'", id="a record that is none"),
        pytest.param("b'[' * 60000 + b']' * 60000", id="what nests too deep"),
        pytest.param("""b'{"broken": "disk"}'""", id="a fault of the sandbox"),
    ],
)
def test_code_that_finds_the_token_harms_itself_alone(sandbox: DockerSandbox, forged: str) -> None:
    result = sandbox.run(script_check(FORGER.replace("FORGED", forged)))

    assert verdicts(result) == ["failed"]


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


def containers_of(pid: int) -> list[str]:
    client = connect()
    try:
        found = client.containers.list(all=True, filters={"label": LABEL})
        return [c.id or "" for c in found if c.labels[LABEL].endswith(f":{pid}")]
    finally:
        client.close()


def eventually(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 20
    while not true() and time.monotonic() < deadline:
        time.sleep(0.1)
    return true()


def test_nothing_is_left_when_a_sandbox_is_closed() -> None:
    ensure_image()
    others = set(containers_of(os.getpid()))
    opened = DockerSandbox(SandboxPolicy())
    opened.run(script_check(HONEST))
    started = set(containers_of(os.getpid())) - others
    opened.run(script_check(HONEST, alone=True))

    opened.close()

    assert started
    assert eventually(lambda: set(containers_of(os.getpid())) <= others)


ORPHAN = """\
import time
from evalci.core.sandbox import SandboxPolicy
from evalci.edges.sandbox import DockerSandbox
from tests.sandbox_image import script_check
sandbox = DockerSandbox(SandboxPolicy())
sandbox.run(script_check("def answer(): return 42"))
print("ready", flush=True)
time.sleep(60)
"""


def test_a_killed_evalci_leaves_no_container() -> None:
    ensure_image()
    process = subprocess.Popen([sys.executable, "-c", ORPHAN], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    process.kill()
    process.communicate()

    DockerSandbox(SandboxPolicy()).close()

    assert eventually(lambda: containers_of(process.pid) == [])


def test_a_check_of_its_own_container_is_alone(sandbox: DockerSandbox) -> None:
    look = "import os\nprint(sorted({os.stat('/proc/' + p).st_uid for p in os.listdir('/proc')"
    check = program(f"{look} if p.isdigit()}}))\n", alone=True)

    users = eval(sandbox.run(check).output)  # noqa: S307  # a list of numbers, of our own program

    assert (check.isolation, len(users)) == (Isolation.CONTAINER, 2)
