"""Shards of a desk with a baseline: how they are measured, where they lie, what is said of them."""

import shutil
from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.desk import BROKEN, accept_baseline
from tests.cli.evidence import cases, write_evidence_desk

RUNS = Path(".evalci/runs")
MUST_PASS = cases().replace("expected: red\n", "expected: red\n    must_pass: true\n")


@pytest.fixture
def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Path:
    """Return a desk with a baseline and two must-pass cases; one of its prompts then broke."""
    monkeypatch.chdir(tmp_path)
    write_evidence_desk(tmp_path, files={"golden/desk/cases.yaml": MUST_PASS})
    accept_baseline()
    shutil.rmtree(RUNS)
    (tmp_path / "prompts/triage.md").write_text(BROKEN, encoding="utf-8")
    capsys.readouterr()
    return tmp_path


def run_shards(total: int, *options: str) -> list[int]:
    """Measure every shard here and return their exit codes."""
    return [run_cli(["run", "--shard", f"{n + 1}/{total}", *options]) for n in range(total)]


def shards(total: int) -> list[str]:
    """Return the folders of all shards."""
    return [str(RUNS / f"desk.main.{n + 1}-of-{total}") for n in range(total)]


def last_line(capsys: pytest.CaptureFixture[str]) -> str:
    """Return the last line on stderr."""
    (line,) = capsys.readouterr().err.splitlines()[-1:]
    return line
