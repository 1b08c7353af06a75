"""Two projects of one repository, whose golden sets and models have the same names."""

from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.desk import BROKEN, HARMLESS, edit
from tests.cli.history import git, start_history
from tests.cli.job import Job

PROJECTS = ("one", "services/two")


@pytest.fixture
def published(tmp_path: Path, job: Job, monkeypatch: pytest.MonkeyPatch) -> Job:
    """Return a job in which both have said what they found: the first one got worse."""
    for number, project in enumerate(PROJECTS):
        folder = tmp_path / project
        folder.mkdir(parents=True)
        monkeypatch.chdir(folder)
        start_history(folder, top=tmp_path)
        edit(HARMLESS if number else BROKEN)
        job.begin("pull_request", run_id=100 + number)
        assert job.publish() == 0
        job.end()
    return job


def test_each_has_a_check_run_of_its_own(published: Job) -> None:
    assert published.checks == {
        "evalci / one/desk": "failure",
        "evalci / services/two/desk": "success",
    }


def test_both_stand_in_the_one_comment(published: Job) -> None:
    (comment,) = published.comments

    assert "🔴 `one/desk.main`: this change makes" in comment
    assert "`services/two/desk.main`" in comment


def test_a_project_without_a_config_speaks_in_its_own_name(
    tmp_path: Path, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "services/two"
    folder.mkdir(parents=True)
    git("init", "--quiet", str(tmp_path))
    monkeypatch.chdir(folder)
    job.begin()

    job.publish()

    assert job.checks == {"evalci / services/two/": "action_required"}


def test_what_one_keeps_on_the_branch_the_other_does_not_see(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    git("init", "--quiet", "--bare", str(tmp_path / "bare.git"))
    for project in PROJECTS:
        folder = tmp_path / "shop" / project
        folder.mkdir(parents=True)
        monkeypatch.chdir(folder)
        start_history(folder, top=tmp_path / "shop")
    git("remote", "add", "origin", str(tmp_path / "bare.git"))
    monkeypatch.setenv("EVALCI_HISTORY", "branch:evalci-history")
    run_cli(["history", "add"])
    capsys.readouterr()

    own = run_cli(["history", "list"]), capsys.readouterr().out
    monkeypatch.chdir(tmp_path / "shop" / PROJECTS[0])
    other = run_cli(["history", "list"]), capsys.readouterr().out

    assert (own[0], "desk with main" in own[1]) == (0, True)
    assert (other[0], "no such run in branch:evalci-history yet" in other[1]) == (0, True)
