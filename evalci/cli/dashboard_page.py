"""Writes the page of a history, and says where."""

from collections.abc import Sequence
from pathlib import Path

from evalci.cli.show import say
from evalci.cli.workspace import Workspace
from evalci.core.history_gathering import Gathered
from evalci.edges.files import write_text
from evalci.report.dashboard import render_dashboard
from evalci.report.escape import counted


def write_dashboard(workspace: Workspace, series: Sequence[Gathered], place: Path) -> None:
    """Write the page of a history, and say how much is on it."""
    page = render_dashboard(series, made=workspace.edges.clock.now(), clean=workspace.redactor.text)
    write_text(place, page)
    runs = sum(one.runs for one in series)
    say(f"wrote {place}: {counted(runs, 'run')}, {round(len(page) / 1000)} kB")
