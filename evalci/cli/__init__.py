"""The command line; the only place that knows how programs end."""

import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path

import click

from evalci.cli.app import app
from evalci.errors import EvalciError, ExitCode


def main() -> None:
    """Run the command line and end the process with its exit code."""
    code = int(run_cli(sys.argv[1:]))
    sys.stdout.flush()
    sys.stderr.flush()
    if "litellm" in sys.modules or code == ExitCode.INTERRUPTED:
        # litellm's teardown takes up to 1.5 s, and a call in flight would be waited for.
        os._exit(code)
    sys.exit(code)


def run_cli(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; whatever happens ends in one clear line."""
    try:
        result = app.main(args=list(arguments), prog_name="evalci", standalone_mode=False)
    except click.exceptions.Exit as exc:
        return exc.exit_code
    except click.UsageError as exc:
        where = f"{exc.ctx.command_path} --help" if exc.ctx else "evalci --help"
        return _fail(ExitCode.USAGE, f"{exc.format_message()} (see `{where}`)")
    except click.ClickException as exc:
        return _fail(ExitCode.USAGE, exc.format_message())
    except (click.Abort, KeyboardInterrupt):
        return _fail(ExitCode.INTERRUPTED, "interrupted; finished trials are kept")
    except EvalciError as exc:
        return _fail(exc.exit_code, str(exc))
    except BrokenPipeError:
        sys.stdout = None
        return ExitCode.OK
    except Exception as exc:  # noqa: BLE001  # the one place where a bug becomes a line
        return _fail(ExitCode.BUG, _bug_line(exc))
    return int(result or ExitCode.OK)


def _fail(code: ExitCode, message: str) -> ExitCode:
    from evalci.cli.secrets import redactor

    for line in redactor().text(message).splitlines():
        click.echo(f"evalci: {line}", err=True)
    return code


def _bug_line(exc: Exception) -> str:
    """Keep the traceback in a file, redacted, and return the line that names it."""
    from evalci.cli.secrets import redactor

    text = redactor().text("".join(traceback.format_exception(exc)))
    handle, name = tempfile.mkstemp(prefix="evalci-bug-", suffix=".log")
    os.close(handle)
    Path(name).write_text(text, encoding="utf-8")
    return f"unexpected {type(exc).__name__}, a bug in evalci; details are in {name}"
