"""Writes the page of a history, and says where."""

from collections.abc import Sequence
from pathlib import Path

from evalci.cli.show import say
from evalci.cli.workspace import Workspace
from evalci.core.history import RunRecord, by_series
from evalci.core.history_points import point_of
from evalci.edges.files import write_text
from evalci.report.dashboard import render_dashboard
from evalci.report.escape import counted


def write_dashboard(workspace: Workspace, records: Sequence[RunRecord], place: Path) -> None:
    """Write the page of some runs with their cases, oldest first."""
    page = render_dashboard(
        [[point_of(record) for record in runs] for runs in by_series(records).values()],
        made=workspace.edges.clock.now(),
        clean=workspace.redactor.text,
    )
    write_text(place, page)
    say(f"wrote {place}: {counted(len(records), 'run')}, {round(len(page) / 1000)} kB")
