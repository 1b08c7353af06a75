"""`/evalci override`: a documented reason in a reply of ours, and the check said again."""

from evalci.cli.commanded import Deed, Measured, Order, measured_runs, require_giver
from evalci.core.comment_command import Command
from evalci.core.gate import decide
from evalci.core.override import Override, Wish, grant
from evalci.core.override_record import comment_source
from evalci.errors import BadInputError
from evalci.report import replies


def obey_override(order: Order) -> Deed:
    """Grant the override for what was measured of the head; `evalci publish` then applies it."""
    require_giver(order)
    measured, given = _granted(order)
    measured.put(order.workspace)
    return Deed(reply=replies.overridden(given), publish=True)


def _granted(order: Order) -> tuple[Measured, tuple[Override, ...]]:
    """Return the artifact that has what fails, and an override for each run in which it does."""
    problems: list[BadInputError] = []
    for measured in measured_runs(order):
        given = []
        for run in measured.runs:
            try:
                given.append(
                    grant(
                        run,
                        decide(run),
                        _wish(order.command, order),
                        now=order.workspace.edges.clock.now(),
                        policy=order.workspace.config.override,
                    )
                )
            except BadInputError as exc:
                problems.append(exc)
        if given:
            return measured, tuple(given)
    raise problems[0]


def _wish(command: Command, order: Order) -> Wish:
    return Wish(
        category=command.category,
        reason=command.reason,
        by=order.now.sender,
        head=order.now.head,
        source=comment_source(order.comment),
    )
