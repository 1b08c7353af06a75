"""The child process that renders templates: no environment, no files, no sockets, little memory.

It reads one JSON job list from standard input and answers one JSON line a job, in order. Jinja's
sandbox keeps templates from Python's internals; the limits here hold when that is not enough.
Lines are sent together, every ``FLUSH_S`` seconds; with ``one_by_one`` each as soon as it is there.
"""

import json
import re
import resource
import signal
import sys
import time
from collections.abc import Callable
from functools import cache
from types import TracebackType
from typing import Any

from jinja2 import (
    Environment,
    FunctionLoader,
    StrictUndefined,
    Template,
    TemplateError,
    Undefined,
)
from jinja2.exceptions import SecurityError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

MEMORY_BYTES = 1_000_000_000
CPU_SECONDS_A_JOB = 2
MAX_BYTES_A_JOB = 4_000_000
FLUSH_S = 0.05
# How Python prints an object without a text of its own; it differs from run to run.
_ADDRESS = re.compile(r"<[^<>\n]{1,200} at 0x[0-9a-f]{6,16}>")


def main() -> None:
    """Render every job of standard input; die rather than pass a limit."""
    work = json.loads(sys.stdin.buffer.read())
    templates: dict[str, str] = work["templates"]
    environment = ImmutableSandboxedEnvironment(
        loader=FunctionLoader(lambda name: _source(templates, name)),
        undefined=StrictUndefined,
        keep_trailing_newline=False,
        finalize=_printable,
    )
    # What they give changes from run to run, and with it would the request hash.
    del environment.globals["lipsum"], environment.filters["random"]
    _warm_up(environment)
    template_of = _compiled(environment)
    _limit(len(work["jobs"]))
    flushed = 0.0
    for job in work["jobs"]:
        _limit_cpu()
        sys.stdout.write(json.dumps(_answer(template_of, templates, job)) + "\n")
        if work["one_by_one"] or time.monotonic() - flushed > FLUSH_S:
            sys.stdout.flush()
            flushed = time.monotonic()


def _printable(value: Any) -> Any:
    """Let through what prints the same every time; a method or a generator prints its address."""
    if isinstance(value, (list, tuple)):
        for item in value:
            _printable(item)
    elif isinstance(value, dict):
        for item in value.values():
            _printable(item)
    elif not (value is None or isinstance(value, (str, int, float, range, Undefined))):
        raise TemplateError(f"a {type(value).__name__} cannot be printed")
    return value


def _source(templates: dict[str, str], name: str) -> tuple[str, str, Callable[[], bool]] | None:
    return (templates[name], name, lambda: True) if name in templates else None


def _compiled(environment: Environment) -> Callable[[str], Template]:
    """Return what gives a template by its name, each compiled once."""

    @cache
    def template_of(name: str) -> Template:
        template = environment.get_template(name)
        # Each rendering copies them, which takes longer out of Jinja's chain of two.
        template.globals = dict(template.globals)
        return template

    return template_of


def _warm_up(environment: Environment) -> None:
    """Load what jinja2 imports late, since no file can be opened afterwards."""
    try:
        environment.from_string("{{ 'text' ~ nothing }}").render()
    except TemplateError as exc:
        _place(exc.__traceback__, {})


def _limit(jobs: int) -> None:
    """Take away memory, files, sockets and processes, for good."""
    for what, value in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 3),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        _lower(what, value, value)
    _lower(resource.RLIMIT_CPU, -1, CPU_SECONDS_A_JOB * (jobs + 5))
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)


def _lower(what: int, soft: int, hard: int) -> None:
    """Set a limit where the system has it (macOS knows no limit on address space)."""
    before = resource.getrlimit(what)[1]
    if before != resource.RLIM_INFINITY:
        hard = min(hard, before)
    try:
        resource.setrlimit(what, (min(soft, hard) if soft >= 0 else hard, hard))
    except (ValueError, OSError):
        return


def _limit_cpu() -> None:
    """Give the next job its own seconds: the soft limit moves along with the time used so far."""
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    soft = int(time.process_time()) + 1 + CPU_SECONDS_A_JOB
    resource.setrlimit(resource.RLIMIT_CPU, (min(soft, hard), hard))


def _answer(
    template_of: Callable[[str], Template], templates: dict[str, str], job: dict[str, Any]
) -> dict[str, Any]:
    current, texts, size = "", [], 0
    try:
        for _, current in job["parts"]:
            text = template_of(current).render(job["variables"])
            size += len(text.encode())  # refuses half a surrogate pair, which no file can hold
            if size > MAX_BYTES_A_JOB:
                return _failure(current, 0, f"more than {MAX_BYTES_A_JOB // 1_000_000} MB of text")
            if _ADDRESS.search(text):
                return _failure(current, 0, "prints an object, not a value: call it, or `|list` it")
            texts.append(text)
    except TemplateSyntaxError as exc:
        return _failure(exc.name or current, exc.lineno, str(exc.message))
    except MemoryError:
        return _failure(current, 0, f"needs more than {MEMORY_BYTES // 1_000_000:,} MB of memory")
    except Exception as exc:  # noqa: BLE001  # whatever a template does is the template's failure
        name, line = _place(exc.__traceback__, templates)
        return _failure(name or current, line, _words(exc))
    return {"texts": texts}


def _words(exc: Exception) -> str:
    if isinstance(exc, SecurityError):
        return f"not allowed in a prompt: {exc}"
    if isinstance(exc, TemplateError):
        return str(exc.message)
    return f"{type(exc).__name__}: {exc}"


def _place(trace: TracebackType | None, templates: dict[str, str]) -> tuple[str, int]:
    """Return the innermost template and line of a traceback."""
    name, line = "", 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename in templates:
            name, line = trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next
    return name, line


def _failure(template: str, line: int, message: str) -> dict[str, Any]:
    return {"template": template, "line": line, "error": message[:500]}


if __name__ == "__main__":
    main()
