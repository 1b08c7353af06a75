"""Opens the history that a repository, an option or the place where evalci runs asks for."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from evalci.cli.workspace import (
    Workspace,
    find_home,
    open_workspace,
    read_index,
    read_run,
    run_places,
)
from evalci.core.history import Query, RunRecord
from evalci.core.history_admission import trigger_of, why_not
from evalci.core.history_config import BRANCH, DEFAULT_BRANCH, DEFAULT_FILE, without_password
from evalci.core.ports import HistoryStore
from evalci.core.run_file import redacted
from evalci.edges.environment import variable
from evalci.edges.event import trigger
from evalci.edges.history.branch import BranchHistory
from evalci.edges.history.git_branch import GitBranch, Remote
from evalci.errors import BadInputError

SQLITE = "sqlite:///"
_BRANCH_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*", re.ASCII)


def history_url(workspace: Workspace, wanted: str | None) -> str:
    """Return where the history is: as an option says, as the config says, or the usual place.

    In Actions that is a branch of the repository, elsewhere a file beside the runs.
    """
    if wanted:
        return wanted
    if workspace.config.history.url:
        return _within(workspace, workspace.config.history.url)
    if variable("GITHUB_ACTIONS"):
        return DEFAULT_BRANCH
    return _within(workspace, DEFAULT_FILE)


def _within(workspace: Workspace, url: str) -> str:
    """Return a URL whose file, if it is one, lies where the config's paths begin."""
    if not url.startswith(SQLITE):
        return url
    return f"{SQLITE}{workspace.edges.files.inside(url.removeprefix(SQLITE))}"


@contextmanager
def opened_history(workspace: Workspace, url: str) -> Iterator[HistoryStore]:
    """Open the history at a URL; one that nobody has begun is empty."""
    store = _branch(workspace, url) if url.startswith(BRANCH) else _database(url)
    try:
        yield store
    finally:
        store.close()


def _branch(workspace: Workspace, url: str) -> BranchHistory:
    name = url.removeprefix(BRANCH)
    if not _BRANCH_NAME.fullmatch(name) or ".." in name or name.endswith((".lock", ".")):
        raise BadInputError(
            "the history's branch has no valid name", hint=f"such as {DEFAULT_BRANCH}"
        )
    if name in {"main", "master", workspace.edges.history.default_branch()}:
        hint = f"name another, such as {DEFAULT_BRANCH}"
        raise BadInputError(f"the history cannot be kept on `{name}`, which holds code", hint=hint)
    # Elsewhere git has credentials of its own, and the variable may be for something else.
    token = variable("GITHUB_TOKEN") if variable("GITHUB_ACTIONS") else None
    server = variable("GITHUB_SERVER_URL") or "https://github.com"
    remote = Remote(branch=name, server=server, token=token or "")
    return BranchHistory(GitBranch(workspace.edges.files.base, remote))


def _database(url: str) -> HistoryStore:
    from evalci.edges.history.sql import SqlHistory

    return SqlHistory(url)


@contextmanager
def open_home(config_path: Path | None, wanted: str | None) -> Iterator[HistoryStore]:
    """Open the history that a config, or an option, names, to read it."""
    workspace = open_workspace(config_path)
    with opened_history(workspace, history_url(workspace, wanted)) as store:
        yield store


def runs_in(config_path: Path | None, wanted: str | None, query: Query) -> tuple[RunRecord, ...]:
    """Return what a query finds in the history that a config, or an option, names."""
    with open_home(config_path, wanted) as store:
        return store.runs(query)


def places_to_keep(paths: Sequence[Path], config_path: Path | None) -> list[Path]:
    """Return the given run files, by default those that the last command finished.

    What a drift run could not measure keeps nothing else out.
    """
    if paths:
        return run_places(paths, config_path)
    runs = find_home(config_path).runs
    index = read_index(runs)
    if not index.drift:
        return run_places((), config_path)
    return [runs / entry.folder / "run.json" for entry in index.entries if not entry.error]


def nothing_in(config_path: Path | None, wanted: str | None) -> str:
    """Return what to say where a history holds nothing of what was asked for."""
    place = without_password(history_url(open_workspace(config_path), wanted))
    return f"no such run in {place} yet; `evalci history add` keeps runs there"


def keep(workspace: Workspace, store: HistoryStore, place: Path, *, url: str) -> str:
    """Put the run in a file into the history and return what became of it."""
    from evalci.core.gate import decide
    from evalci.core.history_record import record_of

    run = redacted(read_run(place), workspace.redactor)
    what = f"{run.golden_set.name} with {run.model.name}, run {run.id}"
    event = trigger()
    if reason := why_not(run, event, on_branch=url.startswith(BRANCH)):
        return f"{what}: not kept: {reason}"
    new = store.add(record_of(run, decide(run), trigger=trigger_of(event)))
    return f"{what}: kept" if new else f"{what}: was kept already"
