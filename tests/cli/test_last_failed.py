"""`evalci run --last-failed`: only what failed in the last run, of each golden set and model."""

from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.desk import BROKEN, CONFIG, ECHO, RUN, SHOP, run_json, write_desk

TWO_MODELS = CONFIG.replace(
    "  main: {id: scripted/echo}\n",
    "  main: {id: scripted/echo}\n  other: {id: scripted/other}\n",
)


def break_triage() -> None:
    Path("prompts/triage.md").write_text(BROKEN, encoding="utf-8")


def ids(name: str = "desk.main") -> list[str]:
    """Return the cases of the last run."""
    return [case["id"] for case in run_json(name)["cases"]]


def test_it_asks_the_failed_cases_alone(accepted: Path) -> None:
    break_triage()
    run_cli(["run"])

    code = run_cli(["run", "--last-failed"])

    assert code == 1
    assert sorted(ids()) == ["triage-1", "triage-2"]


def test_it_passes_once_they_are_repaired(accepted: Path) -> None:
    break_triage()
    run_cli(["run"])
    Path("prompts/triage.md").write_text(ECHO, encoding="utf-8")

    code = run_cli(["run", "--last-failed"])

    assert code == 0
    assert sorted(ids()) == ["triage-1", "triage-2"]


def test_it_needs_no_baseline(desk: Path) -> None:
    break_triage()
    run_cli(["run"])

    run_cli(["run", "--last-failed"])

    assert sorted(ids()) == ["triage-1", "triage-2"]


def test_a_variable_asks_for_it_too(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    break_triage()
    run_cli(["run"])
    monkeypatch.setenv("EVALCI_LAST_FAILED", "1")

    run_cli(["run"])

    assert sorted(ids()) == ["triage-1", "triage-2"]


def test_match_narrows_it_further(desk: Path) -> None:
    for name in ("triage", "reply"):
        Path(f"prompts/{name}.md").write_text(BROKEN, encoding="utf-8")
    run_cli(["run"])

    run_cli(["run", "--last-failed", "--match", "task_type=reply"])

    assert sorted(ids()) == ["reply-1", "reply-2"]


def test_the_last_run_is_that_of_the_same_model(desk: Path) -> None:
    write_desk(desk, {"evalci.yaml": TWO_MODELS})
    break_triage()
    run_cli(["run", "--model", "other"])
    Path("prompts/triage.md").write_text(ECHO, encoding="utf-8")
    run_cli(["run"])

    run_cli(["run", "--last-failed", "--model", "other"])

    assert sorted(ids("desk.other")) == ["triage-1", "triage-2"]


def test_a_golden_set_in_which_nothing_failed_is_left_alone(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_desk(desk, SHOP)
    break_triage()
    run_cli(["run"])
    before = run_json("shop.main")
    capsys.readouterr()

    run_cli(["run", "--last-failed"])

    assert sorted(ids()) == ["triage-1", "triage-2"]
    assert run_json("shop.main") == before


def test_a_golden_set_that_never_ran_is_left_alone(desk: Path) -> None:
    write_desk(desk, SHOP)
    break_triage()
    run_cli(["run", "--golden-set", "desk"])

    run_cli(["run", "--last-failed"])

    assert sorted(ids()) == ["triage-1", "triage-2"]
    assert not Path(".evalci/runs/shop.main").exists()


def test_without_a_last_run_it_says_so(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run_cli(["run", "--last-failed"])

    (line,) = capsys.readouterr().err.splitlines()
    assert code == 3
    assert line == (
        "evalci: no last run of `desk` with model `main`; "
        "use `evalci run` without --last-failed first"
    )


def test_when_nothing_failed_it_says_so(accepted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run_cli(["run", "--last-failed"])

    (line,) = capsys.readouterr().err.splitlines()
    assert code == 3
    assert line == (
        "evalci: nothing failed in the last run of `desk` with model `main`; "
        "leave out --last-failed"
    )


def test_a_failed_case_that_is_gone_is_not_asked_for(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cases = Path("golden/desk/cases.yaml").read_text(encoding="utf-8")
    Path("prompts/reply.md").write_text(
        "Reply with exactly: {% if q == 'sorry' %}wrong{% else %}{{ q }}{% endif %}\n",
        encoding="utf-8",
    )
    run_cli(["run"])
    renamed = cases.replace("id: reply-1", "id: reply-9")
    Path("golden/desk/cases.yaml").write_text(renamed, encoding="utf-8")
    capsys.readouterr()

    code = run_cli(["run", "--last-failed"])

    assert code == 3
    assert "nothing failed in the last run" in capsys.readouterr().err


@pytest.mark.parametrize("other", [["--all"], ["--case", "triage-1"]], ids=["all", "case"])
def test_it_excludes_the_other_selections(
    desk: Path, capsys: pytest.CaptureFixture[str], other: list[str]
) -> None:
    code = run_cli(["run", "--last-failed", *other])

    assert code == 2
    assert "--last-failed excludes --all and --case" in capsys.readouterr().err


def test_a_run_file_that_is_none_is_named(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_cli(["run"])
    (desk / RUN / "run.json").write_text("{", encoding="utf-8")
    capsys.readouterr()

    code = run_cli(["run", "--last-failed"])

    assert code == 3
    assert "run.json" in capsys.readouterr().err


def test_where_nothing_failed_the_last_run_stays_in_sight(accepted: Path) -> None:
    run_cli(["run", "--all"])

    code = run_cli(["run", "--last-failed"])

    assert (code, run_cli(["gate"])) == (3, 0)
