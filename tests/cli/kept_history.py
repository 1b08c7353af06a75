"""What `evalci history` prints, and where it keeps runs by default."""

import pytest

from evalci.cli import run_cli

FILE = ".evalci/history.sqlite"


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return what `evalci history` prints when it succeeds."""
    assert run_cli(["history", *arguments]) == 0
    return capsys.readouterr().out
