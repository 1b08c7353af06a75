"""What a stand-in vendor is asked and told to answer, and the scripts that choose its replies."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

VERSION = "2026-01-01"


class Dialect(StrEnum):
    """Whose API is spoken; the value is where it is mounted."""

    OPENAI = "openai"
    ANTHROPIC = "anthropic"
    GEMINI = "gemini"


class Finish(StrEnum):
    """Why the model stops, in the words of this server."""

    STOP = "stop"
    LENGTH = "length"
    FILTER = "filter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """How one request is answered.

    ``text`` None is the good answer. ``dropped`` breaks the connection in the middle of the body,
    ``trickle_s`` spreads the body over a time, ``malformed`` sends half of the JSON.
    """

    status: int = 200
    text: str | None = None
    finish: Finish = Finish.STOP
    version: str = VERSION
    message: str = "as told"
    code: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    trickle_s: float = 0.0
    dropped: bool = False
    malformed: bool = False


GOOD = Reply()
TOO_MANY = Reply(status=429, message="slow down")
SERVER_ERROR = Reply(status=500, message="boom")
OVERLOADED = Reply(status=503, message="overloaded")
DROPPED = Reply(dropped=True)
MALFORMED = Reply(malformed=True)
EMPTY = Reply(text="")
FILTERED = Reply(text="", finish=Finish.FILTER)
CUT_OFF = Reply(text="half an ans", finish=Finish.LENGTH)
BAD_KEY = Reply(status=401, message="bad key", code="invalid_api_key")
UNKNOWN = Reply(status=404, message="no such model", code="model_not_found")
RETIRED = Reply(status=410, message="this model was retired", code="model_retired")


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One request as it came in; ``number`` counts from 0."""

    number: int
    dialect: Dialect
    prompt: str
    model: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    at: float


Script = Callable[[Received], Reply]


def in_turn(*replies: Reply) -> Script:
    """Return a script that gives each reply once, then good answers."""
    return lambda received: replies[received.number] if received.number < len(replies) else GOOD


def every(step: int, *replies: Reply) -> Script:
    """Return a script that gives the replies in turn, one to every ``step``-th request."""

    def script(received: Received) -> Reply:
        turn, rest = divmod(received.number, step)
        return GOOD if rest else replies[turn % len(replies)]

    return script


def limited(per_second: float, *, burst: float = 1.0, otherwise: Script = lambda _: GOOD) -> Script:
    """Return a script that answers 429 past a real limit: a bucket of ``burst`` seconds."""
    lock, state = threading.Lock(), {"tokens": per_second * burst, "at": time.monotonic()}

    def script(received: Received) -> Reply:
        with lock:
            now = time.monotonic()
            grown = state["tokens"] + (now - state["at"]) * per_second
            state["tokens"], state["at"] = min(grown, per_second * burst), now
            if state["tokens"] < 1:
                return TOO_MANY
            state["tokens"] -= 1
        return otherwise(received)

    return script
