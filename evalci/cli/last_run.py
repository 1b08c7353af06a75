"""Reads what the last `evalci run` left: its runs, and what did not come to a run."""

from dataclasses import dataclass
from pathlib import Path

from evalci.cli.secrets import redactor
from evalci.cli.workspace import read_index, read_run
from evalci.core.publication import Failure
from evalci.core.run import Run
from evalci.core.run_file import redacted
from evalci.core.run_index import RunEntry
from evalci.errors import BadInputError, ExitCode


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRun:
    """The runs of a command and its failures; one of the two holds something."""

    runs: tuple[Run, ...]
    failures: tuple[Failure, ...]


def last_run(folder: Path) -> LastRun:
    """Return what the index in a folder of runs tells, whatever state the files are in."""
    try:
        index = read_index(folder)
    except BadInputError as exc:
        return LastRun(runs=(), failures=(_whole(ExitCode.BAD_INPUT, str(exc)),))
    found = [_entry(folder, entry) for entry in index.entries]
    failures = [item for item in found if isinstance(item, Failure)]
    told = {failure.error for failure in failures}
    if not found or (index.error and index.error not in told):
        failures.append(_whole(index.exit_code, index.error))
    return LastRun(
        runs=tuple(item for item in found if isinstance(item, Run)), failures=tuple(failures)
    )


def _entry(folder: Path, entry: RunEntry) -> Run | Failure:
    error, code = entry.error, entry.exit_code
    if not error:
        try:
            return redacted(read_run(folder / entry.folder / "run.json"), redactor())
        except BadInputError as exc:
            error, code = str(exc), exc.exit_code
    return Failure(
        golden_set=entry.golden_set,
        model=entry.model,
        exit_code=code,
        error=redactor().text(error),
    )


def _whole(code: int | None, error: str) -> Failure:
    return Failure(golden_set="", model="", exit_code=code, error=redactor().text(error))
