"""The working directory that most tests of a command start in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.desk import accept_baseline, write_desk
from tests.cli.job import Job
from tests.fakes import FakeTime
from tests.github_server import serving


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


@pytest.fixture
def job(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Job]:
    """Return a job that has not begun, with a GitHub of its own."""
    time = FakeTime()
    with serving(clock=time.clock) as server:
        yield Job(server, time, tmp_path_factory.mktemp("runner"), monkeypatch)
