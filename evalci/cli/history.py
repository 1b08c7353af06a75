"""`evalci history`: keep what runs measured, and ask how a model scored over time."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from evalci.cli.command import Group
from evalci.cli.history_options import history_option, query_options
from evalci.cli.options import config_option
from evalci.errors import UsageError

if TYPE_CHECKING:
    from evalci.core.history import Query

FORMAT = click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "json"]),
    default="json",
    envvar="EVALCI_FORMAT",
    show_default=True,
    help="CSV, or a line of JSON for each.",
)


@click.group(cls=Group)
def history() -> None:
    """Keep what runs measured, and ask how a model scored over time."""


@history.command(short_help="Keep RUNS, by default those of the last run.")
@config_option
@history_option
@click.argument("runs", nargs=-1, type=click.Path(path_type=Path))
def add(*, runs: tuple[Path, ...], config_path: Path | None, history_url: str | None) -> None:
    """Keep RUNS (run.json files or their folders), by default those of the last `evalci run`.

    A run that was kept already is left alone. No prompt and no answer is kept.
    """
    from evalci.cli import history_store
    from evalci.cli.show import say
    from evalci.cli.workspace import open_workspace

    workspace = open_workspace(config_path)
    url = history_store.history_url(workspace, history_url)
    places = history_store.places_to_keep(runs, config_path)
    if not places:
        say("nothing was measured that could be kept")
        return
    with history_store.opened_history(workspace, url) as store:
        for place in places:
            say(history_store.keep(workspace, store, place, url=url))


@history.command("list")
@config_option
@history_option
@query_options()
def list_(*, query: "Query", config_path: Path | None, history_url: str | None) -> None:
    """List the runs that were kept, newest first."""
    from evalci.cli.history_store import nothing_in, runs_in
    from evalci.cli.show import say
    from evalci.report.history import run_lines

    found = runs_in(config_path, history_url, query)
    say("\n".join(run_lines(found)) if found else nothing_in(config_path, history_url))


@history.command(short_help="Show what is kept of one RUN.")
@config_option
@history_option
@click.argument("run")
def show(*, run: str, config_path: Path | None, history_url: str | None) -> None:
    """Show what is kept of one RUN, named by its id or the beginning of it."""
    from evalci.cli.history_store import runs_in
    from evalci.cli.show import say
    from evalci.core.history import Query
    from evalci.report.history import record_lines

    found = [r for r in runs_in(config_path, history_url, Query()) if r.id.startswith(run)]
    if len(found) != 1:
        many = f"{len(found)} runs begin" if found else "no run begins"
        raise UsageError(f"{many} with `{run}`", hint="`evalci history list` has their ids")
    say("\n".join(record_lines(found[0])))


@history.command(short_help="Say how cases scored in each period.")
@config_option
@history_option
@query_options(cases=True)
@click.option(
    "--by",
    type=click.Choice(["day", "week", "month", "quarter", "year"]),
    default="month",
    envvar="EVALCI_BY",
    show_default=True,
    help="The length of a period.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "csv", "json"]),
    default="text",
    envvar="EVALCI_FORMAT",
    show_default=True,
    help="A table, CSV, or a line of JSON for each period.",
)
def query(
    *, query: "Query", by: str, form: str, config_path: Path | None, history_url: str | None
) -> None:
    """Say how cases scored in each period, and how those that both have moved since the last.

    Runs of pull requests count only with `--trigger pull_request`.
    Such as: evalci history query --model main --match tags=nullability --by quarter
    """
    from dataclasses import replace

    from evalci.cli.history_store import means_in, nothing_in
    from evalci.cli.show import say
    from evalci.core.history_trend import Span, period_scores
    from evalci.report.history import period_lines, periods_csv, periods_json

    query = replace(query, proposals=False)
    scores = period_scores(means_in(config_path, history_url, query, Span(by)), Span(by))
    if form == "text":
        say("\n".join(period_lines(scores)) if scores else nothing_in(config_path, history_url))
    else:
        click.echo((periods_csv if form == "csv" else periods_json)(scores), nl=False)


@history.command(short_help="Write runs for other programs, as rows or JSON.")
@config_option
@history_option
@query_options(cases=True)
@click.option("--cases", is_flag=True, envvar="EVALCI_CASES", help="The cases of each run, too.")
@FORMAT
def export(
    *, query: "Query", cases: bool, form: str, config_path: Path | None, history_url: str | None
) -> None:
    """Write runs for other programs: a row for each category or case, or JSON for each run."""
    from dataclasses import replace

    from evalci.cli.history_store import nothing_in, runs_in
    from evalci.report.history import runs_csv, runs_json

    if query.match and not cases:
        raise UsageError("`--match` chooses cases, and none are written", hint="add --cases")
    found = runs_in(config_path, history_url, replace(query, cases=cases))
    if not found:
        click.echo(f"evalci: {nothing_in(config_path, history_url)}", err=True)
    click.echo(runs_csv(found, cases=cases) if form == "csv" else runs_json(found), nl=False)
