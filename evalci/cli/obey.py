"""`evalci obey`: do what a comment on a pull request asks; for the workflow on issue_comment."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from evalci.cli.command import Command
from evalci.cli.options import config_option

if TYPE_CHECKING:
    from evalci.core.ports import Patience


@click.command(cls=Command)
@config_option
@click.pass_obj
def obey(patience: "Patience | None", *, config_path: Path | None) -> None:
    """Do what the comment that started this workflow asks, and reply to it.

    Needs GITHUB_TOKEN and a checkout of the default branch, and never sees a model's key: a `run`
    is only prepared here. The outputs `measure`, `publish` and `head` tell the steps that follow.
    """
    from evalci.cli.obedience import Obedience
    from evalci.cli.secrets import redactor
    from evalci.cli.workspace import open_workspace
    from evalci.edges.environment import variable
    from evalci.edges.github import open_github
    from evalci.edges.github.comment_event import read_comment
    from evalci.edges.github.event import read_event
    from evalci.edges.github.patience import BoundedPatience
    from evalci.errors import NotPublishedError

    redactor(["GITHUB_TOKEN"])
    comment, event = read_comment(), read_event()
    token = variable("GITHUB_TOKEN")
    if token is None:
        raise NotPublishedError("commands are obeyed with GITHUB_TOKEN, which is not set")
    github = open_github(event, token=token, patience=patience or BoundedPatience())
    Obedience(github, comment, open_workspace(config_path)).answer()
