"""What the documentation shows is what the commands print."""

import re
from pathlib import Path

import pytest

from evalci.cli import run_cli

GATE = (Path(__file__).parent.parent / "docs" / "gate.md").read_text(encoding="utf-8")


def test_the_worked_example_is_what_the_demo_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    run_cli(["demo", "shop"])
    monkeypatch.chdir(tmp_path / "shop")
    capsys.readouterr()

    run_cli(["report", "--explain", ".evalci/runs/helpdesk.main"])

    printed = capsys.readouterr().out
    shown = [
        line
        for block in re.findall(r"```text\n(.*?)```", GATE, re.DOTALL)
        for line in block.splitlines()
    ]
    assert shown
    assert [line for line in shown if line not in printed.splitlines()] == []


@pytest.mark.parametrize("command", re.findall(r"`pytest (tests/\S+)", GATE))
def test_the_benchmarks_that_it_names_exist(command: str) -> None:
    assert (Path(__file__).parent.parent / command).exists()
