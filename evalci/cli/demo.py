"""`evalci demo`: a small repository, a plausible prompt edit, and the category that it breaks."""

import shlex
import subprocess
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import click

from evalci.cli.command import Command
from evalci.edges.environment import without_git_variables
from evalci.edges.files import check_writable
from evalci.errors import BadInputError, ExitCode

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

SETTINGS = (
    *("-c", "user.name=evalci demo", "-c", "user.email=demo@example.com"),
    *("-c", "commit.gpgsign=false", "-c", "core.hooksPath=/dev/null"),
)


@click.command(cls=Command)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), required=False)
@click.option(
    "--history",
    "invented",
    is_flag=True,
    envvar="EVALCI_DEMO_HISTORY",
    help="Show thirty invented weeks with a change by the vendor instead.",
)
def demo(*, folder: Path | None, invented: bool) -> int:
    """Make a small repository in FOLDER (default: ./evalci-demo) and find a regression in it.

    No key and no network: the model is scripted, a rule-based stand-in and not an LLM.
    """
    place = _fresh_folder(folder)
    _git(Path.cwd(), "--version")
    check_writable(place / "evalci.yaml")
    if invented:
        _copy_repository(place)
        from evalci.cli.demo_history import show_history

        show_history(place)
    else:
        _find_regression(place)
    return ExitCode.OK


def _find_regression(place: Path) -> None:
    from evalci.cli.accept import Part, accept_run
    from evalci.cli.checks import check_sets
    from evalci.cli.ledger import RunLedger
    from evalci.cli.session import Session, measure_set
    from evalci.cli.workspace import open_workspace
    from evalci.core.plan import Selection
    from evalci.core.run_index import joined_code

    click.echo(f"1. A small repository in {place}: prompts, a golden set, a scripted model.")
    edit = _copy_repository(place)
    workspace = open_workspace(place / "evalci.yaml")
    found, model = workspace.case_sets()[0], workspace.model(None)

    click.echo("2. Measure it once and accept that as the baseline.")
    everything = Session(selection=Selection(affected=False, match={}))
    runs = measure_set(workspace, found, model, everything).folder
    accept_run(workspace, runs / "run.json", reason="first baseline of the demo", part=Part())
    _commit(place, "Accept the first baseline")

    click.echo(f"3. A colleague edits {edit['path']}: {edit['title']}")
    _edit(place, edit)
    _commit(place, edit["title"])

    click.echo("4. evalci run\n")
    affected = Session(selection=Selection(affected=True, match={}))
    with RunLedger(workspace.edges.files) as ledger:
        check_sets(workspace, model, affected, (), ledger)
    click.echo(_next_steps(place, edit, joined_code(ledger.codes)))


def _fresh_folder(folder: Path | None) -> Path:
    """Return a folder that is new or empty; without a name, the next free one."""
    if folder is not None:
        if folder.exists() and any(folder.iterdir()):
            raise BadInputError(f"{folder} is not empty", hint="name another folder")
        return folder.resolve()
    names = ["evalci-demo", *(f"evalci-demo-{number}" for number in range(2, 1000))]
    return next(Path.cwd() / name for name in names if not (Path.cwd() / name).exists())


def _copy_repository(place: Path) -> dict[str, str]:
    """Copy the demo's files, make them a git repository, and return the edit to come."""
    from evalci.core.json_value import as_object
    from evalci.edges.yaml_text import parse_yaml

    copy_files(files("evalci").joinpath("demo_data"), place)
    text = (place / "edit.yaml").read_text(encoding="utf-8")
    (place / "edit.yaml").unlink()
    (place / ".gitignore").write_text(".evalci/\n", encoding="utf-8")
    _git(place, "init", "--quiet", "--initial-branch=main")
    _commit(place, "Prompts and golden set")
    edit = as_object(parse_yaml(text, "edit.yaml").data)
    return {key: str(value) for key, value in edit.items()}


def copy_files(source: "Traversable", place: Path) -> None:
    """Copy the files of a folder, and not who may write them: a package may be read-only."""
    place.mkdir(parents=True, exist_ok=True)
    for item in source.iterdir():
        if item.is_dir():
            copy_files(item, place / item.name)
        else:
            (place / item.name).write_bytes(item.read_bytes())


def _edit(place: Path, edit: dict[str, str]) -> None:
    prompt = place / edit["path"]
    text = prompt.read_text(encoding="utf-8")
    prompt.write_text(text.replace(edit["find"], edit["replace"]), encoding="utf-8")


def _commit(place: Path, message: str) -> None:
    _git(place, "add", "--all")
    _git(place, "commit", "--quiet", "--no-verify", "-m", message)


def _git(place: Path, *arguments: str) -> None:
    try:
        subprocess.run(  # noqa: S603  # fixed program, no shell
            ["git", "-C", str(place), *SETTINGS, *arguments],  # noqa: S607  # the user's git
            check=True,
            capture_output=True,
            env=without_git_variables(),
        )
    except FileNotFoundError:
        raise BadInputError("the demo needs git", hint="install it") from None
    except subprocess.CalledProcessError as exc:
        lines = exc.stderr.decode("utf-8", "replace").strip().splitlines() or ["failed"]
        raise BadInputError(f"git {arguments[0]}: {lines[-1]}") from None


def _next_steps(place: Path, edit: dict[str, str], code: int) -> str:
    here = place.relative_to(Path.cwd()) if place.is_relative_to(Path.cwd()) else place
    return (
        f"\n`evalci run` would end here with exit code {code}. Now try it yourself:\n"
        f"  cd {shlex.quote(str(here))}\n"
        f"  git diff HEAD~1                     # the edit that did it\n"
        f"  $EDITOR prompts/extract.md          # above `Message:`: Reply with no greeting.\n"
        f"  evalci run                          # {edit['path']} stays warm, extract recovers\n"
        f"  evalci report --format markdown     # the comment a pull request would get\n"
        f'  evalci baseline accept --top-up --reason "…"  # its scores are the new baseline'
    )
