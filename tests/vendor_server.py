"""A loopback server that speaks the OpenAI, Anthropic and Gemini dialects and fails as told.

The answer to a prompt is what follows `Reply with exactly: ` in it, so that scores are known.
`python -m tests.vendor_server` runs it as a process of its own, until its standard input closes.
"""

import asyncio
import json
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from aiohttp import web

VERSION = "2026-01-01"
TOKENS_IN, TOKENS_OUT = 20, 10


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


_REASONS = {
    Dialect.OPENAI: {"stop": "stop", "length": "length", "filter": "content_filter"},
    Dialect.ANTHROPIC: {"stop": "end_turn", "length": "max_tokens", "filter": "refusal"},
    Dialect.GEMINI: {"stop": "STOP", "length": "MAX_TOKENS", "filter": "SAFETY"},
}


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


class VendorServer:
    """Answers by a script from request to reply; keeps what it received.

    It answers on one event loop, so that it takes little from those that are measured beside it,
    and keeps connections open, as vendors do. A script must not wait.
    """

    def __init__(self) -> None:
        """Nothing is answered before `serving`."""
        self.script: Script = lambda _: GOOD
        self.received: list[Received] = []
        self.most_in_flight = 0
        self.port = 0
        self._in_flight = 0

    def base(self, dialect: Dialect = Dialect.OPENAI) -> str:
        """Return the `api_base` of a dialect."""
        path = {Dialect.OPENAI: "/v1", Dialect.ANTHROPIC: "", Dialect.GEMINI: "/v1beta"}
        return f"http://127.0.0.1:{self.port}/{dialect.value}{path[dialect]}"

    def start_over(self, script: Script = lambda _: GOOD) -> None:
        """Forget what was received, and answer by a new script."""
        self.script, self.received, self.most_in_flight = script, [], 0

    async def start(self) -> web.AppRunner:
        """Listen on a free port; the runner's `cleanup` ends it."""
        app = web.Application(client_max_size=0)
        app.router.add_route("*", "/{path:.*}", self._answer)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)
        await site.start()
        self.port = runner.addresses[0][1]
        return runner

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        received = _received(request, await request.read(), len(self.received))
        self.received.append(received)
        self._in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self._in_flight)
        try:
            reply = self.script(received)
            await asyncio.sleep(reply.delay_s)
        finally:
            self._in_flight -= 1
        return await _respond(request, reply, received)


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


def _received(request: web.Request, data: bytes, number: int) -> Received:
    body = json.loads(data or b"{}")
    parts = request.path.strip("/").split("/")
    dialect = Dialect(parts[0])
    named = re.match(r"(.+):generateContent", parts[-1])
    return Received(
        number=number,
        dialect=dialect,
        prompt=_prompt(dialect, body),
        model=named[1] if named else str(body.get("model")),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=body,
        at=time.monotonic(),
    )


def _prompt(dialect: Dialect, body: Mapping[str, Any]) -> str:
    if dialect is Dialect.GEMINI:
        return str(body["contents"][-1]["parts"][-1]["text"])
    content = body["messages"][-1]["content"]
    return content if isinstance(content, str) else str(content[-1]["text"])


async def _respond(request: web.Request, reply: Reply, received: Received) -> web.StreamResponse:
    made = _good if reply.status == 200 else _error
    data = json.dumps(made(reply, received)).encode()
    if reply.malformed:
        data = data[: len(data) // 2]
    headers = {"Content-Type": "application/json", **reply.headers}
    if not (reply.dropped or reply.trickle_s):
        return web.Response(status=reply.status, headers=headers, body=data)
    headers["Content-Length"] = str(len(data))
    response = web.StreamResponse(status=reply.status, headers=headers)
    await response.prepare(request)
    await _write_slowly(response, data, reply, request)
    return response


async def _write_slowly(
    response: web.StreamResponse, data: bytes, reply: Reply, request: web.Request
) -> None:
    pieces = [data[at : at + 20] for at in range(0, len(data), 20)]
    for number, piece in enumerate(pieces):
        if reply.dropped and number == len(pieces) // 2:
            assert request.transport is not None
            request.transport.abort()
            return
        await asyncio.sleep(reply.trickle_s / len(pieces))
        await response.write(piece)


def _good(reply: Reply, received: Received) -> dict[str, Any]:
    text = _echo(received.prompt) if reply.text is None else reply.text
    reason = _REASONS[received.dialect][reply.finish]
    version = f"{received.model}-{reply.version}"
    match received.dialect:
        case Dialect.OPENAI:
            message = {"role": "assistant", "content": text}
            return {
                "id": f"chatcmpl-{received.number}",
                "object": "chat.completion",
                "created": 1772452800,
                "model": version,
                "system_fingerprint": f"fp-{reply.version}",
                "choices": [{"index": 0, "finish_reason": reason, "message": message}],
                "usage": {
                    "prompt_tokens": TOKENS_IN,
                    "completion_tokens": TOKENS_OUT,
                    "total_tokens": TOKENS_IN + TOKENS_OUT,
                },
            }
        case Dialect.ANTHROPIC:
            return {
                "id": f"msg_{received.number}",
                "type": "message",
                "role": "assistant",
                "model": version,
                "content": [{"type": "text", "text": text}] if text else [],
                "stop_reason": reason,
                "stop_sequence": None,
                "usage": {"input_tokens": TOKENS_IN, "output_tokens": TOKENS_OUT},
            }
        case Dialect.GEMINI:
            content = {"role": "model", "parts": [{"text": text}] if text else []}
            return {
                "candidates": [{"content": content, "finishReason": reason, "index": 0}],
                "usageMetadata": {
                    "promptTokenCount": TOKENS_IN,
                    "candidatesTokenCount": TOKENS_OUT,
                    "totalTokenCount": TOKENS_IN + TOKENS_OUT,
                },
                "modelVersion": version,
            }


def _echo(prompt: str) -> str:
    found = re.search(r"Reply with exactly: (.*)", prompt)
    return found[1].strip() if found else "yes"


def _error(reply: Reply, received: Received) -> dict[str, Any]:
    match received.dialect:
        case Dialect.OPENAI:
            code = reply.code or None
            return {"error": {"message": reply.message, "type": "error", "code": code}}
        case Dialect.ANTHROPIC:
            return {"type": "error", "error": {"type": "api_error", "message": reply.message}}
        case Dialect.GEMINI:
            named = {429: "RESOURCE_EXHAUSTED", 503: "UNAVAILABLE", 404: "NOT_FOUND"}
            status = named.get(reply.status, "INTERNAL")
            return {"error": {"code": reply.status, "message": reply.message, "status": status}}


@contextmanager
def serving() -> Iterator[VendorServer]:
    """Run a server for the length of the block, in a thread."""
    server, loop = VendorServer(), asyncio.new_event_loop()
    runner = loop.run_until_complete(server.start())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def main() -> None:
    """Print the base, answer every request after a delay, print what was seen at the end."""
    reply = Reply(delay_s=float(sys.argv[1]) if len(sys.argv) > 1 else 0.0)
    with serving() as server:
        server.start_over(lambda _: reply)
        print(server.base(), flush=True)  # noqa: T201  # what the parent reads
        sys.stdin.read()
        seen = {
            "requests": len(server.received),
            "most_in_flight": server.most_in_flight,
            "first_at": min((r.at for r in server.received), default=0.0),
            "last_at": max((r.at for r in server.received), default=0.0) + reply.delay_s,
        }
        print(json.dumps(seen), flush=True)  # noqa: T201  # what the parent reads


if __name__ == "__main__":
    main()
