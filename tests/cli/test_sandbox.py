"""Code answers through the command line: with an engine, without one, and without isolation."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from evalci.cli import run_cli
from evalci.edges.sandbox.recipe import image_name
from evalci.errors import ExitCode
from tests.cli.desk import composites, run_json, write_desk
from tests.sandbox_image import ensure_image

MANIFEST = 'version: "1.0"\nactive: 2\ncategories: {generation: 2}\n'
CASES = """\
defaults:
  task_type: generation
  prompt: prompts/triage.md
  output: {protocol: code}
  scorers: {compiles: {}, tests: {files: [tests/test_double.py]}}
cases:
  - {id: good, inputs: {q: "double = lambda x: x * 2"}, expected: {file: refs/double.py}}
  - {id: bad, inputs: {q: "double = lambda x: x + 2"}, expected: {file: refs/double.py}}
"""
TEST = """\
from solution import double


def test_two():
    assert double(2) == 4


def test_three():
    assert double(3) == 6
"""
LOCAL = "sandbox: {engine: local, timeout_s: 60}\n"
DOCKER = "sandbox: {timeout_s: 60}\n"
IMAGE = f"python@sha256:{'0' * 64}"
OTHER = f"sandbox: {{image: '{IMAGE}'}}\n"
TEXT = CASES.replace("compiles: {}, tests: {files: [tests/test_double.py]}", "contains: {}")


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write_code_desk(folder: Path, sandbox: str, more: Mapping[str, str] | None = None) -> None:
    config = (
        "version: 1\ngolden_sets: [golden/desk]\nmodels:\n  main: {id: scripted/echo}\n"
        f"run: {{model: main}}\nbaseline: {{trials: 2, min_trials: 1}}\n{sandbox}"
    )
    files = {
        "evalci.yaml": config,
        "golden/desk/manifest.yaml": MANIFEST,
        "golden/desk/cases.yaml": CASES,
        "golden/desk/tests/test_double.py": TEST,
        "golden/desk/refs/double.py": "def double(x):\n    return x * 2\n",
    }
    write_desk(folder, {**files, **(more or {})})


def test_without_an_engine_nothing_is_measured_and_one_line_says_how_to_get_one(
    write: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_code_desk(write, DOCKER)
    monkeypatch.setenv("DOCKER_HOST", f"unix://{write}/nobody.sock")

    code = run_cli(["run", "--all"])
    said = capsys.readouterr().err.splitlines()

    assert code == ExitCode.NOT_MEASURED
    assert len(said) == 1
    assert said[0].startswith("evalci: no container engine answers: ")
    assert "install and start Docker" in said[0]


def test_the_local_engine_works_and_every_report_says_that_it_isolates_nothing(
    write: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_code_desk(write, LOCAL)

    code = run_cli(["run", "--all"])
    said = capsys.readouterr()

    assert code == ExitCode.OK
    assert composites(run_json()) == {"good": [1.0, 1.0], "bad": [0.75, 0.75]}
    assert "not isolated" in said.err
    assert "not isolated" in Path(".evalci/runs/desk.main/report.md").read_text(encoding="utf-8")


def test_the_failing_tests_stand_in_the_run(write: Path) -> None:
    write_code_desk(write, LOCAL)
    run_cli(["run", "--case", "bad"])

    (trial, _) = run_json()["cases"][0]["trials"]

    assert trial["scores"][1] == {
        "scorer": "tests",
        "value": 0.5,
        "reason": "1/2: tests/test_double.py::test_three: assert 5 == 6",
        "details": ["tests/test_double.py::test_three: assert 5 == 6"],
    }


def test_run_and_baseline_tell_how_many_answers_pass_each_gate(
    write: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_code_desk(write, LOCAL)
    run_cli(["run", "--all"])
    run_cli(["baseline", "accept", "--reason", "first"])
    ran = capsys.readouterr().out

    run_cli(["baseline", "show"])

    assert "Code gates: an answer passes 1.5 of 2: tests 50 %" in ran
    assert "code gates: compiles 100 %, tests 50 %" in capsys.readouterr().out


def test_another_engine_is_another_harness(write: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_code_desk(write, LOCAL)
    assert run_cli(["run", "--all"]) == ExitCode.OK
    assert run_cli(["baseline", "accept", "--reason", "first"]) == ExitCode.OK
    monkeypatch.setenv("DOCKER_HOST", f"unix://{write}/nobody.sock")
    carried = run_cli(["run"])
    write_code_desk(write, DOCKER)

    due = run_cli(["run"])

    assert (carried, due) == (ExitCode.OK, ExitCode.NOT_MEASURED)


@pytest.mark.parametrize(
    ("sandbox", "cases", "reason"),
    [
        pytest.param(DOCKER, TEXT, "no golden set runs code in the default image", id="text"),
        pytest.param(LOCAL, CASES, "the sandbox is local", id="no container"),
        pytest.param(OTHER, CASES, f"`sandbox.image` is {IMAGE}", id="another image"),
    ],
)
def test_an_image_that_nobody_needs_is_not_built(
    write: Path, capsys: pytest.CaptureFixture[str], sandbox: str, cases: str, reason: str
) -> None:
    write_code_desk(write, sandbox, {"golden/desk/cases.yaml": cases})

    code = run_cli(["sandbox", "build", "--if-needed"])

    assert code == ExitCode.OK
    assert capsys.readouterr().out == f"nothing to build: {reason}\n"


def test_an_image_that_is_needed_needs_an_engine(
    write: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_code_desk(write, DOCKER)
    monkeypatch.setenv("DOCKER_HOST", f"unix://{write}/nobody.sock")

    code = run_cli(["sandbox", "build", "--if-needed"])

    assert code == ExitCode.NOT_MEASURED
    assert capsys.readouterr().err.startswith("evalci: no container engine answers: ")


@pytest.mark.docker
def test_an_image_that_is_there_is_not_built_again(
    write: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ensure_image()
    write_code_desk(write, DOCKER)

    code = run_cli(["sandbox", "build", "--if-needed"])

    assert code == ExitCode.OK
    assert capsys.readouterr().out == f"nothing to build: the engine has {image_name()}\n"


@pytest.mark.docker
def test_with_an_engine_it_is_isolated(write: Path) -> None:
    ensure_image()
    write_code_desk(write, DOCKER)

    code = run_cli(["run", "--all"])

    assert code == ExitCode.OK
    assert composites(run_json()) == {"good": [1.0, 1.0], "bad": [0.75, 0.75]}
    assert run_json()["provenance"]["sandbox"].startswith("docker: recipe ")


@pytest.mark.docker
def test_references_are_checked(write: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ensure_image()
    write_code_desk(write, DOCKER)

    code = run_cli(["golden", "check-references", "--mutate"])

    assert code == ExitCode.OK
    assert capsys.readouterr().out.splitlines() == [
        "golden/desk: 2 of 2 references pass",
        "golden/desk: 0 of 2 cases cannot fail",
    ]


def test_a_wrong_reference_fails_the_check(write: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = {"golden/desk/refs/double.py": "def double(x):\n    return x\n"}
    write_code_desk(write, LOCAL, wrong)

    code = run_cli(["golden", "check-references"])

    assert code == ExitCode.BAD_INPUT
    assert "2 references fail their own case" in capsys.readouterr().err


def test_a_missing_test_file_is_named(write: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cases = CASES.replace("test_double.py", "test_gone.py")
    write_code_desk(write, LOCAL, {"golden/desk/cases.yaml": cases})

    code = run_cli(["golden", "lint"])

    assert code == ExitCode.BAD_INPUT
    assert "no such file: `golden/desk/tests/test_gone.py`" in capsys.readouterr().err


def test_a_fixture_is_read_in(write: Path) -> None:
    cases = CASES.replace("  output:", "  fixture: base\n  output:").replace("x * 2", "x * TWO")
    extra = {
        "golden/desk/cases.yaml": cases,
        "golden/desk/base/conftest.py": "import builtins\nbuiltins.TWO = 2\n",
    }
    write_code_desk(write, LOCAL, extra)

    run_cli(["run", "--case", "good"])

    assert composites(run_json()) == {"good": [1.0, 1.0]}
