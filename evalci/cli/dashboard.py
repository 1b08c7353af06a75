"""`evalci dashboard`: the history as one page."""

from pathlib import Path

import click

from evalci.cli.command import Command
from evalci.cli.history_options import PERIOD, history_option
from evalci.cli.options import config_option

PLACE = ".evalci/dashboard/index.html"


@click.command(cls=Command)
@config_option
@history_option
@click.option("--golden-set", envvar="EVALCI_GOLDEN_SET", help="Only this golden set, by name.")
@click.option("--model", envvar="EVALCI_MODEL", help="Only this model config, by name.")
@click.option("--since", envvar="EVALCI_SINCE", help=f"From this period on, {PERIOD}.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="EVALCI_OUTPUT",
    help=f"Write to this file instead of {PLACE}.",
)
def dashboard(
    *,
    config_path: Path | None,
    history_url: str | None,
    golden_set: str | None,
    model: str | None,
    since: str | None,
    output: Path | None,
) -> None:
    """Draw the history: one page with everything in it, to open, to keep or to publish.

    Scores over the weeks, the drift monitor, what changed when, latency, cost, refusals and the
    worst cases. The page asks for nothing and holds no prompt and no answer.
    """
    from evalci.cli.dashboard_page import write_dashboard
    from evalci.cli.history_store import check_names, nothing_in, opened_history
    from evalci.cli.history_store import history_url as url_of
    from evalci.cli.show import say
    from evalci.cli.workspace import open_workspace
    from evalci.core.history import Query
    from evalci.core.history_gathering import gathered
    from evalci.core.history_trend import bounds_of
    from evalci.edges.files import check_writable

    workspace = open_workspace(config_path)
    place = output or workspace.edges.files.inside(PLACE)
    check_writable(place)
    query = Query(
        golden_set=golden_set or "",
        model=model or "",
        since=bounds_of(since).start if since else "",
        cases=True,
    )
    with opened_history(workspace, url_of(workspace, history_url)) as store:
        series = gathered(store.each(query))
        if not series:
            check_names(workspace, store, query)
            say(nothing_in(config_path, history_url))
    write_dashboard(workspace, series, place)
