"""The user's own pipeline as a model: one process a trial, JSON in, JSON out."""

import json
import math
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from evalci.core.json_value import JsonObject, as_object, encodable, parse_json, value_at
from evalci.core.model_config import ModelConfig
from evalci.core.trial import Output, Request, rounded_usd
from evalci.errors import BadInputError, CallError, CallFault

MAX_ANSWER_BYTES = 10_000_000
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
        with self._started(request.model) as process:
            try:
                out, err = process.communicate(_question(request), timeout=self._timeout_s)
            except subprocess.TimeoutExpired:
                message = f"no answer within {self._timeout_s:g} s"
                raise CallError(message, fault=CallFault.TIMEOUT) from None
            finally:
                # Nothing of it stays behind, whatever it started.
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(process.pid, signal.SIGKILL)
        if process.returncode != 0:
            message = f"the command ended with {process.returncode}: {_last_line(err)}"
            raise CallError(message, fault=CallFault.SERVER)
        return out

    def _started(self, model: ModelConfig) -> "subprocess.Popen[bytes]":
        try:
            return subprocess.Popen(  # noqa: S603  # an argument list of the user's own config
                list(model.command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=self._folder,
                env=_environment(model),
                start_new_session=True,
            )
        except OSError as exc:
            message = f"model `{model.name}`: cannot start `{model.command[0]}`: {exc.strerror}"
            raise BadInputError(message, hint="mend `command`") from None


def _environment(model: ModelConfig) -> dict[str, str]:
    return {name: os.environ[name] for name in (*_PLAIN, *model.env) if name in os.environ}


def _question(request: Request) -> bytes:
    question = {
        "messages": [message.as_json() for message in request.messages],
        "inputs": request.inputs,
        "params": request.params,
        "trial": request.trial,
    }
    return json.dumps(question, ensure_ascii=False).encode()


def _last_line(text: bytes) -> str:
    lines = [line for line in text[-4000:].decode(errors="replace").splitlines() if line.strip()]
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
        data = parse_json(text[:MAX_ANSWER_BYTES].decode())
        problem = "" if isinstance(value_at(data, "text"), str) else "it has no `text`"
    except ValueError as exc:
        data, problem = None, str(exc)
    if problem:
        message = f"the command's output is not an answer: {problem}"
        raise CallError(message, fault=CallFault.MALFORMED)
    return as_object(data)


def _count(value: Any) -> int | None:
    return value if type(value) is int and value >= 0 else None


def _cost(
    model: ModelConfig, usage: Mapping[str, Any], tokens_in: int | None, tokens_out: int | None
) -> float | None:
    """Return the dollars as reported, else by the configured price; None when nobody knows."""
    reported = usage.get("cost_usd")
    if isinstance(reported, (int, float)) and math.isfinite(reported) and reported >= 0:
        return float(reported)
    if model.price is None or tokens_in is None or tokens_out is None:
        return None
    return model.price.cost_usd(input_tokens=tokens_in, output_tokens=tokens_out)
