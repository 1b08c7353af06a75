"""A command with all that is known of it, who may give it, and what became of it."""

from dataclasses import dataclass

from evalci.cli.workspace import Workspace
from evalci.core.comment_command import Command, Situation
from evalci.core.override import Giver, may_not
from evalci.edges.github import GitHub
from evalci.errors import BadInputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A command that may be obeyed: ``comment`` is its id, ``number`` that of the pull request."""

    command: Command
    now: Situation
    comment: int
    number: int
    github: GitHub
    workspace: Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What became of a command: what to reply, and which steps of the workflow follow."""

    reply: str = ""
    measure: bool = False
    publish: bool = False


def require_giver(order: Order) -> None:
    """Refuse who may not let anything through here, above all who wrote the change."""
    now = order.now
    authors = order.github.reviews(order.number).authors()
    authors |= order.github.artifacts.causers(now.head)
    giver = Giver(login=now.sender, role=now.role, author=now.sender in authors)
    if why := may_not(giver, order.workspace.config.override):
        raise BadInputError(why)
