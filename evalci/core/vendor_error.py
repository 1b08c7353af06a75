"""Reads the exceptions of a vendor's client: which of our failures each of them is."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from evalci.core.model_config import ModelConfig
from evalci.errors import CallError, CallFault, StopRunError

_NOISE = re.compile(r"^(?:(?:litellm\.)?\w+(?:Error|Exception)(?:: | - | (?=\w+Error)))+")
_SSL_CONTEXT = re.compile(r" ssl:<[^>]*>")
_FILTERED = ("content_filter", "content_policy_violation", "ContentPolicyViolationError")
_KEY_ERRORS = {"AuthenticationError", "PermissionDeniedError"}
_BAD_KEY = ("API_KEY_INVALID", "API key not valid")  # Gemini says 400
_NO_QUOTA = ("insufficient_quota", "credit balance is too low")
# Exception classes, of aiohttp and httpx, for a connection that never came to be.
_NEVER_REACHED = {
    "ClientConnectorError",
    "ClientConnectorDNSError",
    "ConnectError",
    "gaierror",
    "ConnectionRefusedError",
}
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
    """Tell whether an error is the vendor's refusal to answer this prompt: a scored outcome."""
    return any(sign in _whole_story(exc) for sign in _FILTERED)


def translated(exc: Exception, model: ModelConfig, *, now: datetime) -> CallError | StopRunError:
    """Return our error for a vendor's, by status code and, where that lies, by name."""
    status, text = getattr(exc, "status_code", None), _words(exc)
    name, story = type(exc).__name__, _whole_story(exc)
    reason = hint = ""
    if any(sign in story for sign in _NO_QUOTA):
        reason, hint = "the account has no quota left", "top it up and run again"
    elif name in _KEY_ERRORS or status in {401, 403} or any(sign in story for sign in _BAD_KEY):
        key = f"`{model.api_key_env}`" if model.api_key_env else "the vendor's variable"
        reason, hint = "the key was refused", f"check {key}"
    elif name == "NotFoundError" or status in {404, 410}:
        reason = "unknown or retired model"
        hint = f"choose another `id` for `{model.name}` in `models` and accept a new baseline"
    if reason:
        return StopRunError(f"{model.id}: {reason} ({text})", hint=hint, sent=1)
    return CallError(text, fault=_fault(exc, status), retry_after_s=_retry_after(exc, now))


def _fault(exc: Exception, status: object) -> CallFault:
    causes = {type(cause).__name__ for cause in _causes(exc)}
    name = type(exc).__name__
    signs = {
        CallFault.UNREACHABLE: bool(causes & _NEVER_REACHED),
        CallFault.MALFORMED: "JSONDecodeError" in causes or status == 200,
        CallFault.TIMEOUT: name == "Timeout" or status == 408,
        CallFault.RATE_LIMITED: name == "RateLimitError" or status == 429,
        CallFault.DROPPED: bool(causes & _BROKEN),
        CallFault.REJECTED: isinstance(status, int) and 400 <= status < 500,
    }
    return next((fault for fault, shown in signs.items() if shown), CallFault.SERVER)


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
    return None if value is None else wait_of(str(value), now)


def wait_of(retry_after: str, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for: a number, or a date (RFC 9110)."""
    from email.utils import parsedate_to_datetime  # drags much along, and is needed seldom

    try:
        seconds = float(retry_after)
    except ValueError:
        try:
            date = parsedate_to_datetime(retry_after)
        except ValueError:
            return None
        aware = date if date.tzinfo else date.replace(tzinfo=UTC)
        seconds = (aware - now).total_seconds()
    return max(0.0, seconds) if seconds == seconds and seconds != float("inf") else None  # noqa: PLR0124  # NaN


def _words(exc: Exception) -> str:
    """Return the vendor's own words: without class names before, JSON around and advice after."""
    lines = [line.strip() for line in str(exc).splitlines() if line.strip()]
    text = lines[0] if lines else type(exc).__name__
    text = _NOISE.sub("", text).split(" Handle with `litellm")[0]
    return _message_in(str(exc)) or _SSL_CONTEXT.sub("", text)


def _message_in(text: str) -> str | None:
    """Return the `error.message` of a JSON body inside a text, None when there is none."""
    start = text.find('{"')
    if start < 0:
        return None
    try:
        body, _ = json.JSONDecoder().raw_decode(text[start:])
    except ValueError:
        return None
    error = body.get("error")
    message = error.get("message") if isinstance(error, Mapping) else None
    return " ".join(message.split()) if isinstance(message, str) and message.strip() else None
