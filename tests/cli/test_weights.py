"""Weights in a pull request: those of the base decide, unless they do not fit a case any more."""

from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.desk import CASES, GATELESS, run_json
from tests.cli.history import change, check_out_merge, commit, git, start_history
from tests.inputs import make_files

TWO = "{exact: {}, contains: {}}"
EQUAL = GATELESS + "composite: {default: {exact: 0.5, contains: 0.5}}\n"
UNEQUAL = EQUAL.replace("exact: 0.5, contains: 0.5", "exact: 0.9, contains: 0.1")
THREE = EQUAL.replace("exact: 0.5, contains: 0.5", "exact: 0.5, contains: 0.3, chrf: 0.2")


@pytest.fixture
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Stand in a desk whose two scorers weigh the same, and return its commit."""
    folder = tmp_path / "desk"
    folder.mkdir()
    monkeypatch.chdir(folder)
    start_history(folder)
    cases = CASES.replace("{exact: {}}", TWO)
    make_files(folder, {"evalci.yaml": EQUAL, "golden/desk/cases.yaml": cases})
    commit("two scorers")
    return git("rev-parse", "HEAD")


def test_a_change_of_weights_does_not_judge_itself(
    base: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = change(Path.cwd(), {"evalci.yaml": UNEQUAL})
    check_out_merge(monkeypatch, tmp_path / "event.json", base=base, head=head)

    assert run_cli(["run", "--trials", "1", "--no-gate"]) == 0

    run = run_json()
    assert run["cases"][0]["weights"] == {"contains": 0.5, "exact": 0.5}
    assert [entry["path"] for entry in run["policy_changes"]] == [
        "composite.default.exact",
        "composite.default.contains",
    ]


def test_a_scorer_and_its_weight_may_come_in_one_change(
    base: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = CASES.replace("{exact: {}}", "{exact: {}, contains: {}, chrf: {}}")
    head = change(Path.cwd(), {"evalci.yaml": THREE, "golden/desk/cases.yaml": cases})
    check_out_merge(monkeypatch, tmp_path / "event.json", base=base, head=head)

    assert run_cli(["run", "--trials", "1", "--no-gate"]) == 0

    case = run_json()["cases"][0]
    assert case["weights"] == {"chrf": 0.2, "contains": 0.3, "exact": 0.5}
    assert case["standing"] == "rescored"


def test_weights_that_fit_nowhere_are_an_error_with_the_line(
    base: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    head = change(Path.cwd(), {"golden/desk/cases.yaml": CASES})
    check_out_merge(monkeypatch, tmp_path / "event.json", base=base, head=head)
    capsys.readouterr()

    code = run_cli(["run"])

    assert code == 3
    first = capsys.readouterr().err.splitlines()[0]
    assert first == (
        "evalci: golden/desk/cases.yaml:1: `defaults.scorers`: the weights sum to 0.5, not to 1; "
        "composite.default also weighs `contains`: add it to the case, "
        "or give `weight:` in the case or in composite.default"
    )
