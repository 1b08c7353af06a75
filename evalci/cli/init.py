"""`evalci init`: config, an example golden set, prompts and the workflow, ready to run."""

import os
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.resources import files as package_files
from pathlib import Path
from typing import TYPE_CHECKING, assert_never

import click

from evalci import __version__
from evalci.cli.command import Command
from evalci.errors import BadInputError, ExitCode, UsageError

if TYPE_CHECKING:
    from evalci.core.starter import Starter, StarterFile
    from evalci.edges.files import RepoFiles

COMMIT = "git add -A && git commit"
ACCEPT = 'evalci baseline accept --reason "first baseline"'


@click.command(cls=Command)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), required=False)
@click.option(
    "--name",
    default="examples",
    show_default=True,
    envvar="EVALCI_NAME",
    help="What to call the golden set.",
)
@click.option(
    "--no-workflow", is_flag=True, envvar="EVALCI_NO_WORKFLOW", help="Write no GitHub workflow."
)
@click.option(
    "--weekly",
    is_flag=True,
    envvar="EVALCI_WEEKLY",
    help="Write a workflow that looks for drift every week, too.",
)
@click.option(
    "--pages",
    is_flag=True,
    envvar="EVALCI_PAGES",
    help="Write a workflow that puts the history of --weekly on GitHub Pages, too.",
)
@click.option(
    "--force",
    is_flag=True,
    envvar="EVALCI_FORCE",
    help="Overwrite files that differ, without asking.",
)
def init(
    *, folder: Path | None, name: str, no_workflow: bool, weekly: bool, pages: bool, force: bool
) -> int:
    """Write evalci.yaml, an example golden set, its prompts and the workflow into FOLDER.

    FOLDER is this one by default and is made when it is missing. Nothing is overwritten without
    asking. What it writes runs at once, on a scripted model that is not an LLM.
    """
    from evalci.cli.show import say
    from evalci.core.starter import starter_files

    place = _find_place(folder)
    files = _files(place)
    base = _starter(place, files, name=name)
    starter = replace(base, workflow=not no_workflow, weekly=weekly, pages=pages)
    drafts = starter_files(starter, _templates(), _schemas())
    ignored = _gitignore(starter, files)
    _require_places(files, [*drafts, *ignored])
    chosen = _chosen(place, files, drafts, force=force)
    for file in [*chosen, *ignored]:
        files.write(file.path, file.text)
        say(f"wrote {place.shown(file.path)}")
    for line in _next_steps(place, files, starter):
        say(line)
    return ExitCode.OK


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """The folder to write into and the top of its repository, which is itself outside git."""

    target: Path
    top: Path
    in_git: bool

    def shown(self, path: str) -> str:
        """Return a path from the top of the repository as the user would type it here."""
        return os.path.relpath(self.top / path)


def _find_place(folder: Path | None) -> _Place:
    from evalci.edges.git import top_level

    try:
        target = (folder or Path.cwd()).resolve()
    except RuntimeError:  # until Python 3.12; later ones leave a loop to the first write
        raise BadInputError(f"cannot write to {folder}: a symlink that points to itself") from None
    # `Path.is_dir` raises for a name that is too long.
    there = filter(os.path.isdir, (target, *target.parents))
    top = top_level(next(there))
    return _Place(target=target, top=top.resolve() if top else target, in_git=top is not None)


def _files(place: _Place) -> "RepoFiles":
    from evalci.edges.files import RepoFiles
    from evalci.edges.yaml_text import parse_yaml

    return RepoFiles(base=place.top, border=place.top, parse=parse_yaml)


def _starter(place: _Place, files: "RepoFiles", *, name: str) -> "Starter":
    from evalci.core.starter import Starter, action_reference, is_name
    from evalci.edges.files import CONFIG_PLACES
    from evalci.edges.git import GitHistory
    from evalci.edges.installed import direct_url

    if not is_name(name):
        hint = "use up to 60 letters, digits, `-` and `_`"
        raise UsageError(f"--name: a golden set cannot be called `{name}`", hint=hint)
    folder = "" if place.target == place.top else place.target.relative_to(place.top).as_posix()
    prefix = f"{folder}/" if folder else ""
    config = next((path for path in CONFIG_PLACES if files.exists(prefix + path)), CONFIG_PLACES[0])
    history = GitHistory(place.top)
    return Starter(
        name=name,
        folder=folder,
        config=config,
        branch=history.default_branch() or history.revision().branch or "main",
        action=action_reference(direct_url(), __version__),
    )


def _templates() -> dict[str, str]:
    from evalci.core.starter import TEMPLATES

    folder = package_files("evalci").joinpath("init_data")
    return {name: folder.joinpath(name).read_text(encoding="utf-8") for name in TEMPLATES}


def _schemas() -> dict[str, str]:
    from evalci.core.starter import SCHEMAS

    folder = package_files("evalci.schemas")
    return {name: folder.joinpath(f"{name}.json").read_text(encoding="utf-8") for name in SCHEMAS}


def _gitignore(starter: "Starter", files: "RepoFiles") -> list["StarterFile"]:
    """Return the `.gitignore` with evalci's lines, nothing when it has them."""
    from evalci.core.starter import GITIGNORE, StarterFile, with_ignored

    path = starter.place(GITIGNORE)
    old = _old_text(files, path)
    new = with_ignored(old or "", nested=bool(starter.folder))
    return [] if new == old else [StarterFile(path=path, text=new)]


def _old_text(files: "RepoFiles", path: str) -> str | None:
    """Return what a file holds, byte-order mark and all; None when there is no file."""
    if not files.exists(path):
        return None
    files.text(path)  # readable, UTF-8, of a size that a person wrote
    return files.inside(path).read_bytes().decode()


def _require_places(files: "RepoFiles", drafts: Sequence["StarterFile"]) -> None:
    """Raise BadInputError before anything is written when one of the files could not be."""
    for draft in drafts:
        files.require_place(draft.path)


def _chosen(
    place: _Place, files: "RepoFiles", drafts: Sequence["StarterFile"], *, force: bool
) -> list["StarterFile"]:
    """Return the files to write: those that are missing, and those the user gives up."""
    from evalci.core.starter import Fate, fate_of

    chosen = []
    for draft in drafts:
        match fate_of(draft, _old_text(files, draft.path)):
            case Fate.NEW:
                chosen.append(draft)
            case Fate.SAME:
                pass
            case Fate.DIFFERENT:
                if force or _given_up(place.shown(draft.path)):
                    chosen.append(draft)
            case other:
                assert_never(other)
    return chosen


def _given_up(path: str) -> bool:
    """Ask on a terminal whether a file may be overwritten; elsewhere say that it is kept."""
    from evalci.cli.show import say
    from evalci.report.escape import visible

    if sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty():
        question = f"{visible(path)} is there and differs. Overwrite it?"
        return click.confirm(question, default=False)
    say(f"kept {path}, which differs (--force overwrites it)")
    return False


def _next_steps(place: _Place, files: "RepoFiles", starter: "Starter") -> list[str]:
    """Return what to do now, at most five lines."""
    from evalci.core.starter import KEY_VARIABLE, names_golden_set

    config = starter.place(starter.config)
    shown, there = place.shown(config), os.path.relpath(place.target)
    enter = "" if there == "." else f"cd {shlex.quote(there)} && "
    steps = [
        f"{enter}{'' if place.in_git else 'git init && '}{COMMIT}  # a baseline names its commit",
        "evalci run  # on a scripted model: not an LLM, no key, no cost",
        f"{ACCEPT} && {COMMIT}  # from now on a drop exits 1",
    ]
    if not names_golden_set(files.text(config), starter):
        steps.insert(0, f"add {starter.golden_set} to `golden_sets` in {shown}")
    if starter.workflow:
        steps.append(f"for a real model: see {shown}, and add the secret {KEY_VARIABLE} on GitHub")
    return [f"{number}. {step}" for number, step in enumerate(steps, 1)]
