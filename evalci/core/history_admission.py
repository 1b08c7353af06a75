"""Which runs may enter the history, and as what."""

from evalci.core import base_revision
from evalci.core.history import Trigger
from evalci.core.run import Run

# What may start a run that the branch takes, where it ran on the default branch.
_TAKEN = frozenset({"push", "workflow_dispatch"})


def trigger_of(run: Run, event: base_revision.Trigger) -> Trigger:
    """Return what started a run, in the words of the history.

    The run says so itself, one that does not is of the event that keeps it. What is kept by the
    job of a pull request is a pull request's, whatever its file says.
    """
    keeper = _word(event.event)
    made = _word(run.provenance.event) if run.provenance.event else keeper
    return keeper if keeper is Trigger.PULL_REQUEST else made


def _word(event: str) -> Trigger:
    match event:
        case "schedule":
            return Trigger.SCHEDULE
        case "push":
            return Trigger.PUSH
        case "workflow_dispatch" | "repository_dispatch":
            return Trigger.DISPATCH
        case "":
            return Trigger.MANUAL
        case _:
            return Trigger.PULL_REQUEST


def why_not(run: Run, event: base_revision.Trigger, *, on_branch: bool) -> str:
    """Return why a run may not enter the history, empty when it may.

    The branch is for what the default branch holds: anybody may propose anything in a pull request.
    """
    if run.shard is not None:
        return f"{run.shard.words}: merge the shards first"
    if run.unverified:
        return run.unverified
    proposed = trigger_of(run, event) is Trigger.PULL_REQUEST
    if on_branch and (proposed or not _of_default_branch(event)):
        return "the branch takes runs of the default branch only"
    return ""


def _of_default_branch(event: base_revision.Trigger) -> bool:
    """Tell whether a run measured what the default branch holds, or a person's own checkout."""
    if event.event in {"", "schedule"}:
        return True
    return event.event in _TAKEN and event.branch == event.default_branch
