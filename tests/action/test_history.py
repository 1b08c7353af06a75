"""Which jobs enter their run into the history, and that a drift is an issue and no failure."""

from pathlib import Path

import pytest

from tests.action.conftest import Job
from tests.action.harness import Played
from tests.action.repository import SAME, WORSE, git
from tests.cli.desk import SHOP

pytestmark = pytest.mark.node


def with_origin(job: Job) -> Path:
    """Give the checkout a bare repository as its remote and return where that is."""
    bare = job.machines.with_name("origin.git")
    git(job.checkout.folder, "init", "--quiet", "--bare", str(bare))
    git(job.checkout.folder, "remote", "add", "origin", str(bare))
    return bare


def kept_files(bare: Path) -> list[str]:
    """Return what stands on the data branch."""
    return git(bare, "ls-tree", "-r", "--name-only", "evalci-history").split()


@pytest.mark.slow
def test_a_scheduled_run_enters_the_history(job: Job) -> None:
    bare = with_origin(job)

    played = job.play(job.checkout.on_main("schedule", SAME))

    assert "kept" in played.steps["history"].text
    assert [name.split("/")[0] for name in kept_files(bare)] == ["README.md", "desk.main"]


@pytest.mark.slow
def test_a_golden_set_that_is_not_measured_keeps_no_other_out_of_it(job: Job) -> None:
    bare = with_origin(job)
    broken = {**SHOP, "prompts/order.md": "{{ nobody }}\n"}

    played = job.play(job.checkout.on_main("schedule", broken))

    assert played.outcomes("run", "history") == ["failure", "success"]
    assert [name.split("/")[0] for name in kept_files(bare)] == ["README.md", "desk.main"]


def test_a_pull_request_does_not_enter_it(worse: tuple[Job, Played]) -> None:
    _, played = worse

    assert played.outcomes("history") == ["skipped"]


def test_a_history_that_cannot_be_written_is_a_notice(pushed: tuple[Job, Played]) -> None:
    _, played = pushed

    assert "::notice title=evalci::This run is not in the history" in played.steps["history"].text
    assert (played.outcomes("history"), played.steps["history"].exit_code) == (["success"], 0)


@pytest.mark.slow
def test_a_weekly_run_that_finds_drift_opens_an_issue_and_stays_green(job: Job) -> None:
    with_origin(job)

    played = job.play(job.checkout.on_main("schedule", WORSE), inputs={"drift": "true"})

    (issue,) = job.github.issues.values()
    assert "`triage` −100 pp" in issue["title"]
    assert "we changed something" in issue["body"]
    assert (played.status, played.steps["run"].exit_code) == ("success", 0)
    assert played.outcomes("gate") == ["skipped"]
    assert played.outputs["verdict"] == "drift"
