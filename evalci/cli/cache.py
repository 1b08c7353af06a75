"""`evalci cache`: what is kept of earlier answers, and how to drop it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from evalci.cli.command import Group
from evalci.cli.options import config_option
from evalci.cli.workspace import Workspace
from evalci.core.trial import usd_words
from evalci.edges.llm.cache import AnswerStore
from evalci.errors import BadInputError


@click.group(cls=Group)
def cache() -> None:
    """Look at the answers that are kept, and drop old ones."""


@cache.command(short_help="Show how many answers are kept, and their cost.")
@config_option
def stats(*, config_path: Path | None) -> None:
    """Show how many answers are kept, how old they are, and what they did cost."""
    from evalci.cli.workspace import open_workspace

    with _store(open_workspace(config_path)) as store:
        stock = store.stock()
    unknown = "†" if stock.unknown else ""
    cost = f"{usd_words(stock.usd)}{unknown}" if stock.usd or not unknown else f"unknown{unknown}"
    click.echo(f"{stock.answers} answers, {stock.bytes / 1e6:.1f} MB, bought for {cost}")
    if stock.oldest is not None and stock.newest is not None:
        click.echo(f"oldest {_day(stock.oldest)}, newest {_day(stock.newest)}")


@cache.command()
@config_option
@click.option(
    "--max-age-days",
    type=click.FloatRange(min=0),
    envvar="EVALCI_MAX_AGE_DAYS",
    help="Drop answers older than this, instead of `cache.max_age_days`.",
)
@click.option(
    "--max-mb",
    type=click.FloatRange(min=0),
    envvar="EVALCI_MAX_MB",
    help="Then drop the oldest past this size, instead of `cache.max_mb`.",
)
def prune(*, config_path: Path | None, max_age_days: float | None, max_mb: float | None) -> None:
    """Drop answers that are too old, then the oldest ones past a size."""
    from evalci.cli.workspace import open_workspace

    workspace = open_workspace(config_path)
    policy = workspace.config.cache
    with _store(workspace) as store:
        dropped = store.prune(
            max_age_days=policy.max_age_days if max_age_days is None else max_age_days,
            max_mb=policy.max_mb if max_mb is None else max_mb,
        )
        left = store.stock()
    click.echo(f"{dropped} answers dropped, {left.answers} kept ({left.bytes / 1e6:.1f} MB)")


def open_store(workspace: Workspace, warn: Callable[[str], None] | None = None) -> AnswerStore:
    """Return the answers that a workspace keeps; ``warn`` takes warnings that are not printed."""
    return AnswerStore(
        workspace.edges.files.inside(workspace.config.cache.dir),
        clean=workspace.redactor.text,
        warn=warn or _say,
    )


@contextmanager
def _store(workspace: Workspace) -> Iterator[AnswerStore]:
    """Open the answers and close them; BadInputError where the figures would be no figures."""
    said: list[str] = []
    store = open_store(workspace, said.append)
    yield store
    store.close()
    if store.trouble:
        raise BadInputError(store.trouble, hint="try again, or delete the file")
    for sentence in said:
        _say(sentence)


def _say(sentence: str) -> None:
    click.echo(f"evalci: {sentence}", err=True)


def _day(seconds: float) -> str:
    try:
        return datetime.fromtimestamp(seconds, tz=UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (ValueError, OverflowError, OSError):  # a clock, or a disk, gone wrong
        return "of no date"
