"""Opens the history that a repository, an option or the place where evalci runs asks for."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from evalci.cli.show import say
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
from evalci.core.history_names import finds, unknown_name
from evalci.core.history_trend import CaseMean, Span
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
    branch = GitBranch(workspace.edges.files.base, remote)
    return BranchHistory(branch, folder=workspace.edges.history.folder())


def _database(url: str) -> HistoryStore:
    from evalci.edges.history.sql import SqlHistory

    return SqlHistory(url)


def runs_in(config_path: Path | None, wanted: str | None, query: Query) -> tuple[RunRecord, ...]:
    """Return what a query finds in the history that a config, or an option, names.

    Raises UsageError where it finds nothing because nobody has a name in it.
    """
    workspace = open_workspace(config_path)
    with opened_history(workspace, history_url(workspace, wanted)) as store:
        found = store.runs(query)
        if not finds(found, query):
            check_names(workspace, store, query)
        return found


def check_names(workspace: Workspace, store: HistoryStore, query: Query) -> None:
    """Refuse a question that found nothing because of a name that nobody has: it is mistyped.

    What the config names may be new, and a history without any run knows no name yet.
    """
    config = workspace.config
    sets = [path.rsplit("/", 1)[-1] for path in config.golden_sets]
    records = store.each(Query(cases=bool(query.match)))
    error = unknown_name(query, records, {"golden set": sets, "model": config.models})
    if error:
        raise error


def places_to_keep(paths: Sequence[Path], config_path: Path | None) -> list[Path]:
    """Return the given run files, by default those that the last command finished.

    A golden set that could not be measured keeps no other out.
    """
    if paths:
        return run_places(paths, config_path)
    runs = find_home(config_path).runs
    entries = read_index(runs).entries
    for entry in entries:
        if entry.error:
            say(f"{entry.golden_set} with {entry.model}: not kept: it was not measured")
    return [runs / entry.folder / "run.json" for entry in entries if not entry.error]


def means_in(
    config_path: Path | None, wanted: str | None, query: Query, span: Span
) -> tuple[CaseMean, ...]:
    """Return the means of the cases that a query finds, like `runs_in`."""
    workspace = open_workspace(config_path)
    with opened_history(workspace, history_url(workspace, wanted)) as store:
        found = store.means(query, span)
        if not found:
            check_names(workspace, store, query)
        return found


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
    new = store.add(record_of(run, decide(run), trigger=trigger_of(run, event)))
    return f"{what}: kept" if new else f"{what}: was kept already"
