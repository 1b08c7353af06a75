"""Which runs may enter the history, and as what."""

from dataclasses import replace

import pytest

from evalci.core.base_revision import Trigger as Event
from evalci.core.history import Trigger
from evalci.core.history_admission import trigger_of, why_not
from evalci.core.run import Run, Shard
from tests.runs import make_run, make_run_case

RUN = make_run(make_run_case())


def on_main(event: str) -> Event:
    """Return an event of the default branch."""
    return Event(event=event, branch="main", default_branch="main")


def run_by(event: str) -> Run:
    """Return a run that an event started."""
    return replace(RUN, provenance=replace(RUN.provenance, event=event))


@pytest.mark.parametrize(
    ("event", "trigger"),
    [
        pytest.param("", Trigger.MANUAL, id="a person"),
        pytest.param("schedule", Trigger.SCHEDULE, id="schedule"),
        pytest.param("push", Trigger.PUSH, id="push"),
        pytest.param("pull_request", Trigger.PULL_REQUEST, id="pull request"),
        pytest.param("merge_group", Trigger.PULL_REQUEST, id="merge queue"),
        pytest.param("issue_comment", Trigger.PULL_REQUEST, id="a command in a comment"),
        pytest.param("workflow_dispatch", Trigger.DISPATCH, id="a button"),
    ],
)
def test_an_event_is_a_trigger(event: str, trigger: Trigger) -> None:
    assert trigger_of(RUN, Event(event=event)) is trigger


@pytest.mark.parametrize(
    ("made", "kept", "trigger"),
    [
        pytest.param("schedule", "", Trigger.SCHEDULE, id="a weekly run, added at a desk"),
        pytest.param("schedule", "push", Trigger.SCHEDULE, id="a weekly run, added by a push"),
        pytest.param("pull_request", "", Trigger.PULL_REQUEST, id="a proposal, added at a desk"),
        pytest.param("schedule", "pull_request", Trigger.PULL_REQUEST, id="a proposal's word"),
        pytest.param("no such event", "", Trigger.PULL_REQUEST, id="an event nobody knows"),
    ],
)
def test_a_run_that_is_added_later_keeps_its_trigger(
    made: str, kept: str, trigger: Trigger
) -> None:
    assert trigger_of(run_by(made), Event(event=kept)) is trigger


@pytest.mark.parametrize(
    ("event", "taken"),
    [
        pytest.param(Event(), True, id="a person at a terminal"),
        pytest.param(Event(event="schedule"), True, id="schedule"),
        pytest.param(on_main("push"), True, id="push to the default branch"),
        pytest.param(
            Event(event="push", branch="edit", default_branch="main"), False, id="another push"
        ),
        pytest.param(on_main("workflow_dispatch"), True, id="a button on main"),
        pytest.param(on_main("pull_request"), False, id="pull request"),
        pytest.param(on_main("merge_group"), False, id="merge queue"),
        pytest.param(on_main("issue_comment"), False, id="a command in a comment"),
        pytest.param(on_main("workflow_run"), False, id="after a fork's run"),
    ],
)
def test_the_branch_takes_what_the_default_branch_holds(event: Event, taken: bool) -> None:
    assert (why_not(RUN, event, on_branch=True) == "") is taken


def test_a_database_takes_runs_of_pull_requests_too() -> None:
    assert why_not(RUN, Event(event="pull_request"), on_branch=False) == ""


def test_the_branch_takes_no_proposal_that_is_added_later() -> None:
    assert "default branch only" in why_not(run_by("pull_request"), Event(), on_branch=True)


def test_a_part_of_a_run_is_not_taken() -> None:
    shard = make_run(make_run_case(), shard=Shard(index=1, total=2, inputs="x"))

    assert why_not(shard, Event(), on_branch=False) == "shard 1 of 2: merge the shards first"


def test_a_run_that_proves_nothing_is_not_taken() -> None:
    replayed = make_run(make_run_case(), unverified="replayed from the PR's own recordings")

    assert why_not(replayed, Event(), on_branch=False) == "replayed from the PR's own recordings"
