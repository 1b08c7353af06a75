"""Reads the output in what litellm returns for a vendor's answer."""

from collections.abc import Callable, Mapping
from typing import Any

from evalci.core.json_value import encodable
from evalci.core.trial import Finish, Output, Request, rounded_usd, shortened
from evalci.core.vendor_headers import copied
from evalci.errors import CallError, CallFault

Cost = Callable[[int, int], float | None]
MAX_TOKENS = 10**9  # of one answer; more is no count
MAX_NAME = 200
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
    choice = answer.choices[0]
    refusal = _refusal(choice.message)
    text = choice.message.content or refusal
    reason = str(choice.finish_reason or "") or None
    finish = _finish(reason, refusal)
    # A call of a tool instead of a text is what the model made of the prompt: scored as it is.
    acted = choice.message.tool_calls or getattr(choice.message, "function_call", None)
    if not text.strip() and finish is Finish.STOP and not acted:
        raise CallError("an empty answer", fault=CallFault.EMPTY)
    tokens_in, tokens_out = _tokens(getattr(answer, "usage", None), text)
    usd = None if tokens_in is None or tokens_out is None else cost(tokens_in, tokens_out)
    return Output(
        text=encodable(text),
        requested_model=request.model.id,
        resolved_model=_name(getattr(answer, "model", None)),
        fingerprint=_name(getattr(answer, "system_fingerprint", None)),
        finish=finish,
        finish_reason=reason and encodable(reason),
        input_tokens=tokens_in,
        output_tokens=tokens_out,
        cost_usd=rounded_usd(usd),
        latency_s=round(latency_s, 6),
        copied=copied(_headers(answer)),
    )


def _tokens(usage: Any, text: str) -> tuple[int | None, int | None]:
    """Return the tokens in and out, None where the vendor did not say.

    litellm writes 0 for a count that is missing: no prompt has no tokens, and no text.
    """
    counts = getattr(usage, "prompt_tokens", None), getattr(usage, "completion_tokens", None)
    least = 1, int(bool(text))
    known = [_count(count, low) for count, low in zip(counts, least, strict=True)]
    return known[0], known[1]


def _count(value: Any, least: int) -> int | None:
    return value if type(value) is int and least <= value <= MAX_TOKENS else None


def _name(value: Any) -> str | None:
    """Return what a vendor calls its model: any text, nothing else."""
    return shortened(encodable(value), MAX_NAME) if isinstance(value, str) and value else None


def _refusal(message: Any) -> str:
    """Return the words of a refusal, which has a field of its own beside a schema."""
    own = getattr(message, "provider_specific_fields", None) or {}
    words = getattr(message, "refusal", None) or own.get("refusal")
    return words if isinstance(words, str) else ""


def _headers(answer: Any) -> Mapping[str, object]:
    """Return the headers of an answer, as far as litellm hands them on."""
    hidden = getattr(answer, "_hidden_params", None) or {}
    return hidden.get("additional_headers") or {}


def _finish(reason: str | None, refusal: str) -> Finish:
    if refusal or (reason or "").lower() in _REFUSALS:
        return Finish.REFUSED
    return Finish.TRUNCATED if reason == "length" else Finish.STOP
