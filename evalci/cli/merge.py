"""`evalci merge`: join the shards of a run, decide, and exit by the verdict."""

from pathlib import Path

import click

from evalci.cli.command import Command
from evalci.cli.options import LINE, config_option
from evalci.errors import ExitCode


@click.command(cls=Command)
@config_option
@click.argument("runs", nargs=-1, required=True, metavar="RUN...", type=LINE, envvar="EVALCI_MERGE")
@click.option(
    "--no-gate", is_flag=True, envvar="EVALCI_NO_GATE", help="Write run.json, but never exit 1."
)
def merge(*, runs: tuple[str, ...], config_path: Path | None, no_gate: bool) -> int:
    """Join the shards of one or more golden sets, report, exit by the verdict.

    RUN is the run.json of a shard, or a folder with some below it. What was joined becomes the last
    run, for `evalci gate`, `report` and `publish`.
    """
    from evalci.cli.joined import join_shards, read_indexes
    from evalci.cli.ledger import RunLedger
    from evalci.cli.workspace import find_home, open_workspace
    from evalci.core.run_index import joined_code
    from evalci.edges import open_edges

    paths = [Path(run) for run in runs]
    indexes = read_indexes(paths)  # before our own takes the place of one of them
    with RunLedger(open_edges(find_home(config_path).base).files) as ledger:
        join_shards(open_workspace(config_path), paths, indexes, ledger)
    return joined_code([c for c in ledger.codes if not no_gate or c != ExitCode.GATE_FAILED])
