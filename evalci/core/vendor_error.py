"""Reads the exceptions of a vendor's client: which of our failures each of them is."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from evalci.core.model_config import ModelConfig
from evalci.core.trial import shortened
from evalci.core.vendor_body import codes_in, message_in, own_message, without_names
from evalci.errors import CallError, CallFault, StopRunError

MAX_WORDS = 300
_SSL_CONTEXT = re.compile(r" ssl:(?:<[^>]*>|\w+)")
_PAGE = re.compile(r"\s*<(?:!doctype|html)\b", re.IGNORECASE)
_TITLE = re.compile(r"<title[^<>]{0,200}>([^<>]{1,200})", re.IGNORECASE)
_RETRY_DELAY = re.compile(r'"retryDelay": ?"(\d{1,9}(?:\.\d{1,9})?)s"')  # Gemini, in the body
_FILTERED_CODES = {"content_filter", "content_policy_violation"}
# What follows is how a vendor's own message begins; anywhere else the words may be the prompt's.
_FILTERED = re.compile(
    r"invalid prompt: your prompt was flagged"
    r"|your request was rejected as a result of (?:our|the) safety system"
    r"|your task failed as a result of our safety system"
    r"|the model produced invalid content"
    r"|(?:the response|output) (?:was )?(?:blocked|filtered)\b",
    re.IGNORECASE,
)
_BAD_KEY = re.compile(
    r"(?:invalid|incorrect) api.key|api key (?:not valid|not found|expired)", re.IGNORECASE
)
_UNSENDABLE = "header injection"  # of aiohttp, for a line break in a key
_NO_QUOTA_CODES = {
    *("insufficient_quota", "billing_hard_limit_reached", "billing_error"),
    "exceeded_current_quota_error",  # Moonshot's
}
_NO_QUOTA = re.compile(
    r"(?:your )?credit balance is too low"  # Anthropic's, which has no code
    r"|(?:you have )?insufficient (?:account )?(?:balance|credits?|funds)"
    r"|your account .{1,120} is suspended due to insufficient balance"  # Moonshot's
    r"|(?:your team (?:\S+ )?has|you have) (?:either )?used all (?:available|of your) credits"
    r"|billing hard limit",
    re.IGNORECASE,
)
_NO_MODEL_CODES = {"model_not_found", "model_decommissioned", "model_deprecated", "invalid_model"}
_NO_MODEL = re.compile(
    r"(?:[\w-]+ ){0,4}model\b.{0,120}\b(?:(?:has been|was|is) (?:deprecated|decommissioned|retired"
    r"|no longer)|does not exist)",
    re.IGNORECASE,
)
# Exception classes, of aiohttp and httpx, for a connection that never came to be.
_NEVER_REACHED = {
    "ClientConnectorError",
    "ClientConnectorDNSError",
    "ClientConnectorCertificateError",
    "ClientConnectorSSLError",
    "ConnectError",
    "gaierror",
    "ConnectionRefusedError",
}
# What reading an answer of another shape than expected ends in.
_UNREAD = {"JSONDecodeError", "KeyError", "TypeError", "AttributeError", "ValidationError"}
# And for one that broke before the answer was complete.
_BROKEN = {
    "APIConnectionError",
    "ClientOSError",
    "ClientPayloadError",
    "ReadError",
    "RemoteProtocolError",
    "ServerDisconnectedError",
}


def filtered(exc: Exception) -> bool:
    """Tell whether an error is the vendor's refusal to answer this prompt: a scored outcome.

    Its code says so, or its own first words; those of an answer or a prompt that it quotes do not,
    nor the class that litellm gives it, which looks for words anywhere.
    """
    said = _FILTERED.match(own_message(str(exc)))
    return _blamed(exc) and bool(said or _codes(exc) & _FILTERED_CODES)


def translated(exc: Exception, model: ModelConfig, *, now: datetime) -> CallError | StopRunError:
    """Return our error for a vendor's, by status and code and, where those lie, by name."""
    status, text = _status(exc), _words(exc)
    reason = _hopeless(exc, status, text)
    if not reason:
        fault = _fault(exc, status)
        said = f"not an answer: {text}" if fault is CallFault.MALFORMED else text
        return CallError(said, fault=fault, retry_after_s=_retry_after(exc, now))
    words = "" if reason == _ELSEWHERE else f" ({text})"  # those of its client say nothing
    return StopRunError(f"{model.id}: {reason}{words}", hint=_hint(reason, model), sent=1)


_POOR = "the account has no quota left"
_LOCKED_OUT = "the key was refused"
_UNREADABLE = "the key cannot be sent"
_GONE = "unknown or retired model"
_ELSEWHERE = "it redirects, and neither key nor prompt is sent on"


def _hint(reason: str, model: ModelConfig) -> str:
    """Return what to do about it; an address of one's own may be what is wrong."""
    key = f"`{model.api_key_env}`" if model.api_key_env else "the vendor's variable"
    if model.api_base and not model.api_key_env:
        key = "`api_key_env`, which names no variable"
    where = "check `api_base`, or " if model.api_base else ""
    whose = "`api_base`" if model.api_base else "the variable of the vendor's address"
    hints = {
        _ELSEWHERE: f"set {whose} to the address that answers",
        _POOR: "top it up and run again",
        _LOCKED_OUT: f"check {key}",
        _UNREADABLE: f"take line breaks and signs other than ASCII out of {key}",
        _GONE: f"{where}choose another `id` for `{model.name}` and accept a new baseline",
    }
    return hints[reason]


def _hopeless(exc: Exception, status: object, text: str) -> str:
    """Return why no further call can succeed, empty where one may."""
    causes = {type(cause).__name__ for cause in _causes(exc)}
    if "UnicodeEncodeError" in causes or _UNSENDABLE in text:
        return _UNREADABLE
    if any(_redirects(cause) for cause in _causes(exc)):
        return _ELSEWHERE
    if not _blamed(exc):
        return ""
    codes, said = _codes(exc), own_message(str(exc))
    if status == 402 or codes & _NO_QUOTA_CODES or _NO_QUOTA.match(said):
        return _POOR
    if status in {401, 403} or "invalid_api_key" in codes or _BAD_KEY.match(said):
        return _LOCKED_OUT
    known = status in {404, 410} or bool(codes & _NO_MODEL_CODES)
    return _GONE if known or (status == 400 and _NO_MODEL.match(said)) else ""


def _status(exc: Exception) -> object:
    """Return the status that the vendor sent; litellm makes another of some, by their words."""
    answers = (getattr(cause, "response", None) for cause in reversed(_causes(exc)))
    sent = (getattr(answer, "status_code", None) for answer in answers)
    own = getattr(exc, "status_code", None)
    return next((status for status in sent if isinstance(status, int)), own)


def _redirects(exc: BaseException) -> bool:
    """Tell whether an error is about a redirect; litellm makes a status of 500 of some."""
    status = getattr(getattr(exc, "response", exc), "status_code", None)
    return isinstance(status, int) and 300 <= status < 400


def _blamed(exc: Exception) -> bool:
    """Tell whether the vendor says that the request is at fault, and not that it failed itself."""
    status = _status(exc)
    broken = any(type(cause).__name__ in _UNREAD for cause in _causes(exc))
    return isinstance(status, int) and 400 <= status < 500 and not broken


def _codes(exc: Exception) -> set[str]:
    """Return what the vendor calls an error: as its client says, and in the body itself."""
    causes = _causes(exc)
    named = {str(getattr(cause, "code", "")) for cause in causes}
    return named.union(*(codes_in(str(cause)) for cause in causes))


def _fault(exc: Exception, status: object) -> CallFault:
    causes = {type(cause).__name__ for cause in _causes(exc)}
    refused = isinstance(status, int) and 400 <= status < 500
    name = "" if refused else type(exc).__name__  # litellm's, which may go by a quoted word
    signs = {
        CallFault.UNREACHABLE: bool(causes & _NEVER_REACHED),
        CallFault.MALFORMED: bool(causes & _UNREAD) or status == 200 or _misshapen(exc),
        CallFault.TIMEOUT: name == "Timeout" or status == 408,
        CallFault.RATE_LIMITED: name == "RateLimitError" or status == 429,
        CallFault.DROPPED: bool(causes & _BROKEN),
        CallFault.SERVER: status in {409, 425},  # somebody else's turn, and too early
        CallFault.REJECTED: refused,
    }
    return next((fault for fault, shown in signs.items() if shown), CallFault.SERVER)


def _misshapen(exc: Exception) -> bool:
    return "Invalid response object" in str(exc) or "provider returned" in str(exc)


def _causes(exc: BaseException | None) -> list[BaseException]:
    """Return an exception with all that led to it: clients wrap what they catch."""
    found: list[BaseException] = []
    while exc is not None and exc not in found:
        found.append(exc)
        exc = exc.__cause__ or exc.__context__
    return found


def _whole_story(exc: BaseException) -> str:
    return "\n".join(str(cause) for cause in _causes(exc))


def _retry_after(exc: Exception, now: datetime) -> float | None:
    """Return the vendor's Retry-After in seconds; litellm keeps it away from the response."""
    headers: Mapping[str, Any] = getattr(exc, "litellm_response_headers", None) or {}
    value = headers.get("retry-after")
    if value is not None:
        return wait_of(str(value), now)
    delay = _RETRY_DELAY.search(_whole_story(exc))
    return (float(delay[1]) or None) if delay else None


def wait_of(retry_after: str, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for: a number, or a date (RFC 9110)."""
    from email.utils import parsedate_to_datetime  # drags much along, and is needed seldom

    try:
        seconds = float(retry_after)
    except ValueError:
        try:
            date = parsedate_to_datetime(retry_after)
        except (ValueError, OverflowError):
            return None
        aware = date if date.tzinfo else date.replace(tzinfo=UTC)
        seconds = (aware - now).total_seconds()
    return max(0.0, seconds) if seconds == seconds and seconds != float("inf") else None  # noqa: PLR0124  # NaN


def _words(exc: Exception) -> str:
    """Return the vendor's own words: without class names before, JSON around and advice after."""
    whole = str(exc)
    lines = [line.strip() for line in whole.splitlines() if line.strip()]
    text = without_names(lines[0] if lines else type(exc).__name__)
    for advice in (" Handle with `litellm", ", Original Response:", " Traceback (most recent"):
        text = text.split(advice)[0]
    if re.fullmatch(r"\w+Exception -", text):
        text = f"status {getattr(exc, 'status_code', 'unknown')}, without a word"
    if _PAGE.match(text):
        title = _TITLE.search(whole)
        text = "a web page instead of an answer" + (f": {title[1].strip()}" if title else "")
    return shortened(message_in(whole) or _SSL_CONTEXT.sub("", text), MAX_WORDS)
