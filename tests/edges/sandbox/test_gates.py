"""The code gates on the real engine: which answer passes how many, and what each one says."""

import pytest

from evalci.core.gate_rates import gates_passed
from evalci.core.golden_set import Case, CodeTarget, Protocol, ScorerSpec
from evalci.core.json_value import Json
from evalci.core.trial import Score, Trial
from evalci.edges.sandbox import DockerSandbox
from evalci.errors import SandboxError
from evalci.references import check_references
from evalci.scorers.registry import prepare
from tests import brownfield
from tests.calls import make_output
from tests.inputs import make_case
from tests.sandbox_image import sandbox

__all__ = ["sandbox"]
pytestmark = pytest.mark.docker


def judged(case: Case, answer: str, sandbox: DockerSandbox) -> Trial:
    return prepare(case, sandbox).trial(0, make_output(answer))


def reasons(trial: Trial) -> dict[str, str]:
    return {score.scorer: score.reason for score in trial.scores}


@pytest.mark.parametrize(
    ("answer", "protocol", "passed"),
    [
        pytest.param("I cannot do that.", Protocol.FILE_BLOCKS, 0, id="no code"),
        pytest.param("FILE: ../x.py\nx = 1\n", Protocol.FILE_BLOCKS, 0, id="an escape"),
        pytest.param(brownfield.BAD_DIFF, Protocol.UNIFIED_DIFF, 0, id="a bad diff"),
        pytest.param(brownfield.SYNTAX, Protocol.FILE_BLOCKS, 1, id="a syntax error"),
        pytest.param(brownfield.NO_TEST, Protocol.FILE_BLOCKS, 2, id="a missing test"),
        pytest.param(brownfield.MISSING_IMPORT, Protocol.FILE_BLOCKS, 3, id="a missing import"),
        pytest.param(brownfield.UNTYPED, Protocol.FILE_BLOCKS, 4, id="a wrong type"),
        pytest.param(brownfield.GOOD_BLOCKS, Protocol.FILE_BLOCKS, 5, id="good files"),
        pytest.param(brownfield.GOOD_DIFF, Protocol.UNIFIED_DIFF, 5, id="a good diff"),
    ],
)
def test_gates_of_the_brownfield_service(
    sandbox: DockerSandbox, answer: str, protocol: Protocol, passed: int
) -> None:
    trial = judged(brownfield.brownfield_case(protocol), answer, sandbox)

    assert gates_passed(trial) == passed, reasons(trial)


def test_a_failed_gate_stops_the_dearer_ones(sandbox: DockerSandbox) -> None:
    case = brownfield.brownfield_case(Protocol.FILE_BLOCKS)

    trial = judged(case, brownfield.SYNTAX, sandbox)

    assert reasons(trial)["tests"] == "not run: `compiles` failed"


def test_a_failure_names_the_requirement(sandbox: DockerSandbox) -> None:
    answer = brownfield.GOOD_BLOCKS.replace('ITEMS.get(query["id"])', "None")

    trial = judged(brownfield.brownfield_case(Protocol.FILE_BLOCKS), answer, sandbox)
    (score,) = [score for score in trial.scores if score.scorer == "tests"]

    assert score.value == 0.5
    assert "requirement R1 one item: test_one_item" in score.reason


def python_score(sandbox: DockerSandbox, name: str, answer: str, **params: Json) -> Score:
    case = make_case(
        protocol=Protocol.CODE,
        expected="def f(x):\n    return x\n",
        target=CodeTarget(file="solution.py"),
        scorers=(ScorerSpec(name=name, params=params, weight=1.0),),
    )
    (score,) = judged(case, f"```python\n{answer}```\n", sandbox).scores
    return score


BRANCHY = "def f(x):\n" + "".join(f"    if x == {n}:\n        return {n}\n" for n in range(5))
SLOW = pytest.mark.slow
DEEP = f"y = {'+'.join(['1'] * 3000)}\n"
SHELL = "import subprocess\n\n\ndef f(x):\n    return subprocess.call(x, shell=True)\n"


@pytest.mark.parametrize(
    ("name", "answer", "params", "says"),
    [
        pytest.param("compiles", "def f(:\n", {}, "solution.py: line 1: ", id="compiles"),
        pytest.param(
            "types", "def f(x: int) -> str:\n    return x\n", {}, "return-value", id="types"
        ),
        pytest.param(
            "types", "def f(x):\n    return x\n", {"strict": True}, "no-untyped", id="strict"
        ),
        pytest.param(
            "types", "# mypy: ignore-errors\nx: int = ''\n", {}, "assignment", id="own silence"
        ),
        pytest.param(
            "types", "x: int = ''  # type: ignore\n", {}, "assignment", id="ignore", marks=SLOW
        ),
        pytest.param(
            "types",
            "import typing as t\n@t.no_type_check\ndef f(x: int) -> str:\n    return x\n",
            {},
            "return-value",
            id="unchecked by a decorator",
            marks=SLOW,
        ),
        pytest.param(
            "types",
            "from typing import TYPE_CHECKING\nif not TYPE_CHECKING:\n    x: int = ''\n",
            {},
            "assignment",
            id="hidden",
            marks=SLOW,
        ),
        pytest.param(
            "security",
            f"{SHELL}def (:\n",
            {},
            "SKIPPED: ",
            id="what bandit cannot read",
            marks=SLOW,
        ),
        pytest.param("security", f"{SHELL}{DEEP}", {}, "SKIPPED: ", id="what is too deep for it"),
        pytest.param("lint", "import os\n", {}, "F401", id="lint"),
        pytest.param("lint", "import os  # noqa\n", {}, "F401", id="lint in spite of noqa"),
        pytest.param("security", SHELL, {"max_severity": "low"}, "HIGH: B602", id="security"),
        pytest.param("complexity", BRANCHY, {}, "f has complexity 6, allowed is 1", id="delta"),
        pytest.param(
            "constraints",
            "print(eval('1'))\n",
            {"forbidden": {"builtins": ["eval"]}},
            "solution.py: uses `eval`",
            id="a forbidden builtin",
        ),
        pytest.param(
            "constraints",
            "import builtins\nbuiltins.eval('1')\n",
            {"forbidden": {"builtins": ["eval"]}},
            "solution.py: uses `eval`",
            id="a forbidden builtin by its module",
        ),
        pytest.param(
            "constraints",
            "from os import system\n",
            {"forbidden": {"imports": ["os.system"]}},
            "solution.py: imports `os.system`",
            id="a forbidden part of a module",
        ),
        pytest.param(
            "constraints",
            "import os.path\n",
            {"forbidden": {"imports": ["os"]}},
            "solution.py: imports `os.path`",
            id="a forbidden import",
        ),
        pytest.param(
            "constraints",
            "import requests\n",
            {"max_new_dependencies": 0},
            "new dependencies: requests",
            id="a new dependency",
        ),
    ],
)
def test_what_a_gate_finds(
    sandbox: DockerSandbox, name: str, answer: str, params: dict[str, Json], says: str
) -> None:
    score = python_score(sandbox, name, answer, **params)

    assert says in score.reason
    assert score.value is not None
    assert score.value < 1.0 or not says


@pytest.mark.parametrize(
    ("beside", "value"),
    [
        pytest.param("FILE: setup.cfg\n[radon]\nexclude = *\n", 0.2, id="a configuration of radon"),
        pytest.param("FILE: --exclude=main.py\nx = 1\n", 0.2, id="an option as the name of a file"),
        pytest.param(f"FILE: .reference/x.py\n{BRANCHY}", 0.0, id="a reference of its own"),
        pytest.param("FILE: conftest.py\nx = 1\n", 0.2, id="what only pytest reads"),
    ],
)
def test_files_of_an_answer_do_not_steer_the_tool(
    sandbox: DockerSandbox, beside: str, value: float
) -> None:
    case = make_case(
        protocol=Protocol.FILE_BLOCKS,
        expected={"files": {"main.py": "x = 1\n"}},
        scorers=(ScorerSpec(name="complexity", params={}, weight=1.0),),
    )

    (score,) = judged(case, f"FILE: main.py\n{BRANCHY}{beside}", sandbox).scores

    assert score.value == pytest.approx(value, abs=0.04)


@SLOW
def test_files_of_one_name_in_several_folders_are_several_modules(sandbox: DockerSandbox) -> None:
    case = make_case(
        protocol=Protocol.FILE_BLOCKS,
        scorers=(ScorerSpec(name="types", params={}, weight=1.0),),
    )

    (score,) = judged(case, "FILE: a/user.py\nx = 1\nFILE: b/user.py\nx = 1\n", sandbox).scores

    assert (score.value, score.reason) == (1.0, "")


@SLOW
def test_no_path_of_an_answer_keeps_bandit_away(sandbox: DockerSandbox) -> None:
    case = make_case(
        protocol=Protocol.FILE_BLOCKS,
        scorers=(ScorerSpec(name="security", params={}, weight=1.0),),
    )

    (score,) = judged(case, f"FILE: src/CVSReader.py\n{SHELL}", sandbox).scores

    assert "2 findings, first LOW: B404 src/CVSReader.py" in score.reason


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("compiles", {}),
        ("types", {"strict": True}),
        ("lint", {"select": ["E", "F"]}),
        ("security", {}),
        ("complexity", {"max": 1}),
        ("constraints", {"max_new_dependencies": 0, "forbidden": {"builtins": ["eval"]}}),
    ],
)
def test_clean_code_passes(sandbox: DockerSandbox, name: str, params: dict[str, Json]) -> None:
    score = python_score(sandbox, name, "def f(x: int) -> int:\n    return x\n", **params)

    assert (score.value, score.reason) == (1.0, "")


def test_an_image_that_is_not_there_is_not_the_models_fault(sandbox: DockerSandbox) -> None:
    with pytest.raises(SandboxError, match="no image sha256:"):
        python_score(sandbox, "compiles", "x = 1\n", image=f"sha256:{'0' * 64}")


def scripted(case_id: str, test: str, reference: str) -> Case:
    params = {"script": {"path": "check.py", "text": test}}
    return make_case(
        id=case_id,
        protocol=Protocol.CODE,
        expected=reference,
        scorers=(ScorerSpec(name="tests", params=params, weight=1.0),),
    )


def test_references_are_checked_and_blind_tests_are_found(sandbox: DockerSandbox) -> None:
    good = "def f(x):\n    return x > 1\n"
    cases = [
        scripted(
            "sharp", "from solution import f\nassert f(2) is True\nassert f(1) is False\n", good
        ),
        scripted("blind", "from solution import f\nf(2)\n", good),
        scripted("wrong", "from solution import f\nassert f(0)\n", good),
    ]

    found = check_references(cases, sandbox, mutate=True)

    assert [(check.case, bool(check.failed), check.cannot_fail) for check in found] == [
        ("sharp", False, False),
        ("blind", False, True),
        ("wrong", True, False),
    ]
