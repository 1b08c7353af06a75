"""What one `evalci run` did: the runs it made and how it ended, for the commands that follow."""

from collections.abc import Sequence
from dataclasses import dataclass

from evalci.errors import ExitCode

FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEntry:
    """One golden set with one model; ``folder`` is relative to the index and holds `run.json`.

    ``exit_code`` is that of the verdict, whatever `--no-gate` made of it. With an ``error`` the
    folder may hold nothing, or the run of an earlier command.
    """

    golden_set: str
    model: str
    folder: str
    exit_code: int
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunIndex:
    """The file `.evalci/runs/index.json`, written when a command starts and when it ends.

    ``exit_code`` is None as long as the command runs, so also after it was killed. ``drift`` tells
    that it was `evalci drift`, whose folders hold `drift.json`, too.
    """

    started_at: str
    exit_code: int | None = None
    error: str = ""
    entries: tuple[RunEntry, ...] = ()
    drift: bool = False
    format: int = FORMAT


def unfinished(command: str, why: str = "") -> str:
    """Return what to say of a command without a whole result; it was ended when nobody says why."""
    why = why or "it was killed, or the job was cancelled or ran out of time"
    return f"`evalci {command}` did not finish: {why}"


def broken_off(index: RunIndex) -> str:
    """Return why a command found nothing as a whole, empty when it came to its end."""
    command = "drift" if index.drift else "run"
    return unfinished(command) if index.exit_code is None else index.error


def joined(indexes: Sequence[RunIndex]) -> RunIndex:
    """Return the index of what several commands did, none of which is finished before all are."""
    codes = [index.exit_code for index in indexes]
    known = [code for code in codes if code is not None]
    return RunIndex(
        started_at=min(index.started_at for index in indexes),
        exit_code=joined_code(known) if len(known) == len(codes) else None,
        error="; ".join(index.error for index in indexes if index.error),
        entries=tuple(entry for index in indexes for entry in index.entries),
        drift=any(index.drift for index in indexes),
    )


def joined_code(codes: list[int]) -> int:
    """Return the exit code of several: a failed gate is never hidden behind another failure."""
    if ExitCode.GATE_FAILED in codes:
        return ExitCode.GATE_FAILED
    return max(codes, default=ExitCode.OK)
