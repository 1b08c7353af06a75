"""Overrides at publishing time: of base and change, of comments; the run says which count."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from evalci.cli.override_files import base_overrides, proposed_overrides
from evalci.cli.publication import Publication
from evalci.cli.show import say
from evalci.cli.workspace import Workspace, on_base_revision
from evalci.core.gate import decide
from evalci.core.override import Giver, Override, in_force, may_not
from evalci.core.override_approval import ruling
from evalci.core.override_record import read_records
from evalci.core.run import Run
from evalci.core.run_file import run_text, to_json
from evalci.edges.files import write_text
from evalci.edges.git import CommitFiles
from evalci.edges.github import GitHub
from evalci.edges.github.event import Event
from evalci.errors import BadInputError, NotPublishedError
from evalci.report.verdict_json import verdict_json


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequestAt:
    """The pull request that is published; ``head`` is the commit of it that was measured.

    An empty one stands for the newest: a push takes a pull request out of the merge queue.
    """

    number: int
    head: str = ""


def pull_request_of(event: Event) -> PullRequestAt | None:
    """Return the pull request of an event, None where there is none."""
    if event.pull_request is not None:
        return PullRequestAt(number=event.pull_request, head=event.origin.head)
    return None if event.queued is None else PullRequestAt(number=event.queued)


def overridden(
    publication: Publication, github: GitHub | None, pull: PullRequestAt | None
) -> Publication:
    """Return a publication whose runs have exactly the overrides that can be proven here.

    What a run file itself says of overrides is not believed. GitHub is asked only where something
    blocks; while it does not answer, what needs it does not count.
    """
    try:
        runs = _overridden(publication, github, pull)
    except BadInputError as exc:
        say(f"no override counts: {exc}")
        runs = tuple(replace(run, overrides=()) for run in publication.runs)
    for file, before, after in zip(publication.files, publication.runs, runs, strict=False):
        if before.overrides != after.overrides:
            _keep(file, after)
    return replace(publication, runs=runs)


def _overridden(
    publication: Publication, github: GitHub | None, pull: PullRequestAt | None
) -> tuple[Run, ...]:
    """Return the runs with their overrides; BadInputError where the policy cannot be known."""
    if publication.workspace is None:
        return tuple(replace(run, overrides=()) for run in publication.runs)
    workspace = on_base_revision(publication.workspace)
    now, known = workspace.edges.clock.now(), base_overrides(workspace)
    judged = tuple(_judged(run, known, workspace, now) for run in publication.runs)
    if github is None or pull is None or not any(decide(run).blocking for run in judged):
        return judged
    asked = (*known, *_asked(workspace, github, pull))
    return tuple(_judged(run, asked, workspace, now) for run in publication.runs)


def _keep(file: Path, run: Run) -> None:
    """Write a run again where it was read, so that `evalci gate` and `report` say the same."""
    data = {"format": run.format, **to_json(run), "verdict": verdict_json(decide(run))}
    write_text(file, run_text(data))


def _judged(run: Run, overrides: Iterable[Override], workspace: Workspace, now: datetime) -> Run:
    policy = workspace.config.override
    return replace(run, overrides=in_force(run, overrides, now=now, policy=policy))


def _asked(workspace: Workspace, github: GitHub, pull: PullRequestAt) -> tuple[Override, ...]:
    """Return what the pull request proposes and what comments gave, refused or not."""
    try:
        pull = pull if pull.head else replace(pull, head=github.reviews(pull.number).head())
        return (*_proposed(workspace, github, pull), *_given(workspace, github, pull))
    except (BadInputError, NotPublishedError) as exc:
        say(f"overrides of the pull request do not count: {exc}")
        return ()


def _proposed(workspace: Workspace, github: GitHub, pull: PullRequestAt) -> tuple[Override, ...]:
    files = workspace.edges.files
    head = CommitFiles(files.base, pull.head, parse=files.parse)
    found = proposed_overrides(workspace.policy.files, head)
    if not found:
        return ()
    approvals = github.reviews(pull.number).approvals()
    givers = _givers(github, pull, {one.login for one in approvals if one.commit == pull.head})
    said = ruling(approvals, givers, head=pull.head, policy=workspace.config.override)
    return tuple(replace(one, approved_by=said.approved_by, refused=said.refused) for one in found)


def _given(workspace: Workspace, github: GitHub, pull: PullRequestAt) -> tuple[Override, ...]:
    records = read_records(github.remarks(pull.number), workspace.edges.history.folder())
    givers = _givers(github, pull, {one.by for one in records if not one.refused})
    policy = workspace.config.override
    return tuple(
        one if one.refused else replace(one, refused=may_not(givers[one.by], policy))
        for one in records
    )


def _givers(github: GitHub, pull: PullRequestAt, logins: set[str]) -> dict[str, Giver]:
    """Return what people may do here, and whether the change is their own."""
    if not logins:
        return {}
    reviews = github.reviews(pull.number)
    authors = reviews.authors()
    return {
        login: Giver(login=login, role=reviews.role(login), author=login in authors)
        for login in sorted(logins)
    }
