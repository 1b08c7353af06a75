"""Keeps `.evalci/runs/index.json` true while `evalci run` goes on, whatever it ends in."""

import os
from collections.abc import Iterable
from types import TracebackType
from typing import Self

import click

from evalci.cli.secrets import redactor
from evalci.cli.workspace import INDEX, RUNS
from evalci.core.json_value import encodable
from evalci.core.run_file import index_text
from evalci.core.run_index import RunEntry, RunIndex, joined_code
from evalci.core.trial import shortened
from evalci.edges.actions import in_actions
from evalci.edges.clock import SystemClock
from evalci.edges.files import RepoFiles
from evalci.errors import EvalciError, ExitCode, NothingFailedError, UsageError

MAX_ERROR = 2_000
INDEX_PATH = f"{RUNS}/{INDEX}"
_NOTHING_DONE = (UsageError, click.UsageError, NothingFailedError)


class RunLedger:
    """Collects what became of each golden set, and writes the index at the start and the end."""

    def __init__(self, files: RepoFiles, *, drift: bool = False) -> None:
        """``files`` is the repository that the runs are kept in, ``drift`` as in the index."""
        self._files = files
        self._drift = drift
        self._started_at = SystemClock().now().isoformat(timespec="seconds")
        self._entries: list[RunEntry] = []
        self._expected: tuple[RunEntry, ...] = ()
        self._before = ""

    def __enter__(self) -> Self:
        """Say that a command runs: what an earlier one left is not its result."""
        self._before = self._files.text(INDEX_PATH) if self._files.exists(INDEX_PATH) else ""
        self._write(None, "")
        return self

    def expect(self, entries: Iterable[RunEntry]) -> None:
        """Note what is to be said of golden sets of which nothing else is added."""
        self._expected = tuple(entries)
        self._write(None, "")

    def add(self, entry: RunEntry) -> None:
        """Note what became of one golden set."""
        self._entries.append(entry)
        self._write(None, "")

    @property
    def codes(self) -> list[int]:
        """Return the exit codes so far, in order."""
        return [entry.exit_code for entry in self._entries]

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Write how it ended; at a terminal, one that did nothing leaves the last run in sight."""
        if isinstance(value, _NOTHING_DONE) and self._before and not in_actions(os.environ):
            self._files.write(INDEX_PATH, self._before)
            return
        code, error = (joined_code(self.codes), "") if value is None else _ending(value)
        self._write(code, error)

    def _write(self, code: int | None, error: str) -> None:
        index = RunIndex(
            started_at=self._started_at,
            exit_code=code,
            error=clean_error(error),
            entries=(*self._entries, *self._missed()),
            drift=self._drift,
        )
        self._files.write(INDEX_PATH, index_text(index))

    def _missed(self) -> list[RunEntry]:
        added = {(entry.golden_set, entry.model) for entry in self._entries}
        return [one for one in self._expected if (one.golden_set, one.model) not in added]


def clean_error(error: str) -> str:
    """Return an error as it may be kept: redacted whole, and only then cut."""
    return shortened(encodable(redactor().text(error)), MAX_ERROR)


def _ending(exc: BaseException) -> tuple[ExitCode, str]:
    match exc:
        case EvalciError():
            return exc.exit_code, str(exc)
        case click.ClickException():
            return ExitCode.USAGE, exc.format_message()
        case click.Abort() | KeyboardInterrupt():
            return ExitCode.INTERRUPTED, "interrupted; finished trials are kept"
        case _:
            return ExitCode.BUG, f"unexpected {type(exc).__name__}, a bug in evalci"
