"""`evalci sandbox`: the image in which Python code is checked."""

from pathlib import Path

import click

from evalci.cli.command import Group
from evalci.cli.options import config_option, golden_set_option


@click.group(cls=Group)
def sandbox() -> None:
    """Look after the sandbox that runs code answers."""


@sandbox.command(short_help="Make the default Python image.")
@config_option
@golden_set_option
@click.option(
    "--if-needed",
    is_flag=True,
    envvar="EVALCI_IF_NEEDED",
    help="Only where a golden set has code answers and the engine lacks the image.",
)
@click.option(
    "--from-interpreter",
    is_flag=True,
    envvar="EVALCI_FROM_INTERPRETER",
    help="Import the running Python instead of pulling the base image.",
)
def build(
    *,
    config_path: Path | None,
    golden_sets: tuple[str, ...],
    if_needed: bool,
    from_interpreter: bool,
) -> None:
    """Make the default Python image: pytest, mypy, ruff, bandit and radon, hash-locked.

    Where the base image cannot be pulled, the running Python is imported instead, and the image
    then has an identity of its own.
    """
    from evalci.cli.sandboxes import why_not_built
    from evalci.cli.show import say
    from evalci.cli.workspace import on_base_revision, open_workspace
    from evalci.edges.sandbox import build_default_image

    if if_needed:
        workspace = on_base_revision(open_workspace(config_path))
        sets = workspace.case_sets(golden_sets)
        if reason := why_not_built(workspace.config.sandbox, sets):
            say(f"nothing to build: {reason}")
            return

    def progress(line: str) -> None:
        click.echo(f"evalci: {line}", err=True)

    say(build_default_image(progress, pull=not from_interpreter))
