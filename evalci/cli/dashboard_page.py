"""Writes the page of a history, and says where."""

from collections.abc import Iterable
from pathlib import Path

from evalci.cli.show import say
from evalci.cli.workspace import Workspace
from evalci.core.history import RunRecord
from evalci.core.history_gathering import gathered
from evalci.edges.files import write_text
from evalci.errors import UsageError
from evalci.report.dashboard import render_dashboard
from evalci.report.escape import counted


def write_dashboard(
    workspace: Workspace, records: Iterable[RunRecord], place: Path, *, narrowed: bool = False
) -> int:
    """Write the page of some runs with their cases, oldest first, and return how many they are.

    They are taken one by one, a long history does not fit into memory.

    Raises UsageError where a ``narrowed`` question found none: a name may be mistyped.
    """
    series = gathered(records)
    if narrowed and not series:
        hint = "`evalci history list` names golden sets and models"
        raise UsageError("no run in the history is like that", hint=hint)
    page = render_dashboard(series, made=workspace.edges.clock.now(), clean=workspace.redactor.text)
    write_text(place, page)
    runs = sum(one.runs for one in series)
    say(f"wrote {place}: {counted(runs, 'run')}, {round(len(page) / 1000)} kB")
    return runs
