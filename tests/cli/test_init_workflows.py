"""The workflows that `evalci init` writes."""

import subprocess
from pathlib import Path

import pytest

from evalci import __version__
from evalci.cli import run_cli
from evalci.core.starter import PAGES, WEEKLY, WORKFLOW
from tests.cli.init_desk import git, program, workflow


@pytest.fixture
def written(repository: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Return a repository with everything that init writes, below and at the top."""
    run_cli(["init", "bot", "--weekly", "--pages"])
    capsys.readouterr()
    return repository


@pytest.mark.parametrize("path", [WORKFLOW, WEEKLY, PAGES])
def test_the_workflow_is_one_to_github(written: Path, path: str) -> None:
    checked = subprocess.run(
        [program("check-jsonschema"), "--builtin-schema", "vendor.github-workflows", path],
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize("path", [WORKFLOW, WEEKLY, PAGES])
def test_the_workflow_has_no_finding(written: Path, path: str) -> None:
    checked = subprocess.run(
        [program("zizmor"), "--offline", "--no-progress", path],
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout


def test_the_workflow_always_runs_with_few_rights(written: Path) -> None:
    found = workflow(written)

    assert found["on"]["pull_request"] is None
    assert found["permissions"] == {}
    assert found["jobs"]["check"]["permissions"] == {
        "contents": "read",
        "checks": "write",
        "pull-requests": "write",
    }


def test_the_checkout_brings_the_history_and_leaves_no_token(written: Path) -> None:
    checkout = workflow(written)["jobs"]["check"]["steps"][0]

    assert len(checkout["uses"].rpartition("@")[2]) == 40
    assert checkout["with"] == {"fetch-depth": 0, "persist-credentials": False}


def test_the_workflow_calls_this_version(written: Path) -> None:
    assert __version__ in (written / WORKFLOW).read_text(encoding="utf-8")


def test_the_weekly_job_may_write_its_branch_and_its_issue_only(written: Path) -> None:
    (job,) = workflow(written, WEEKLY)["jobs"].values()

    assert job["permissions"] == {"contents": "write", "issues": "write"}


def test_the_weekly_job_looks_for_drift_below_the_folder(written: Path) -> None:
    checkout, step = workflow(written, WEEKLY)["jobs"]["drift"]["steps"]

    assert checkout["with"] == {"fetch-depth": 0, "persist-credentials": False}
    assert step["with"] == {"drift": True, "working-directory": "bot"}


def test_without_being_asked_nothing_runs_every_week(repository: Path) -> None:
    run_cli(["init"])

    assert not (repository / WEEKLY).exists()


def test_the_dashboard_is_drawn_and_published_with_few_rights(written: Path) -> None:
    found = workflow(written, PAGES)

    assert found["permissions"] == {}
    assert {name: job["permissions"] for name, job in found["jobs"].items()} == {
        "draw": {"contents": "read"},
        "publish": {"pages": "write", "id-token": "write"},
    }


def test_the_dashboard_is_drawn_below_the_folder_by_this_version(written: Path) -> None:
    steps = workflow(written, PAGES)["jobs"]["draw"]["steps"]

    draw = next(step for step in steps if "evalci dashboard" in step.get("run", ""))
    assert draw["working-directory"] == "bot"
    assert any(f"evalci@v{__version__}" in step.get("run", "") for step in steps)


def test_without_being_asked_no_dashboard_is_published(repository: Path) -> None:
    run_cli(["init"])

    assert not (repository / PAGES).exists()


def test_the_workflow_names_the_default_branch(repository: Path) -> None:
    git(repository, "symbolic-ref", "HEAD", "refs/heads/trunk")

    run_cli(["init"])

    assert workflow(repository)["on"]["push"]["branches"] == ["trunk"]
