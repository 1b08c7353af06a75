"""`evalci report`: render the report of a finished run."""

from pathlib import Path

import click

from evalci.cli.command import Command
from evalci.cli.options import config_option

EXPLAINED = ("terminal", "markdown")


@click.command(cls=Command)
@config_option
@click.argument("runs", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "kind",
    type=click.Choice(["terminal", "markdown", "json", "html", "junit"]),
    default="terminal",
    envvar="EVALCI_FORMAT",
    show_default=True,
    help="Text for a terminal, a comment, programs, a page, or a test viewer.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="EVALCI_OUTPUT",
    help="Write to this file instead of standard output.",
)
@click.option(
    "--explain",
    is_flag=True,
    envvar="EVALCI_EXPLAIN",
    help="Show every number behind each outcome instead, on a terminal or as Markdown.",
)
def report(
    *,
    runs: tuple[Path, ...],
    config_path: Path | None,
    kind: str,
    output: Path | None,
    explain: bool,
) -> None:
    """Render the report of finished RUNS (run.json files or their folders)."""
    from evalci.cli.secrets import redactor
    from evalci.cli.show import page
    from evalci.cli.workspace import read_run, run_places
    from evalci.core.run_file import redacted
    from evalci.edges.files import write_text
    from evalci.report.formats import explain_all, render_all

    if explain and kind not in EXPLAINED:
        raise click.UsageError(f"--explain is for {' and '.join(EXPLAINED)}; JSON always has it")
    # The runs and not the text: a secret that was escaped would look like another one.
    found = [redacted(read_run(place), redactor()) for place in run_places(runs, config_path)]
    if explain:
        text = explain_all(found, kind)
    elif output is None:
        text = render_all(found, kind, page=page())
    else:
        text = render_all(found, kind)
    if output is None:
        click.echo(text, nl=not text.endswith("\n"))
    else:
        write_text(output, text)
        click.echo(f"wrote {output}")
