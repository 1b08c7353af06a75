"""Code gates over a fake sandbox: what is sent, and what is made of what comes back."""

import pytest

from evalci.core.gate_rates import gates_passed
from evalci.core.golden_set import CodeTarget, ContextFile, Protocol, ScorerSpec
from evalci.core.hashes import harness_hash
from evalci.core.json_value import Json
from evalci.core.sandbox import CheckResult, Ending
from evalci.core.trial import Trial
from evalci.errors import SandboxError
from evalci.scorers.registry import KINDS, images_of, prepare
from tests.fake_sandbox import FakeSandbox
from tests.inputs import make_case
from tests.scorers.code_cases import TEST, case_of, record, result, spec, trial


@pytest.mark.parametrize(
    ("found", "value", "reason"),
    [
        pytest.param(result(record("test_a"), record("test_b")), 1.0, "", id="both pass"),
        pytest.param(
            result(record("test_a"), record("test_b", "failed", "4 != 3")),
            0.5,
            "1/2: tests/test_f.py::test_b: 4 != 3",
            id="one fails",
        ),
        pytest.param(
            result(record("test_a")),
            0.5,
            "1/2: tests/test_f.py::test_b: did not report",
            id="one is silent",
        ),
        pytest.param(
            result(record("test_a"), record("test_b", "skipped")),
            0.5,
            "1/2: tests/test_f.py::test_b: skipped",
            id="one is skipped",
        ),
        pytest.param(
            result(record("test_a[1]"), record("test_a[2]", "failed"), record("test_b")),
            2 / 3,
            "2/3: tests/test_f.py::test_a[2]: failed",
            id="one of its parameters fails",
        ),
        pytest.param(
            result({"collected": ["tests/test_f.py::T::c"]}, record("test_a"), record("test_b")),
            2 / 3,
            "2/3: tests/test_f.py::T::c: did not report",
            id="one that only pytest knew is silent",
        ),
        pytest.param(
            result({"collected": ["tests/test_f.py::test_a"]}, record("test_b")),
            0.5,
            "1/2: tests/test_f.py::test_a: did not report",
            id="one that is known twice counts once",
        ),
        pytest.param(result(), 0.0, "0/2: tests/test_f.py::test_a: said", id="all are silent"),
        pytest.param(
            result({"id": "tests/test_f.py", "outcome": "failed", "message": "ImportError: x"}),
            0.0,
            "0/2: tests/test_f.py::test_a: ImportError: x",
            id="the test file cannot be imported",
        ),
        pytest.param(
            result(record("test_a"), record("test_b"), ending=Ending.TIMEOUT),
            0.0,
            "timed out after 30 s",
            id="no time left",
        ),
        pytest.param(result(ending=Ending.MEMORY), 0.0, "ran out of memory", id="no memory left"),
        pytest.param(result(ending=Ending.OUTPUT), 0.0, "printed without end", id="output"),
        pytest.param(result(ending=Ending.KILLED), 0.0, "killed its own sandbox", id="killed"),
    ],
)
def test_every_expected_test_must_report(found: CheckResult, value: float, reason: str) -> None:
    (score,) = trial(case_of(spec("tests", files=[TEST])), FakeSandbox(found)).scores

    assert score.value == pytest.approx(value)
    assert score.reason == reason


def test_hidden_files_win_over_the_answer_and_are_protected() -> None:
    sandbox = FakeSandbox(result())
    hidden: Json = {"path": "solution.py", "text": "def test_a(): ...\n"}
    tests: Json = [hidden, TEST]

    trial(case_of(spec("tests", files=tests)), sandbox)

    sent = {file.path: (file.text, file.protected) for file in sandbox.checks[0].files}
    assert sent["solution.py"] == ("def test_a(): ...\n", True)


def test_an_answer_cannot_steer_the_test_tool() -> None:
    sandbox = FakeSandbox(result())
    case = make_case(
        protocol=Protocol.FILE_BLOCKS,
        target=CodeTarget(fixture=(ContextFile(path="conftest.py", content="own = 1\n"),)),
        scorers=(spec("tests", files=[TEST]),),
    )

    trial(
        case, sandbox, "FILE: conftest.py\nx = 1\nFILE: pytest.toml\n[pytest]\nFILE: a.py\ny = 1\n"
    )

    sent = {file.path: file.text for file in sandbox.checks[0].files if not file.protected}
    assert sent == {"conftest.py": "own = 1\n", "a.py": "y = 1\n"}


@pytest.mark.parametrize(
    "path", ["tests", "tests/test_f.py/x.py", ".tmp", ".reference/a.py", "é" * 200, "a\ud800"]
)
def test_files_that_cannot_be_are_the_answers_failure(path: str) -> None:
    sandbox = FakeSandbox(result())
    case = make_case(protocol=Protocol.FILE_BLOCKS, scorers=(spec("tests", files=[TEST]),))

    (score,) = trial(case, sandbox, f"FILE: {path}\nx = 1\n").scores

    assert (score.value, sandbox.checks) == (0.0, [])
    assert path[:5] in score.reason or ascii(path)[1:5] in score.reason


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        pytest.param("ok 1 - adds", 1.0, id="it passed"),
        pytest.param("ok 1 - more\nok 2 - adds", 1.0, id="with others"),
        pytest.param("ok 1 - more", 0.0, id="it did not run"),
        pytest.param("ok 1 - more\nok 2 - most\nnot ok 3 - adds", 0.0, id="others alone passed"),
        pytest.param("ok 1 - adds\nnot ok 2 - adds\nok 3 - adds", 0.0, id="it failed once"),
        pytest.param("ok 1 - adds\nnot ok 2 - more", 0.5, id="another one failed"),
    ],
)
def test_where_tests_are_expected_code_earns_nothing_by_printing_more(
    printed: str, value: float
) -> None:
    output = CheckResult(ending=Ending.EXITED, code=0, output=printed, records=(), limit_s=30)
    case = case_of(spec("tests", command="node t.js", parse="tap", expected_tests=["adds"]))

    (score,) = trial(case, FakeSandbox(output)).scores

    assert score.value == value


def test_without_code_nothing_is_run() -> None:
    sandbox = FakeSandbox(result())

    scored = trial(case_of(spec("compiles"), spec("tests", files=[TEST])), sandbox, "No.")

    assert [score.reason for score in scored.scores] == [
        "no code found",
        "not run: `compiles` failed",
    ]
    assert (scored.composite, sandbox.checks) == (0.0, [])


@pytest.mark.parametrize(
    ("weight", "ran"), [pytest.param(1.0, 1, id="gated"), pytest.param(0.0, 2, id="shown only")]
)
def test_only_a_weighted_gate_stops_the_next(weight: float, ran: int) -> None:
    sandbox = FakeSandbox(result({"id": "solution.py", "outcome": "failed", "message": "line 1"}))

    trial(case_of(spec("compiles", weight), spec("tests", files=[TEST])), sandbox)

    assert len(sandbox.checks) == ran


def test_the_gates_that_passed_are_counted() -> None:
    good = FakeSandbox(result({"id": "solution.py", "outcome": "passed"}))
    scored = trial(case_of(spec("extracts"), spec("compiles"), spec("tests", files=[TEST])), good)

    assert gates_passed(scored) == 2


def test_a_case_without_gates_counts_none() -> None:
    assert gates_passed(Trial(case="a", trial=0, composite=1.0)) is None


def test_a_broken_sandbox_is_no_score() -> None:
    gone = FakeSandbox(SandboxError("the engine is gone"))

    with pytest.raises(SandboxError, match="the engine is gone"):
        trial(case_of(spec("compiles")), gone)


@pytest.mark.parametrize(
    ("scorer", "message"),
    [
        pytest.param(spec("tests"), "needs `files` with test functions", id="no tests"),
        pytest.param(
            spec("tests", files=[{"path": "test_x.py", "text": "def f(:"}]),
            "a test file is not Python",
            id="a broken test file",
        ),
        pytest.param(
            spec("tests", files=[TEST], requirements={"R1": ["test_c"]}),
            "names `test_c`, which no test file defines",
            id="a requirement without its test",
        ),
        pytest.param(spec("lint", parse="tap"), "needs `command`", id="parse without command"),
        pytest.param(
            spec("tests", command="x", parse="regex"), "need each other", id="regex without pattern"
        ),
        pytest.param(spec("tests", command="x", workdir="../x"), "outside", id="an escape"),
        pytest.param(spec("complexity"), "needs `max`", id="complexity without a reference"),
    ],
)
def test_what_cannot_judge_is_refused_at_load_time(scorer: ScorerSpec, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        prepare(case_of(scorer))


def test_a_command_runs_in_its_image_and_folder() -> None:
    sandbox = FakeSandbox(result(code=1))
    image = f"sha256:{'0' * 64}"

    (score,) = trial(
        case_of(spec("lint", command="eslint .", image=image, workdir="web", timeout_s=5)), sandbox
    ).scores

    check = sandbox.checks[0]
    assert (check.image, check.workdir, check.timeout_s) == (image, "web", 5)
    assert check.command == ("sh", "-c", "eslint .")
    assert (score.value, score.reason) == (0.0, "lint: exit code 1: said")


def test_the_sandbox_is_part_of_the_harness_and_only_for_code() -> None:
    versions = {name: kind.version for name, kind in KINDS.items()}
    code, text = case_of(spec("compiles")), make_case(scorers=(spec("regex", pattern="x"),))

    assert images_of(code) == {"default"}
    assert images_of(text) == frozenset()
    assert harness_hash(code, versions, "one") != harness_hash(code, versions, "two")
