"""Gathers what there is to publish: finished runs, and a failure for everything else."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from evalci.cli.secrets import redactor
from evalci.cli.workspace import (
    INDEX,
    Home,
    Workspace,
    find_home,
    open_workspace,
    read_index,
    read_run,
)
from evalci.core.config import ReportPolicy
from evalci.core.publication import Failure
from evalci.core.run import Run
from evalci.core.run_file import redacted
from evalci.core.run_index import RunEntry, RunIndex, broken_off
from evalci.edges.git import GitHistory
from evalci.errors import BadInputError, ExitCode

NEVER_STARTED = "`evalci run` never started; the log of the job says why"


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """What to say, and where it lies: ``folder`` is that of all runs, ``place`` what was read.

    ``files`` are where each of ``runs`` was read. Run files are foreign data here: checked, and
    redacted again, before anything is said of them.
    """

    folder: Path
    place: Path
    runs: tuple[Run, ...]
    failures: tuple[Failure, ...]
    files: tuple[Path, ...] = ()
    workspace: Workspace | None = None

    @property
    def policy(self) -> ReportPolicy:
        """Return what may be shown to whom."""
        return self.workspace.config.report if self.workspace else ReportPolicy()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """A run file and what it should hold; a file that somebody named may hold anything."""

    file: Path
    golden_set: str
    model: str
    named: bool = False

    def read(self) -> Run:
        """Return the run in the file; BadInputError for anything else."""
        run = read_run(self.file)
        found, wanted = (run.golden_set.name, run.model.name), (self.golden_set, self.model)
        if not self.named and found != wanted:
            raise BadInputError(f"{self.file}: the run of {found[0]} with {found[1]}")
        return redacted(run, redactor())


def gather(paths: Sequence[Path], config_path: Path | None) -> Publication:
    """Return what the given run files hold, by default those of the last `evalci run`."""
    try:
        home = find_home(config_path)
    except BadInputError as exc:
        return _without_config(paths, str(exc), project_folder(config_path))
    workspace = _workspace(home)
    if paths:
        found = _read([_place(path) for path in paths], [], home.runs)
    else:
        found = _of_last_run(home.runs)
    folder = project_folder(config_path)
    failures = tuple(_cleaned(failure, workspace, folder) for failure in found.failures)
    return replace(found, failures=failures, workspace=workspace)


def project_folder(config_path: Path | None) -> str:
    """Return the folder of the project, or of the place where it was looked for."""
    try:
        base = find_home(config_path).base
    except BadInputError:
        base = Path.cwd()
    return GitHistory(base).folder()


def _without_config(paths: Sequence[Path], error: str, folder: str) -> Publication:
    runs = Path.cwd() / ".evalci" / "runs"
    if paths:
        return _read([_place(path) for path in paths], [], runs)
    failure = _cleaned(_whole(error, ExitCode.BAD_INPUT), None, folder)
    return Publication(folder=runs, place=runs, runs=(), failures=(failure,))


def _workspace(home: Home) -> Workspace | None:
    """Return the workspace, None when its config is not valid: then the last run says so."""
    try:
        return open_workspace(home.config)
    except BadInputError:
        return None


def _of_last_run(runs: Path) -> Publication:
    if not (runs / INDEX).is_file():
        return _read([], [_whole(NEVER_STARTED, None)], runs)
    try:
        index = read_index(runs)
    except BadInputError as exc:
        return _read([], [_whole(str(exc), ExitCode.BAD_INPUT)], runs)
    failures = [*_whole_failures(index), *(_failed(e) for e in index.entries if e.error)]
    places = [
        # The name alone: whatever the index says, nothing outside the folder of runs is read.
        _Place(
            file=runs / Path(entry.folder).name / "run.json",
            golden_set=entry.golden_set,
            model=entry.model,
        )
        for entry in index.entries
        if not entry.error
    ]
    return _read(places, failures, runs)


def _whole_failures(index: RunIndex) -> list[Failure]:
    """Return what became of the command as a whole, unless one golden set says it already."""
    if error := broken_off(index):
        told = any(entry.error == error for entry in index.entries)
        return [] if told else [_whole(error, index.exit_code)]
    return [] if index.entries else [_whole("nothing was measured", ExitCode.NOT_MEASURED)]


def _whole(error: str, code: int | None) -> Failure:
    return Failure(golden_set="", model="", exit_code=code, error=error)


def _failed(entry: RunEntry) -> Failure:
    return Failure(
        golden_set=entry.golden_set,
        model=entry.model,
        exit_code=entry.exit_code,
        error=entry.error,
    )


def _place(path: Path) -> _Place:
    """Return a run file or its folder, which is named `<golden set>.<model>`."""
    file = path / "run.json" if path.is_dir() else path
    golden_set, _, model = file.resolve().parent.name.rpartition(".")
    return _Place(file=file, golden_set=golden_set or file.name, model=model, named=True)


def _read(places: Sequence[_Place], failures: Sequence[Failure], folder: Path) -> Publication:
    """Read every run; one that cannot be read becomes a failure, the others are kept."""
    runs: list[Run] = []
    files: list[Path] = []
    broken: list[Failure] = []
    for place in places:
        try:
            runs.append(place.read())
            files.append(place.file)
        except BadInputError as exc:
            broken.append(
                Failure(
                    golden_set=place.golden_set,
                    model=place.model,
                    exit_code=ExitCode.BAD_INPUT,
                    error=str(exc),
                )
            )
    return Publication(
        folder=folder,
        place=places[0].file if len(places) == 1 else folder,
        runs=tuple(runs),
        failures=(*failures, *broken),
        files=tuple(files),
    )


def _cleaned(failure: Failure, workspace: Workspace | None, folder: str) -> Failure:
    """Return a failure without secrets, which knows its project and whether its model is usual."""
    default = workspace is None or failure.model in {"", workspace.config.model}
    error = redactor().text(failure.error)
    return replace(failure, error=error, default=default, folder=folder)
