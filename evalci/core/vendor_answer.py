"""Reads the output in what litellm returns for a vendor's answer."""

from collections.abc import Callable, Mapping
from typing import Any

from evalci.core.json_value import encodable
from evalci.core.trial import Finish, Output, Request, rounded_usd
from evalci.core.vendor_headers import copied
from evalci.errors import CallError, CallFault

Cost = Callable[[int, int], float | None]
_REFUSALS = {"content_filter", "safety", "refusal", "recitation"}


def refused(request: Request) -> Output:
    """Return what stands for an answer that the vendor's filter kept back."""
    return Output(
        text="",
        requested_model=request.model.id,
        finish=Finish.REFUSED,
        finish_reason="content_filter",
    )


def as_output(request: Request, answer: Any, *, latency_s: float, cost: Cost) -> Output:
    """Return the output in an answer of litellm; CallError for one that holds none.

    ``latency_s`` is in seconds, ``cost`` gives the dollars of so many tokens in and out.
    """
    if not getattr(answer, "choices", None):
        raise CallError("an answer without choices", fault=CallFault.MALFORMED)
    choice, usage = answer.choices[0], getattr(answer, "usage", None)
    text = choice.message.content or ""
    reason = str(choice.finish_reason or "") or None
    finish = _finish(reason, getattr(choice.message, "refusal", None))
    if not text.strip() and finish is Finish.STOP:
        raise CallError("an empty answer", fault=CallFault.EMPTY)
    tokens_in: Any = getattr(usage, "prompt_tokens", None)
    tokens_out: Any = getattr(usage, "completion_tokens", None)
    unknown = tokens_in is None or tokens_out is None
    return Output(
        text=encodable(text),
        requested_model=request.model.id,
        resolved_model=getattr(answer, "model", None),
        fingerprint=getattr(answer, "system_fingerprint", None),
        finish=finish,
        finish_reason=reason,
        input_tokens=tokens_in,
        output_tokens=tokens_out,
        cost_usd=None if unknown else rounded_usd(cost(tokens_in, tokens_out)),
        latency_s=round(latency_s, 6),
        copied=copied(_headers(answer)),
    )


def _headers(answer: Any) -> Mapping[str, object]:
    """Return the headers of an answer, as far as litellm hands them on."""
    hidden = getattr(answer, "_hidden_params", None) or {}
    return hidden.get("additional_headers") or {}


def _finish(reason: str | None, refusal: object) -> Finish:
    if refusal or (reason or "").lower() in _REFUSALS:
        return Finish.REFUSED
    return Finish.TRUNCATED if reason == "length" else Finish.STOP
