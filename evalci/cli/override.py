"""`evalci override`: let a regression through on purpose, with a reason and an end."""

from datetime import datetime
from pathlib import Path

import click

from evalci.cli.command import Group
from evalci.cli.options import config_option
from evalci.errors import UsageError


@click.group(cls=Group)
def override() -> None:
    """Let a regression through on purpose, with a reason and an end."""


@override.command(short_help="Write a file into overrides/ for what fails.")
@config_option
@click.argument("runs", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--category",
    required=True,
    envvar="EVALCI_CATEGORY",
    help="A category that fails, the id of a must-pass case, or * for the run as a whole.",
)
@click.option("--reason", required=True, envvar="EVALCI_REASON", help="Why this may be merged.")
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    envvar="EVALCI_UNTIL",
    help="The last day on which it holds; by default as long as `override.max_days` allows.",
)
def add(
    *,
    runs: tuple[Path, ...],
    config_path: Path | None,
    category: str,
    reason: str,
    until: datetime | None,
) -> None:
    """Write a file into overrides/ for what fails in RUNS, by default the last runs of the config.

    It counts once it is in the base revision, or when a person who may, and who is not the author,
    approves the commit that has it.
    """
    from evalci.cli.overrides import Request, add_override
    from evalci.cli.show import say
    from evalci.cli.workspace import on_base_revision, open_workspace, run_places

    if not reason.strip():
        raise UsageError("--reason is empty", hint="say why this may be merged")
    workspace = on_base_revision(open_workspace(config_path))
    request = Request(category=category, reason=reason, until=until.date() if until else None)
    places = run_places(runs, config_path)
    for path in add_override(workspace, places, request):
        say(f"{path}: written; commit it and have the pull request approved")
