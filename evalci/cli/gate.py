"""`evalci gate`: exit by the verdict of a finished run."""

from pathlib import Path

import click

from evalci.cli.command import Command
from evalci.cli.options import config_option


@click.command(cls=Command)
@config_option
@click.argument("runs", nargs=-1, type=click.Path(path_type=Path))
def gate(*, runs: tuple[Path, ...], config_path: Path | None) -> int:
    """Exit by the verdict of finished RUNS (run.json files or their folders)."""
    from evalci.cli.show import say
    from evalci.cli.workspace import read_run, run_places
    from evalci.core.gate import decide
    from evalci.core.run_index import joined_code
    from evalci.report.view import build_view, plain_text

    codes: list[int] = []
    for place in run_places(runs, config_path):
        run = read_run(place)
        verdict = decide(run)
        say(plain_text(build_view(run, verdict).title))
        codes.append(verdict.exit_code)
    return joined_code(codes)
