"""What most tests of a command start from: a working directory, a job, a vendor."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.commands import PROMPT, Talk, make_talk
from tests.cli.desk import BROKEN, accept_baseline, edit, write_desk
from tests.cli.history import git, start_history
from tests.cli.job import Job
from tests.fake_time import FakeTime
from tests.github_server import serving
from tests.vendor_server import VendorServer
from tests.vendor_server import serving as vendor_serving


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


@pytest.fixture(scope="module")
def vendor_server() -> Iterator[VendorServer]:
    """Return a vendor on loopback, which a test starts over before it asks."""
    with vendor_serving() as server:
        yield server


@pytest.fixture(scope="session")
def desk_with_baseline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a desk with an accepted baseline, to be copied; `worse` beside it has failed runs."""
    folder = tmp_path_factory.mktemp("desk") / "shop"
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        start_history(folder)
        (folder / PROMPT).write_text(BROKEN, encoding="utf-8")
        run_cli(["run", "--no-gate"])
        git("checkout", "--quiet", "--", PROMPT)
    (folder / ".evalci" / "runs").rename(folder.with_name("worse"))
    shutil.rmtree(folder / ".evalci")
    return folder


@pytest.fixture
def talk(
    desk_with_baseline: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, job: Job
) -> Talk:
    """Return a conversation about a desk with an accepted baseline."""
    folder = tmp_path / "shop"
    shutil.copytree(desk_with_baseline, folder)
    monkeypatch.chdir(folder)
    tip = git("rev-parse", "HEAD")
    return make_talk(folder, job, tip, desk_with_baseline.with_name("worse"))


@pytest.fixture
def regressed(accepted: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Return a repository whose last run found a regression."""
    edit()
    capsys.readouterr()
    return accepted


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder in no git repository, which is the working directory."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def repository(here: Path) -> Path:
    """Return an empty git repository, which is the working directory."""
    git("init", "--quiet", "--initial-branch", "main", folder=here)
    return here
