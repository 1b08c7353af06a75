"""The command line; the only place that knows how programs end."""

import gc
import io
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

import click
from click.core import ParameterSource

from evalci.cli.app import app
from evalci.cli.sink import Sink
from evalci.errors import EvalciError, ExitCode

_INTERRUPTS = (signal.SIGINT, signal.SIGTERM)
# A group without a command; older versions of click print its help by themselves.
_ONLY_HELP = getattr(click.exceptions, "NoArgsIsHelpError", ())


def main() -> None:
    """Run the command line and end the process with its exit code."""
    # A golden set is many small objects that live as long as the process: look for garbage rarely.
    gc.set_threshold(500_000, 50, 50)
    _open_sinks()
    try:
        # A cancelled job or a stopped container ends like ^C: with a line and an index.
        for number in _INTERRUPTS:
            signal.signal(number, _interrupt)
        code = int(run_cli(sys.argv[1:]))
    except KeyboardInterrupt:
        code = int(ExitCode.INTERRUPTED)
    for number in _INTERRUPTS:
        signal.signal(number, signal.SIG_IGN)
    _end_children()
    sys.stdout.flush()
    sys.stderr.flush()
    # Taking everything down takes a tenth of a second, with litellm up to 1.5 s, and a call in
    # flight would be waited for.
    os._exit(code)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    """Interrupt what is at work; a further signal, while the first one is told, ends it at once."""
    for number in _INTERRUPTS:
        signal.signal(number, _leave)
    raise KeyboardInterrupt


def _leave(_number: int, _frame: FrameType | None) -> None:
    _end_children()
    os._exit(int(ExitCode.INTERRUPTED))


def _end_children() -> None:
    """End the pipelines that an interrupted run has left at work, if it ever started one."""
    command = sys.modules.get("evalci.edges.llm.command")
    if command is not None:
        command.end_commands()


def _open_sinks() -> None:
    """Put both streams into a state in which no reader, disk or character can break a run."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by the caller
            stream = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115  # stays open
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
        setattr(sys, name, Sink(stream))


def run_cli(
    arguments: Sequence[str], *, outside: object = None, commands: click.Group = app
) -> int:
    """Run one command and return its exit code; whatever happens ends in one clear line.

    ``outside`` is what a command is to use instead of the part of the world that it waits for.
    """
    if not os.environ.get("GITHUB_ACTIONS"):
        return _run(arguments, commands, outside=outside)
    from evalci.edges.actions import guarded_log

    with guarded_log():
        return _run(arguments, commands, outside=outside)


def _run(arguments: Sequence[str], commands: click.Group, *, outside: object) -> int:
    try:
        result = commands.main(
            args=list(arguments), prog_name="evalci", standalone_mode=False, obj=outside
        )
    except click.exceptions.Exit as exc:
        return exc.exit_code
    except _ONLY_HELP as exc:
        click.echo(exc.format_message(), err=True)
        return ExitCode.USAGE
    except (Exception, KeyboardInterrupt) as exc:  # noqa: BLE001  # where every failure becomes a line
        code, message = _ending(exc)
        _complain(message)
        return code
    return int(result or ExitCode.OK)


def _ending(exc: BaseException) -> tuple[ExitCode, str]:
    """Return the exit code and the words for a failure."""
    match exc:
        case EvalciError():
            return exc.exit_code, str(exc)
        case click.UsageError():
            where = exc.ctx.command_path if exc.ctx else "evalci"
            return ExitCode.USAGE, f"{_variable(exc)}{exc.format_message()} (see `{where} --help`)"
        case click.ClickException():
            return ExitCode.USAGE, exc.format_message()
        case click.Abort() | KeyboardInterrupt():
            return ExitCode.INTERRUPTED, "interrupted; finished trials are kept"
        case _:
            return ExitCode.BUG, _bug_line(exc)


def _variable(exc: click.UsageError) -> str:
    """Return the variable that a wrong value stands in, nothing for one of the command line."""
    param = getattr(exc, "param", None)
    if exc.ctx is None or param is None or param.name is None:
        return ""
    source = exc.ctx.get_parameter_source(param.name)
    return f"{param.envvar}: " if source is ParameterSource.ENVIRONMENT else ""


def _complain(message: str) -> None:
    from evalci.cli.secrets import redactor
    from evalci.report.escape import visible

    for line in visible(redactor().text(message)).splitlines():
        click.echo(f"evalci: {line}", err=True)


def _bug_line(exc: BaseException) -> str:
    """Keep the traceback in a file, redacted, and return the line that names it."""
    import tempfile

    from evalci.cli.secrets import redactor

    text = redactor().text("".join(traceback.format_exception(exc)))
    handle, name = tempfile.mkstemp(prefix="evalci-bug-", suffix=".log")
    os.close(handle)
    Path(name).write_text(text, encoding="utf-8")
    return f"unexpected {type(exc).__name__}, a bug in evalci; details are in {name}"
