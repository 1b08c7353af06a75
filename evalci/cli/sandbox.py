"""`evalci sandbox`: the image in which Python code is checked."""

import click


@click.group()
def sandbox() -> None:
    """Look after the sandbox that runs code answers."""


@sandbox.command()
@click.option(
    "--from-interpreter",
    is_flag=True,
    envvar="EVALCI_FROM_INTERPRETER",
    help="Import the running Python instead of pulling the base image.",
)
def build(*, from_interpreter: bool) -> None:
    """Make the default Python image: pytest, mypy, ruff, bandit and radon, hash-locked.

    Where the base image cannot be pulled, the running Python is imported instead, and the image
    then has an identity of its own.
    """
    from evalci.cli.show import say
    from evalci.edges.sandbox import build_default_image

    def progress(line: str) -> None:
        click.echo(f"evalci: {line}", err=True)

    say(build_default_image(progress, pull=not from_interpreter))
