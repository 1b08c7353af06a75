"""`evalci run`: measure, compare, report, and exit by the verdict."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from evalci.cli.command import Command
from evalci.cli.options import (
    config_option,
    dimension_match,
    golden_set_option,
    head_option,
    model_option,
    selection_options,
    shard_part,
    trials_option,
)
from evalci.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from evalci.core.shard import Part


@click.command(cls=Command)
@config_option
@golden_set_option
@model_option
@selection_options
@click.option(
    "--last-failed",
    is_flag=True,
    envvar="EVALCI_LAST_FAILED",
    help="Only the cases that failed in the last run.",
)
@trials_option
@click.option(
    "--shard",
    metavar="I/N",
    callback=shard_part,
    envvar="EVALCI_SHARD",
    help="Only this part of the cases, such as 2/4, with 4 trials each; `evalci merge` decides.",
)
@click.option(
    "--replay", is_flag=True, envvar="EVALCI_REPLAY", help="Answers from recordings only."
)
@click.option(
    "--record", is_flag=True, envvar="EVALCI_RECORD", help="Keep the answers as recordings."
)
@click.option(
    "--no-cache", is_flag=True, envvar="EVALCI_NO_CACHE", help="Ask anew, whatever is kept."
)
@click.option(
    "--no-gate", is_flag=True, envvar="EVALCI_NO_GATE", help="Write run.json, but never exit 1."
)
@click.option(
    "--html",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="EVALCI_HTML",
    help="Also write the report to this file, as a page.",
)
@click.option(
    "--junit",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="EVALCI_JUNIT",
    help="Also write the report to this file, as JUnit XML.",
)
@head_option
def run(  # noqa: PLR0913  # the options of the command
    *,
    config_path: Path | None,
    golden_sets: tuple[str, ...],
    model_name: str | None,
    everything: bool,
    cases: tuple[str, ...],
    match: tuple[str, ...],
    last_failed: bool,
    trials: int | None,
    shard: "Part | None",
    replay: bool,
    record: bool,
    no_cache: bool,
    no_gate: bool,
    html: Path | None,
    junit: Path | None,
    head: str,
) -> int:
    """Measure, compare with the baseline, report, exit by the verdict.

    Without a selection, only the affected cases run: those whose prompt, parameters, model or
    scoring changed since the baseline.
    """
    from evalci.cli.checks import check_sets
    from evalci.cli.ledger import RunLedger
    from evalci.cli.pages import Pages
    from evalci.cli.session import Session
    from evalci.cli.workspace import find_home, on_base_revision, open_workspace
    from evalci.core.plan import Selection
    from evalci.core.run_index import joined_code
    from evalci.core.shard import DEFAULT_TRIALS
    from evalci.edges import open_edges

    if replay and record:
        raise UsageError("--replay and --record exclude each other")
    if last_failed and (everything or cases):
        raise UsageError("--last-failed excludes --all and --case")
    if shard and (last_failed or record):
        raise UsageError("--shard excludes --last-failed and --record")
    chosen = Selection(
        affected=not (everything or cases or match),
        cases=frozenset(cases) if cases else None,
        match=dimension_match(match),
    )
    session = Session(
        selection=chosen,
        last_failed=last_failed,
        trials=trials or (DEFAULT_TRIALS if shard else None),
        replay=replay,
        record=record,
        cache=not no_cache,
        shard=shard,
    )
    home = find_home(config_path)
    pages = Pages(home.runs, html=html, junit=junit)
    with pages, RunLedger(open_edges(home.base).files) as ledger:
        pages.check()
        workspace = on_base_revision(open_workspace(config_path))
        if head:
            from evalci.cli.head import with_head

            workspace = with_head(workspace, head)
        check_sets(workspace, workspace.model(model_name), session, golden_sets, ledger)
    codes = [*ledger.codes, *pages.codes]
    return joined_code([c for c in codes if not no_gate or c != ExitCode.GATE_FAILED])
