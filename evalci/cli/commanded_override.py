"""`/evalci override`: a documented reason in a reply of ours, and the check said again."""

from evalci.cli.commanded import Deed, Order, require_giver
from evalci.cli.measured import Measured, measured_runs, put
from evalci.core.gate import decide
from evalci.core.override import Override, Wish, grant
from evalci.core.override_record import comment_source
from evalci.core.run import Run
from evalci.errors import BadInputError
from evalci.report import replies


def obey_override(order: Order) -> Deed:
    """Grant the override for what was measured of the head; `evalci publish` then applies it."""
    require_giver(order)
    measured, given = _granted(order)
    put(measured, order.workspace)
    folder = order.workspace.edges.history.folder()
    return Deed(reply=replies.overridden(given, folder), publish=True)


def _granted(order: Order) -> tuple[list[Measured], list[Override]]:
    """Return the artifacts that have what fails, and an override for each run in which it does."""
    problems: list[BadInputError] = []
    given: list[Override] = []
    failing: list[Measured] = []
    for measured in measured_runs(order):
        found = [_grant(order, run) for run in measured.runs]
        problems += [each for each in found if isinstance(each, BadInputError)]
        if grants := [each for each in found if isinstance(each, Override)]:
            given += grants
            failing.append(measured)
    if not given:
        raise problems[0]
    return failing, given


def _grant(order: Order, run: Run) -> Override | BadInputError:
    """Return the override for a run, or why there can be none."""
    wish = Wish(
        category=order.command.category,
        reason=order.command.reason,
        by=order.now.sender,
        head=order.now.head,
        source=comment_source(order.comment),
    )
    now, policy = order.workspace.edges.clock.now(), order.workspace.config.override
    try:
        return grant(run, decide(run), wish, now=now, policy=policy)
    except BadInputError as exc:
        return exc
