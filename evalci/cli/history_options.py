"""Options of the commands that read the history, and the question that they add up to."""

import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click

from evalci.cli.options import LINE, dimension_match
from evalci.errors import UsageError

if TYPE_CHECKING:
    from evalci.core.history import Query

PERIOD = "such as 2026, 2026-Q3, 2026-07, 2026-W30 or 2026-07-14"
_MATCH = click.option(
    "--match",
    type=LINE,
    multiple=True,
    envvar="EVALCI_MATCH",
    help="Only cases with this value, such as tags=canary; may be repeated.",
)
_FILTERS = (
    click.option("--golden-set", envvar="EVALCI_GOLDEN_SET", help="Only this golden set, by name."),
    click.option("--model", envvar="EVALCI_MODEL", help="Only this model config, by name."),
    click.option("--category", envvar="EVALCI_CATEGORY", help="Only this category."),
    click.option("--since", envvar="EVALCI_SINCE", help=f"From this period on, {PERIOD}."),
    click.option("--until", envvar="EVALCI_UNTIL", help="Up to the end of this period."),
    click.option(
        "--trigger",
        type=click.Choice(["schedule", "push", "pull_request", "dispatch", "manual"]),
        envvar="EVALCI_TRIGGER",
        help="Only runs that were started by this.",
    ),
)
_NAMES = ("golden_set", "model", "category", "match", "since", "until", "trigger")


def history_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--history`."""
    return click.option(
        "--history",
        "history_url",
        envvar="EVALCI_HISTORY",
        help="Where the history is kept, instead of `history.url`: branch:<name> or a database.",
    )(command)


def query_options(*, cases: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add the options that choose runs, or cases, too; the command gets them as one `query`."""

    def with_options(command: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(command)
        def asked(**options: Any) -> Any:
            chosen = {name: options.pop(name, None) for name in _NAMES}
            return command(query=_query(chosen), **options)

        for option in reversed((*_FILTERS, *([_MATCH] * cases))):
            asked = option(asked)
        return asked

    return with_options


def _query(chosen: Mapping[str, Any]) -> "Query":
    from evalci.core.history import Query, Trigger
    from evalci.core.history_trend import bounds_of

    since = bounds_of(chosen["since"]).start if chosen["since"] else ""
    until = bounds_of(chosen["until"]).end if chosen["until"] else ""
    if until and since >= until:
        raise UsageError(f"`--since {chosen['since']}` is after `--until {chosen['until']}`")
    return Query(
        golden_set=chosen["golden_set"] or "",
        model=chosen["model"] or "",
        category=chosen["category"] or "",
        match=dimension_match(chosen["match"] or ()),
        since=since,
        until=until,
        trigger=Trigger(chosen["trigger"]) if chosen["trigger"] else None,
    )
