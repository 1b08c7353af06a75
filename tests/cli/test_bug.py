"""A bug in a command ends in exit code 70, one line, and a log without secrets."""

import re
from pathlib import Path

import click
import pytest

from evalci.cli import run_cli

SECRET = "q9Zr7LmX2vKd8TfWb4"  # noqa: S105  # made up


@click.group()
def commands() -> None:
    """Commands with a bug in them."""


@commands.command()
def broken() -> None:
    """Fail in a way that nobody thought of, with a key in the words."""
    raise ZeroDivisionError(f"the share of {SECRET}\nand more")


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    """Run the broken command and return the only line it prints."""
    monkeypatch.setenv("BILLING_API_KEY", SECRET)
    assert run_cli(["broken"], commands=commands) == 70
    streams = capsys.readouterr()
    (only,) = (streams.out + streams.err).splitlines()
    return only


@pytest.fixture
def log(line: str) -> str:
    """Return the text of the log that the line names, and take the file away."""
    found = re.search(r"details are in (\S+)$", line)
    assert found is not None
    text = Path(found.group(1)).read_text(encoding="utf-8")
    Path(found.group(1)).unlink()
    return text


def test_the_line_says_that_it_is_a_bug(line: str, log: str) -> None:
    assert line.startswith("evalci: unexpected ZeroDivisionError, a bug in evalci; details are in ")


def test_the_line_does_not_repeat_what_the_exception_says(line: str, log: str) -> None:
    assert "the share of" not in line


def test_the_log_leads_to_the_place(log: str) -> None:
    assert "Traceback (most recent call last)" in log
    assert "in broken" in log


def test_the_log_keeps_the_words_without_the_key(log: str) -> None:
    assert "the share of" in log
    assert SECRET not in log
