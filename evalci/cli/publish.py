"""`evalci publish`: say on GitHub what the last run found."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from evalci.cli.command import Command
from evalci.cli.options import config_option, head_option
from evalci.errors import BadInputError

if TYPE_CHECKING:
    from evalci.core.ports import Patience


@click.command(cls=Command)
@config_option
@click.argument("runs", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--comment",
    type=click.Choice(["changed", "always", "never"]),
    envvar="EVALCI_COMMENT",
    help="When a pull request gets a comment, instead of `report.comment`.",
)
@click.option(
    "--baseline-pr",
    is_flag=True,
    envvar="EVALCI_BASELINE_PR",
    help="Propose changed baselines in a pull request, after a push to the default branch.",
)
@click.option(
    "--drift",
    is_flag=True,
    envvar="EVALCI_DRIFT",
    help="It was `evalci drift` that was to run, whatever became of it.",
)
@head_option
@click.pass_obj
def publish(  # noqa: PLR0913  # the options of the command
    patience: "Patience | None",
    *,
    runs: tuple[Path, ...],
    config_path: Path | None,
    comment: str | None,
    baseline_pr: bool,
    drift: bool,
    head: str,
) -> None:
    """Say on GitHub what finished RUNS found: comment, check runs, summary, outputs.

    After `evalci drift`, keep one issue for each golden set and model that has drifted.

    Needs GITHUB_TOKEN and the variables of a GitHub Actions job. By default RUNS are those of the
    last `evalci run`; one that did not finish is reported as such. In a `workflow_run` job they are
    the artifacts of the fork's run that ended, of which nothing is believed.
    """
    from evalci.cli.announcement import Announcement
    from evalci.cli.drift_announcement import DriftAnnouncement, gather_drift
    from evalci.cli.overriding import overridden, pull_request_of
    from evalci.cli.poster import at_pull_request, post
    from evalci.cli.publication import gather
    from evalci.cli.secrets import redactor
    from evalci.core.config import CommentPolicy
    from evalci.edges.environment import variable
    from evalci.edges.github import open_github
    from evalci.edges.github.event import read_event
    from evalci.edges.github.patience import BoundedPatience

    redactor(["GITHUB_TOKEN"])
    event, policy = read_event(head=head), CommentPolicy(comment) if comment else None
    if event.origin.event == "issue_comment" and not head:
        raise BadInputError("a comment says nothing of a commit", hint="give it with --head")
    if event.checked is not None:
        post(event, event.checked, config_path, comment=policy, patience=patience)
        return
    # A pull request must not turn its check into something else.
    found = None if runs or event.pull_request else gather_drift(config_path, expected=drift)
    if found is not None:
        DriftAnnouncement(event, found).make(patience)
        return
    token, patience = variable("GITHUB_TOKEN"), patience or BoundedPatience()
    github = open_github(event, token=token, patience=patience) if token else None
    if event.origin.event == "issue_comment" and github is not None and event.pull_request:
        event = at_pull_request(event, github, event.pull_request)
    publication = overridden(gather(runs, config_path), github, pull_request_of(event))
    Announcement(event, publication).make(
        policy or publication.policy.comment, patience=patience, baseline_pr=baseline_pr
    )
