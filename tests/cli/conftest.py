"""The working directory that most tests of a command start in."""

from pathlib import Path

import pytest

from tests.cli.desk import accept_baseline, write_desk


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository without a baseline, which is the working directory."""
    write_desk(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def accepted(desk: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Return a repository with an accepted baseline, nothing printed yet."""
    accept_baseline()
    capsys.readouterr()
    return desk
