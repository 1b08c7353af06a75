"""Answers that would pass without doing what they were asked to, against the real engine."""

import pytest

from evalci.core.golden_set import CodeTarget, Protocol, ScorerSpec
from evalci.core.sandbox import Check, SourceFile
from evalci.edges.sandbox import DockerSandbox
from evalci.scorers.registry import prepare
from tests.calls import make_output
from tests.inputs import make_case
from tests.sandbox_image import sandbox, script_check, verdicts

__all__ = ["sandbox"]
pytestmark = pytest.mark.docker
SLOW = pytest.mark.slow

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


STARRED = """\
from solution import *
def test_one(): assert answer(1) == 1
def test_two(): assert answer(2) == 2
"""
HOOK = "@pytest.hookimpl(wrapper=True)\ndef pytest_runtest_makereport(item, call):\n"
FIXTURE = "@pytest.fixture(autouse=True)\ndef passed(request):\n    "


@pytest.mark.parametrize(
    "brought",
    [
        pytest.param("", id="nothing", marks=SLOW),
        pytest.param("def test_mine(): pass\n", id="a test of its own"),
        pytest.param("pytestmark = pytest.mark.xfail\n", id="a mark"),
        pytest.param("def setup_module(module): module.answer = abs\n", id="a set-up", marks=SLOW),
        pytest.param(f"{FIXTURE}request.node.obj = lambda: None\n", id="a fixture", marks=SLOW),
        pytest.param(
            f"pytest_plugins = ['solution']\n{HOOK}"
            "    report = yield\n    report.outcome = 'passed'\n    return report\n",
            id="a plugin",
            marks=SLOW,
        ),
    ],
)
def test_a_star_import_brings_nothing_that_pytest_obeys(
    sandbox: DockerSandbox, brought: str
) -> None:
    case = make_case(
        protocol=Protocol.CODE,
        target=CodeTarget(file="solution.py"),
        scorers=(
            ScorerSpec(
                name="tests",
                params={"files": [{"path": "test_it.py", "text": STARRED}]},
                weight=1.0,
            ),
        ),
    )
    answer = f"```python\nimport pytest\n{brought}def answer(number): return 1\n```\n"

    (score,) = prepare(case, sandbox).trial(0, make_output(answer)).scores

    assert (score.value, score.reason) == (0.5, "1/2: test_it.py::test_two: assert 1 == 2")


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
