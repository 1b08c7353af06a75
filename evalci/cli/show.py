"""Prints reports on the terminal, through the redactor."""

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from evalci.core.redaction import Redactor
from evalci.edges.actions import open_runner
from evalci.edges.environment import variable
from evalci.errors import ExitCode
from evalci.report.escape import visible

if TYPE_CHECKING:
    from evalci.cli.written import Written
    from evalci.report.view import ReportView

PLAIN_WIDTH = 120


def print_report(redactor: Redactor, written: "Written") -> ExitCode:
    """Print the report of a run and return the exit code of its verdict.

    In the log of a GitHub step it is a group, with remarks at the prompts that it blames.
    """
    from evalci.report.annotations import build_annotations
    from evalci.report.terminal import render_terminal

    run, folder = written.run, written.folder
    width, colour = page()
    text = render_terminal(written.view, width=width, colour=colour)
    text += f"\nreport {_short(folder / 'report.md')} · run {_short(folder / 'run.json')}\n"
    runner = open_runner(redactor.text)
    runner.group(f"{run.golden_set.name} with {run.model.name}: {_verdict(written.view)}")
    sys.stdout.write(redactor.text(text))
    sys.stdout.flush()
    runner.end_group()
    for annotation in build_annotations(run, written.verdict):
        runner.annotate(annotation)
    return written.verdict.exit_code


def _verdict(view: "ReportView") -> str:
    """Return the title of a report without our name, which the log already says."""
    from evalci.report.view import plain_text

    return visible(plain_text(view.title)).replace("evalci: ", "", 1)


def _short(place: Path) -> str:
    """Return a path from here when it lies below, for a shorter line."""
    here = Path.cwd()
    return str(place.relative_to(here) if place.is_relative_to(here) else place)


def say(text: str) -> None:
    """Print a line of a command; escape sequences from a user's file stay out of the terminal."""
    click.echo(visible(text))


def page() -> tuple[int, bool]:
    """Return the width of what is printed on, and whether it has colours: not with `NO_COLOR`."""
    tty = sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if tty else PLAIN_WIDTH
    return width, tty and variable("NO_COLOR") is None


def print_text(redactor: Redactor, text: str) -> None:
    """Print a text that was laid out, without secrets."""
    sys.stdout.write(redactor.text(text))
    sys.stdout.flush()
