"""`evalci demo --history`: thirty invented weeks with a vendor's change, kept and drawn."""

import shlex
from pathlib import Path

import click

from evalci.cli.dashboard import PLACE
from evalci.cli.dashboard_page import write_dashboard
from evalci.cli.history_store import SQLITE, opened_history
from evalci.cli.workspace import open_workspace
from evalci.core.history import Query
from evalci.core.history_config import DEFAULT_FILE
from evalci.core.history_demo import VENDOR, demo_history
from evalci.core.history_gathering import gathered
from evalci.report.escape import counted


def show_history(place: Path) -> None:
    """Fill the history of the demo's repository, draw it, and say what to look at."""
    workspace = open_workspace(place / "evalci.yaml")
    last = workspace.edges.clock.now().replace(minute=0, second=0, microsecond=0)
    records = demo_history(last)
    file = DEFAULT_FILE.removeprefix(SQLITE)
    url = f"{SQLITE}{workspace.edges.files.inside(file)}"
    page = workspace.edges.files.inside(PLACE)
    with opened_history(workspace, url) as store:
        for record in records:
            store.add(record)
        moved = next(record.at[:10] for record in records if VENDOR in record.resolved_models)
        click.echo(
            f"1. A small repository in {place}, with {counted(len(records), 'run')} of thirty "
            "invented weeks in its history."
        )
        click.echo(f"2. On {moved} the vendor puts another model behind the same name.")
        click.echo("3. evalci dashboard\n")
        write_dashboard(workspace, gathered(store.each(Query(cases=True))), page)
    click.echo(_next_steps(place, page))


def _next_steps(place: Path, page: Path) -> str:
    here = place.relative_to(Path.cwd()) if place.is_relative_to(Path.cwd()) else place
    return (
        f"\nOpen it in a browser:\n"
        f"  {page.as_uri()}#category=extract\n"
        f"What it draws can be asked for, too:\n"
        f"  cd {shlex.quote(str(here))}\n"
        f"  evalci history query --category extract --by month\n"
        f"  evalci history list"
    )
