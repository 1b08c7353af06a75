"""`evalci drift`: measure everything anew, and say whether the vendor moved."""

from pathlib import Path

import click

from evalci.cli.command import Command
from evalci.cli.history_options import history_option
from evalci.cli.options import config_option, golden_set_option, model_option


@click.command(cls=Command)
@config_option
@golden_set_option
@model_option
@history_option
@click.option(
    "--past",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="EVALCI_PAST",
    help="Runs as `evalci history export --cases` wrote them, instead of the history.",
)
@click.option(
    "--trials",
    type=click.IntRange(2, 50),
    envvar="EVALCI_TRIALS",
    help="Trials a case instead of `drift.trials`.",
)
@click.option("--fail", is_flag=True, envvar="EVALCI_FAIL", help="Exit 1 on drift.")
@click.option(
    "--freeze",
    is_flag=True,
    help="Measure nothing: keep judged answers of the last run, to tell when the judge moves.",
)
def drift(  # noqa: PLR0913  # the options of the command
    *,
    config_path: Path | None,
    golden_sets: tuple[str, ...],
    model_name: str | None,
    history_url: str | None,
    past: Path | None,
    trials: int | None,
    fail: bool,
    freeze: bool,
) -> int:
    """Measure anew, without the cache, and look for drift in the runs so far.

    Compares with the baseline, the anchor and the history. What looks like a fall is measured as
    much again first. The run joins the history, but with --past, where `evalci history add` does
    that.
    """
    from evalci.cli.drift_measure import DriftSession
    from evalci.cli.drift_run import drift_sets, freeze_runs
    from evalci.cli.ledger import RunLedger
    from evalci.cli.workspace import find_home, open_workspace
    from evalci.core.run_index import joined_code
    from evalci.edges import open_edges

    if freeze:
        freeze_runs(open_workspace(config_path), config_path)
        return 0
    with RunLedger(open_edges(find_home(config_path).base).files, drift=True) as ledger:
        workspace = open_workspace(config_path)
        session = DriftSession(
            model=workspace.model(model_name),
            trials=trials or workspace.config.drift.trials,
            day=workspace.edges.clock.now().date().isoformat(),
            history=history_url,
            past=past,
            fail=fail,
        )
        drift_sets(workspace, session, golden_sets, ledger)
    return joined_code(ledger.codes)
