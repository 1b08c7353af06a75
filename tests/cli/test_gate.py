"""`evalci gate`: the exit code of a finished run, and nothing else."""

from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.desk import BROKEN, RUN, SHOP, accept_baseline, write_desk


def test_it_exits_0_for_a_run_without_a_baseline(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_cli(["run"])
    capsys.readouterr()

    code = run_cli(["gate"])

    assert code == 0
    assert capsys.readouterr().out == "🔵 evalci: no baseline yet\n"


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param([], id="last-run"),
        pytest.param([RUN], id="folder"),
        pytest.param([f"{RUN}/run.json"], id="file"),
        pytest.param(["--config", "evalci.yaml"], id="config"),
    ],
)
def test_it_exits_1_for_a_regression_however_the_run_is_named(
    accepted: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    Path("prompts/triage.md").write_text(BROKEN, encoding="utf-8")
    run_cli(["run", "--no-gate"])
    capsys.readouterr()

    code = run_cli(["gate", *arguments])

    assert code == 1
    assert capsys.readouterr().out == "🔴 evalci: this change makes triage worse (blocking)\n"


def test_it_needs_no_config_when_the_run_is_named(
    accepted: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("prompts/triage.md").write_text(BROKEN, encoding="utf-8")
    run_cli(["run"])
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))

    assert run_cli(["gate", str(accepted / RUN)]) == 1


def test_a_regression_wins_over_golden_sets_that_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_desk(tmp_path, SHOP)
    monkeypatch.chdir(tmp_path)
    accept_baseline()
    Path("prompts/triage.md").write_text(BROKEN, encoding="utf-8")
    run_cli(["run"])
    capsys.readouterr()

    code = run_cli(["gate"])

    assert code == 1
    assert [line[0] for line in capsys.readouterr().out.splitlines()] == ["🔴", "🟢"]


def test_without_a_run_it_is_bad_input(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run_cli(["gate"])

    assert code == 3
    assert capsys.readouterr().err.startswith("evalci: no run so far: there is no ")


def test_it_changes_no_file(accepted: Path) -> None:
    run_cli(["run"])
    before = {p: p.read_bytes() for p in accepted.rglob("*") if p.is_file()}

    run_cli(["gate"])

    assert {p: p.read_bytes() for p in accepted.rglob("*") if p.is_file()} == before
