"""Recorded answers: a file of lines that stands in for a vendor, meant to be committed."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from evalci.core.json_value import encodable, parse_json
from evalci.core.trial import Finish, Output, Request
from evalci.errors import BadInputError, NobodyAnswersError

FORMAT = 1
T = TypeVar("T")
Key = tuple[str, int]


class ReplayClient:
    """Answers from recordings only, by request hash and trial number."""

    def __init__(self, outputs: Mapping[Key, Output], *, source: str) -> None:
        """``source`` is the file that the outputs came from, for messages."""
        self._outputs = outputs
        self._source = source

    def complete(self, request: Request) -> Output:
        """Return the recorded answer; NobodyAnswersError names the case that has none."""
        found = self._outputs.get((request.hash, request.trial))
        if found is None:
            raise NobodyAnswersError(
                f"{self._source}: no recording for trial {request.trial + 1} of `{request.case}`",
                hint="record it with `evalci run --record`",
            )
        return replace(found, requested_model=request.model.id, recorded=True)


def read_recordings(text: str, source: str) -> dict[Key, Output]:
    """Return the outputs of a recordings file; BadInputError names the line that is wrong."""
    outputs: dict[Key, Output] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            key, output = _entry(parse_json(line))
            outputs[key] = output
        except (ValueError, KeyError, TypeError) as exc:
            message = f"{source}:{number}: not a recording of format {FORMAT} ({exc})"
            raise BadInputError(message, hint="record it again") from None
    return outputs


def _entry(data: Any) -> tuple[Key, Output]:
    if data["format"] != FORMAT:
        raise ValueError(f"format {data['format']}")
    return (str(data["request"]), int(data["trial"])), _output(data["output"])


def recordings_text(outputs: Iterable[tuple[Key, Output]], *, clean: Callable[[str], str]) -> str:
    """Return the file for recorded outputs: one line each, redacted, sorted."""
    lines = [
        json.dumps(
            {
                "format": FORMAT,
                "request": request,
                "trial": trial,
                "output": _fields(output, clean),
            },
            sort_keys=True,
            ensure_ascii=False,
        )
        for (request, trial), output in sorted(outputs, key=lambda item: item[0])
    ]
    return "".join(f"{line}\n" for line in lines)


def _fields(output: Output, clean: Callable[[str], str]) -> dict[str, Any]:
    fields = {
        "text": clean(output.text),
        "resolved_model": output.resolved_model and clean(output.resolved_model),
        "fingerprint": output.fingerprint and clean(output.fingerprint),
        "finish": output.finish.value,
        "finish_reason": output.finish_reason and clean(output.finish_reason),
        "input_tokens": output.input_tokens,
        "output_tokens": output.output_tokens,
    }
    return {key: value for key, value in fields.items() if value is not None}


def _output(data: Mapping[str, Any]) -> Output:
    return Output(
        text=encodable(_typed(data["text"], str)),
        requested_model="",
        resolved_model=_maybe(data.get("resolved_model"), str),
        fingerprint=_maybe(data.get("fingerprint"), str),
        finish=Finish(data.get("finish", "stop")),
        finish_reason=_maybe(data.get("finish_reason"), str),
        input_tokens=_maybe(data.get("input_tokens"), int),
        output_tokens=_maybe(data.get("output_tokens"), int),
        recorded=True,
    )


def _maybe(value: object, kind: type[T]) -> T | None:
    return None if value is None else _typed(value, kind)


def _typed(value: object, kind: type[T]) -> T:
    if not isinstance(value, kind):
        raise TypeError(f"{value!r} is no {kind.__name__}")
    return value


def merged(
    before: Mapping[Key, Output], now: Sequence[tuple[Key, Output]], *, wanted: Iterable[str]
) -> list[tuple[Key, Output]]:
    """Return earlier recordings of requests still wanted, overwritten by the new ones.

    What a judge was asked is named after the request that it judges, with a dot between.
    """
    keep = set(wanted)
    kept = {key: output for key, output in before.items() if key[0].partition(".")[0] in keep}
    return list({**kept, **dict(now)}.items())
