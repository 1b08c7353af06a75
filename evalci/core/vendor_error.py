"""Reads the exceptions of a vendor's client: which of our failures each of them is."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from evalci.core.json_value import Json, value_at
from evalci.core.model_config import ModelConfig
from evalci.core.trial import shortened
from evalci.errors import CallError, CallFault, StopRunError

MAX_WORDS = 300
_OBJECT = re.compile(r'\{\s*"')  # Google's are printed over several lines
_NOISE = re.compile(r"^(?:(?:litellm\.)?\w+(?:Error|Exception)(?:: | - | (?=\w+Error)))+")
_SSL_CONTEXT = re.compile(r" ssl:(?:<[^>]*>|\w+)")
_PAGE = re.compile(r"\s*<(?:!doctype|html)\b", re.IGNORECASE)
_TITLE = re.compile(r"<title[^<>]{0,200}>([^<>]{1,200})", re.IGNORECASE)
_RETRY_DELAY = re.compile(r'"retryDelay": ?"(\d{1,9}(?:\.\d{1,9})?)s"')  # Gemini, in the body
_CODE_PLACES = (("code",), ("error", "code"), ("error", "innererror", "code"))
_FILTERED = {"content_filter", "content_policy_violation"}
_KEY_ERRORS = {"AuthenticationError", "PermissionDeniedError"}
_BAD_KEY = re.compile(r"(?:invalid|incorrect) api.key|api key not valid", re.I)
_UNSENDABLE = "header injection"  # of aiohttp, for a line break in a key
_NO_QUOTA_CODES = {"insufficient_quota", "billing_hard_limit_reached"}
_NO_QUOTA = re.compile(
    r"credit balance is too low|insufficient (?:account )?(?:balance|credits?|funds)"
    r"|used all (?:available|of your) credits|billing hard limit",
    re.IGNORECASE,
)
_NO_MODEL_CODES = {"model_not_found", "model_decommissioned", "model_deprecated", "invalid_model"}
_NO_MODEL = re.compile(
    r"\bmodel\b.{0,120}\b(?:(?:has been|was|is) (?:deprecated|decommissioned|retired|no longer)"
    r"|does not exist)",
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

    Its code says so, or the class that the vendor's client gives it; the words of an answer or a
    prompt that the error quotes do not.
    """
    named = any(type(cause).__name__ == "ContentPolicyViolationError" for cause in _causes(exc))
    return named or (_blamed(exc) and bool(_codes(exc) & _FILTERED))


def translated(exc: Exception, model: ModelConfig, *, now: datetime) -> CallError | StopRunError:
    """Return our error for a vendor's, by status and code and, where those lie, by name."""
    status, text = getattr(exc, "status_code", None), _words(exc)
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
    name, codes = type(exc).__name__, _codes(exc)
    if status == 402 or codes & _NO_QUOTA_CODES or _NO_QUOTA.search(text):
        return _POOR
    locked = name in _KEY_ERRORS or status in {401, 403} or "invalid_api_key" in codes
    if locked or _BAD_KEY.search(text):
        return _LOCKED_OUT
    known = name == "NotFoundError" or status in {404, 410} or bool(codes & _NO_MODEL_CODES)
    return _GONE if known or (status == 400 and _NO_MODEL.search(text)) else ""


def _redirects(exc: BaseException) -> bool:
    """Tell whether an error is about a redirect; litellm makes a status of 500 of some."""
    status = getattr(getattr(exc, "response", exc), "status_code", None)
    return isinstance(status, int) and 300 <= status < 400


def _blamed(exc: Exception) -> bool:
    """Tell whether the vendor says that the request is at fault, and not that it failed itself."""
    status = getattr(exc, "status_code", None)
    broken = any(type(cause).__name__ in _UNREAD for cause in _causes(exc))
    return isinstance(status, int) and 400 <= status < 500 and not broken


def _codes(exc: Exception) -> set[str]:
    """Return what the vendor calls an error: as its client says, and in the body itself."""
    causes = _causes(exc)
    named = {str(getattr(cause, "code", "")) for cause in causes}
    return named.union(*(_codes_in(str(cause)) for cause in causes))


def _codes_in(text: str) -> set[str]:
    """Return the codes of a text that is a JSON body; a body within a sentence is a quotation."""
    bare = _NOISE.sub("", text)
    body = _body_in(bare) if bare.lstrip("[ \n").startswith("{") else None
    found = (value_at(body, *place) for place in _CODE_PLACES)
    return {code for code in found if isinstance(code, str)}


def _fault(exc: Exception, status: object) -> CallFault:
    causes = {type(cause).__name__ for cause in _causes(exc)}
    name = type(exc).__name__
    signs = {
        CallFault.UNREACHABLE: bool(causes & _NEVER_REACHED),
        CallFault.MALFORMED: bool(causes & _UNREAD) or status == 200 or _misshapen(exc),
        CallFault.TIMEOUT: name == "Timeout" or status == 408,
        CallFault.RATE_LIMITED: name == "RateLimitError" or status == 429,
        CallFault.DROPPED: bool(causes & _BROKEN),
        CallFault.SERVER: status in {409, 425},  # somebody else's turn, and too early
        CallFault.REJECTED: isinstance(status, int) and 400 <= status < 500,
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
    text = _NOISE.sub("", lines[0] if lines else type(exc).__name__)
    for advice in (" Handle with `litellm", ", Original Response:", " Traceback (most recent"):
        text = text.split(advice)[0]
    if re.fullmatch(r"\w+Exception -", text):
        text = f"status {getattr(exc, 'status_code', 'unknown')}, without a word"
    if _PAGE.match(text):
        title = _TITLE.search(whole)
        text = "a web page instead of an answer" + (f": {title[1].strip()}" if title else "")
    return shortened(_message_in(whole) or _SSL_CONTEXT.sub("", text), MAX_WORDS)


def _message_in(text: str) -> str | None:
    """Return the `error.message` of a JSON body inside a text, None when there is none."""
    message = value_at(_body_in(text), "error", "message")
    return " ".join(message.split()) if isinstance(message, str) and message.strip() else None


def _body_in(text: str) -> Json:
    """Return the first JSON object inside a text, None when there is none."""
    start = _OBJECT.search(text)
    if start is None:
        return None
    try:
        body: Json = json.JSONDecoder().raw_decode(text, start.start())[0]
    except (ValueError, RecursionError):
        return None
    return body
