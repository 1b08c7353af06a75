"""The user's own pipeline as a model: one process a trial, JSON in, JSON out."""

import json
import os
import selectors
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, cast

from evalci.core.json_value import JsonObject, as_object, encodable, parse_json, value_at
from evalci.core.model_config import ModelConfig
from evalci.core.trial import Output, Request, rounded_usd
from evalci.core.vendor_answer import MAX_TOKENS
from evalci.errors import BadInputError, CallError, CallFault, StopRunError

MAX_ANSWER_BYTES = 10_000_000
MAX_ERROR_BYTES = 4_000
MAX_USD = 1_000_000  # of one answer; more is no cost
TICK_S = 0.05
# What a program needs to start at all; every other variable is passed by name only.
_PLAIN = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ", "SYSTEMROOT", "VIRTUAL_ENV")


class CommandClient:
    """Starts the command of a model config in ``folder``, with the variables it names.

    `{messages, inputs, params, trial}` goes to its standard input, `{text, model?, usage?}` is
    read from its standard output. An exit code other than 0 is a failure of the infrastructure, not
    a bad answer; past the deadline the whole process group is killed.
    """

    def __init__(self, *, folder: Path, timeout_s: float) -> None:
        """``timeout_s`` is the time one process may take."""
        self._folder = folder
        self._timeout_s = timeout_s

    def complete(self, request: Request) -> Output:
        """Run the command once."""
        started = time.monotonic()
        answer = self._run(request)
        return _output(request, answer, latency_s=time.monotonic() - started)

    def _run(self, request: Request) -> bytes:
        # A file, and no pipe: a command that reads nothing blocks nobody.
        with tempfile.TemporaryFile() as question:
            question.write(_question(request))
            question.seek(0)
            process = _GROUPS.begin(lambda: self._started(request.model, question))
        with process:
            try:
                out, err = _heard(process, self._timeout_s)
            except TimeoutError:
                message = f"no answer within {self._timeout_s:g} s"
                raise CallError(message, fault=CallFault.TIMEOUT) from None
            finally:
                _GROUPS.end(process.pid)
        if process.returncode != 0:
            message = f"the command {_ending(process.returncode)}: {_last_line(err)}"
            raise CallError(message, fault=CallFault.SERVER)
        return out

    def _started(self, model: ModelConfig, question: IO[bytes]) -> "subprocess.Popen[bytes]":
        try:
            return subprocess.Popen(  # noqa: S603  # an argument list of the user's own config
                list(model.command),
                stdin=question,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=self._folder,
                env=_environment(model),
                start_new_session=True,
            )
        except (OSError, ValueError) as exc:
            cause = getattr(exc, "strerror", None) or exc
            message = f"model `{model.name}`: cannot start `{model.command[0]}`: {cause}"
            raise BadInputError(message, hint="mend `command`") from None


class _Groups:
    """The process groups at work: none of them outlives its answer, nor this process."""

    def __init__(self) -> None:
        self._leaders: set[int] = set()
        self._lock = threading.Lock()
        self._closed = False

    def begin(self, start: Callable[[], "subprocess.Popen[bytes]"]) -> "subprocess.Popen[bytes]":
        """Start one more, unless this process is about to end."""
        with self._lock:
            if self._closed:
                raise StopRunError("interrupted")
            process = start()
            self._leaders.add(process.pid)
            return process

    def end(self, leader: int) -> None:
        """End a group, whatever its leader has started."""
        with self._lock:
            self._leaders.discard(leader)
            _kill(leader)

    def close(self) -> None:
        """End all of them, and start no other."""
        with self._lock:
            self._closed = True
            for leader in self._leaders:
                _kill(leader)


_GROUPS = _Groups()


def end_commands() -> None:
    """End every command that still runs; this process is about to end, too."""
    _GROUPS.close()


def _kill(leader: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def _heard(process: "subprocess.Popen[bytes]", timeout_s: float) -> tuple[bytes, bytes]:
    """Return what a process writes, and the end of its errors, until it has ended.

    Something that it started and left behind may hold the pipes open: nobody waits for that.
    Raises TimeoutError, and CallError for more than ``MAX_ANSWER_BYTES``.
    """
    deadline = time.monotonic() + timeout_s
    out, err = bytearray(), bytearray()
    with selectors.DefaultSelector() as pipes:
        for pipe, heard in ((process.stdout, out), (process.stderr, err)):
            pipes.register(cast("IO[bytes]", pipe), selectors.EVENT_READ, heard)
        while pipes.get_map():
            ended = process.poll() is not None
            ready = pipes.select(0 if ended else TICK_S)
            if ended and not ready:
                break
            _read(pipes, [key for key, _ in ready])
            del err[:-MAX_ERROR_BYTES]
            if len(out) > MAX_ANSWER_BYTES:
                message = f"the command's output is more than {MAX_ANSWER_BYTES // 10**6} MB"
                raise CallError(message, fault=CallFault.MALFORMED)
            if time.monotonic() > deadline:
                raise TimeoutError
    with suppress(subprocess.TimeoutExpired):
        process.wait(max(0.0, deadline - time.monotonic()))
        return bytes(out), bytes(err)
    raise TimeoutError


def _read(pipes: selectors.BaseSelector, ready: Sequence[selectors.SelectorKey]) -> None:
    for key in ready:
        piece = os.read(key.fd, 65_536)
        key.data.extend(piece)
        if not piece:
            pipes.unregister(key.fileobj)


def _ending(code: int) -> str:
    """Return how a process ended: by itself, or by a signal."""
    known = {each.value: each.name for each in signal.Signals}
    return f"ended with {code}" if code > 0 else f"was ended by {known.get(-code, -code)}"


def _environment(model: ModelConfig) -> dict[str, str]:
    return {name: os.environ[name] for name in (*_PLAIN, *model.env) if name in os.environ}


def _question(request: Request) -> bytes:
    question = {
        "messages": [message.as_json() for message in request.messages],
        "inputs": request.inputs,
        "params": request.params,
        "trial": request.trial,
    }
    return json.dumps(question).encode()


def _last_line(text: bytes) -> str:
    lines = [line for line in text.decode(errors="replace").splitlines() if line.strip()]
    return lines[-1].strip() if lines else "it said nothing"


def _output(request: Request, answer: bytes, *, latency_s: float) -> Output:
    data = _answer(answer)
    usage = data.get("usage")
    usage = usage if isinstance(usage, Mapping) else {}
    tokens_in, tokens_out = _count(usage.get("input_tokens")), _count(usage.get("output_tokens"))
    model = data.get("model")
    return Output(
        text=encodable(str(data["text"])),
        requested_model=request.model.id,
        resolved_model=encodable(model) if isinstance(model, str) else None,
        input_tokens=tokens_in,
        output_tokens=tokens_out,
        cost_usd=rounded_usd(_cost(request.model, usage, tokens_in, tokens_out)),
        latency_s=round(latency_s, 6),
    )


def _answer(text: bytes) -> JsonObject:
    try:
        data = parse_json(text.decode())
        problem = "" if isinstance(value_at(data, "text"), str) else "it has no `text`"
    except ValueError as exc:
        data, problem = None, str(exc)
    if problem:
        message = f"the command's output is not an answer: {problem}"
        raise CallError(message, fault=CallFault.MALFORMED)
    return as_object(data)


def _count(value: Any) -> int | None:
    return value if type(value) is int and 0 <= value <= MAX_TOKENS else None


def _cost(
    model: ModelConfig, usage: Mapping[str, Any], tokens_in: int | None, tokens_out: int | None
) -> float | None:
    """Return the dollars as reported, else by the configured price; None when nobody knows."""
    reported = usage.get("cost_usd")
    if isinstance(reported, (int, float)) and not isinstance(reported, bool):
        return float(reported) if 0 <= reported <= MAX_USD else None
    if model.price is None or tokens_in is None or tokens_out is None:
        return None
    return model.price.cost_usd(input_tokens=tokens_in, output_tokens=tokens_out)
