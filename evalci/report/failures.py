"""Words for what has no run to report: bad input, a crash, ^C, a killed process."""

from evalci.core.publication import Failure
from evalci.core.trial import shortened
from evalci.errors import ExitCode
from evalci.report.escape import counted, fenced, visible

ICON = "⚫"
MAX_LINES, MAX_ERROR = 12, 1_500
_AGAIN = "run it again; finished trials are kept"
_UNFINISHED = ("the run did not finish", _AGAIN)
_WORDS = {
    ExitCode.USAGE: ("wrong options", "correct the options that the message names"),
    ExitCode.BAD_INPUT: ("an input is not valid", "correct what the message names and push again"),
    ExitCode.NOT_MEASURED: (
        "no case has a verdict",
        "run it again once the cause is gone; finished trials are kept",
    ),
    ExitCode.BUG: ("evalci itself failed", "see the log of the step, and report the bug"),
    ExitCode.INTERRUPTED: ("the run was interrupted", _AGAIN),
}


def failure_title(failure: Failure) -> str:
    """Return what became of a golden set without a run, as plain text."""
    return f"not measured: {_words(failure)[0]}"


def failure_proceed(failure: Failure) -> str:
    """Return what to do about a failure."""
    return _words(failure)[1]


def failure_error(failure: Failure) -> str:
    """Return the first lines of the error as a block that nothing inside can end."""
    lines = visible(failure.error).strip().split("\n")
    more = [f"… ({counted(len(lines) - MAX_LINES, 'more line')})"] * (len(lines) > MAX_LINES)
    text = "\n".join([*lines[:MAX_LINES], *more])
    return fenced(shortened(text, MAX_ERROR)) if text else ""


def _words(failure: Failure) -> tuple[str, str]:
    if failure.exit_code is None:
        return _UNFINISHED
    if failure.exit_code in _WORDS:
        return _WORDS[ExitCode(failure.exit_code)]
    return f"the run ended with exit code {failure.exit_code}", _AGAIN
