"""What one `evalci run` did: the runs it made and how it ended, for the commands that follow."""

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


def never_ended(command: str) -> str:
    """Return what became of a command that left no word of its end."""
    reasons = "it was killed, or the job was cancelled or ran out of time"
    return f"`evalci {command}` did not end: {reasons}"


def joined_code(codes: list[int]) -> int:
    """Return the exit code of several: a failed gate is never hidden behind another failure."""
    if ExitCode.GATE_FAILED in codes:
        return ExitCode.GATE_FAILED
    return max(codes, default=ExitCode.OK)
