"""The poster: says of a fork's pull request what its own job, which may only read, could not."""

from dataclasses import replace
from pathlib import Path

from evalci.cli.announcement import Announcement
from evalci.cli.foreign_runs import foreign_publication, reported
from evalci.cli.publication import Publication
from evalci.cli.show import say
from evalci.cli.workspace import open_workspace
from evalci.core.config import CommentPolicy
from evalci.core.ports import Patience
from evalci.edges.environment import variable
from evalci.edges.github import GitHub, open_github
from evalci.edges.github.artifacts import ArtifactFile
from evalci.edges.github.event import Checked, Event
from evalci.edges.github.patience import BoundedPatience
from evalci.errors import ApiFault, BadInputError, GitHubError, NotPublishedError
from evalci.report.check_run import name_into, name_of_failure, name_of_run

_GONE = {ApiFault.MISSING, ApiFault.REJECTED}


def post(
    event: Event,
    checked: Checked,
    config_path: Path | None,
    *,
    comment: CommentPolicy | None,
    patience: Patience | None,
) -> None:
    """Write comment and check runs for the fork's run that ended, or say why nothing is posted.

    Raises NotPublishedError for what GitHub did not take.
    """
    if checked.event != "pull_request" or not checked.foreign:
        say("nothing to post: this was no run of a fork's pull request")
        return
    token = variable("GITHUB_TOKEN")
    if token is None:
        raise NotPublishedError("not published: GITHUB_TOKEN is not set")
    patience = patience or BoundedPatience()
    github = open_github(event, token=token, patience=patience)
    number = _pull_request(github, checked)
    if number is None:
        return
    spoken = at_pull_request(event, github, number)
    workspace = open_workspace(config_path)
    found = reported(_files(github, checked))
    publication = _unsaid(github, foreign_publication(workspace, found, checked.head), spoken)
    if not (publication.runs or publication.failures):
        say("nothing to post: this commit has been judged already")
        return
    policy = comment or publication.policy.comment
    Announcement(spoken, publication).make(policy, patience=patience, baseline_pr=False)


def _pull_request(github: GitHub, checked: Checked) -> int | None:
    """Return the one open pull request with this head; without it, say so."""
    numbers = github.proposals.with_head(
        repository=checked.repository, branch=checked.branch, head=checked.head
    )
    if len(numbers) != 1:
        count = len(numbers) or "no"
        say(f"nothing to post: {count} open pull requests have the head {checked.head}")
        return None
    if github.proposals.is_own(checked.head):
        say(f"nothing to post: {checked.head} is the head of a branch of this repository, too")
        return None
    return numbers[0]


def _files(github: GitHub, checked: Checked) -> list[ArtifactFile]:
    """Return the files of every artifact that can be read; what cannot is said in the log."""
    files: list[ArtifactFile] = []
    for artifact in github.artifacts.of_run(checked.run_id):
        try:
            files += github.artifacts.files(artifact)
        except BadInputError as exc:
            say(f"left out: {exc}")
        except GitHubError as exc:
            if exc.fault not in _GONE:
                raise
            say(f"left out: {exc}")
    return files


def at_pull_request(event: Event, github: GitHub, number: int) -> Event:
    """Return an event that knows its pull request, and the branch that this one goes into now."""
    base = github.conversation(number).pull_request().base
    return replace(event, pull_request=number, base=base)


def _unsaid(github: GitHub, publication: Publication, event: Event) -> Publication:
    """Return what no trusted job has said of this commit: a fork's word never takes its place."""
    judged = github.checks.judged()

    def open_(name: str) -> bool:
        return name_into(name, event.aside) not in judged

    return replace(
        publication,
        runs=tuple(run for run in publication.runs if open_(name_of_run(run))),
        failures=tuple(each for each in publication.failures if open_(name_of_failure(each))),
    )
