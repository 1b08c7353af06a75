"""What runs of the default branch may read of what others kept, by the names of the caches."""

import pytest

from tests.action.conftest import Job
from tests.action.repository import Event

pytestmark = pytest.mark.node
STAND_INS = {
    "run": {"script": "mkdir -p .evalci/runs/a && touch .evalci/runs/a/log.jsonl"},
    "publish": {"script": "true"},
    "gate": {"script": "true"},
}


def at(name: str, ref: str) -> Event:
    """Return an event on a branch."""
    return Event(name=name, sha="0" * 40, ref=ref, api="")


EVENTS = {
    "pull request": at("pull_request", "refs/pull/7/merge"),
    "merge queue": at("merge_group", "refs/heads/gh-readonly-queue/main/pr-7"),
    "push to a branch": at("push", "refs/heads/trusted-job"),
    "push to main": at("push", "refs/heads/main"),
    "person on main": at("workflow_dispatch", "refs/heads/main"),
}


@pytest.mark.slow
def test_the_default_branch_reads_nothing_that_others_kept(job: Job) -> None:
    names = {who: names_of(job, event) for who, event in EVENTS.items()}

    read = {
        who: {other for other, (kept, _) in names.items() if kept.startswith(wanted)}
        for who, (_, wanted) in names.items()
    }

    trusted = {"push to main", "person on main"}
    assert read == {
        "pull request": {"pull request", *trusted},
        "merge queue": {"merge queue", *trusted},
        "push to a branch": {"push to a branch", *trusted},
        "push to main": trusted,
        "person on main": trusted,
    }


def names_of(job: Job, event: Event) -> tuple[str, tuple[str, ...]]:
    """Return the name under which an event keeps answers, and the beginnings that it restores."""
    steps = job.play(event, stand_ins=STAND_INS).steps
    restored = steps["Restore answers and trials"].inputs
    kept = steps["Keep answers and trials"].inputs["key"]
    return kept, tuple(restored["restore-keys"].split())


@pytest.mark.parametrize(
    "event",
    [
        pytest.param(at("pull_request_target", "refs/heads/main"), id="a privileged pull request"),
        pytest.param(at("pull_request", "refs/heads/main"), id="a pull request that was merged"),
    ],
)
def test_answers_are_neither_read_nor_kept(job: Job, event: Event) -> None:
    played = job.play(event, stand_ins=STAND_INS)

    both = played.outcomes("Restore answers and trials", "Keep answers and trials")
    assert both == ["skipped", "skipped"]


@pytest.mark.slow
def test_a_run_that_left_no_log_keeps_nothing(job: Job) -> None:
    private = {**STAND_INS, "run": {"script": "mkdir -p .evalci/runs/a .evalci/private/a"}}

    played = job.play(EVENTS["pull request"], stand_ins=private)

    assert played.steps["Keep answers and trials"].outcome == "skipped"
