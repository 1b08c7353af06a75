"""A loopback HTTP server that speaks the OpenAI chat dialect and fails as it is told."""

import json
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One scripted answer; ``dropped`` closes the connection, ``late`` waits for the end."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    dropped: bool = False
    late: bool = False

    def cut(self, count: int) -> "Reply":
        """Return a reply whose body lacks the last bytes."""
        return replace(self, body=self.body[:-count])


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One request as it came in."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]


def answer(content: str | None = "yes", *, finish_reason: str = "stop", **changes: Any) -> Reply:
    """Return a chat completion; ``changes`` are top-level keys of its body."""
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1772452800,
        "model": "recorded-1-2026",
        "system_fingerprint": "fp_1",
        "choices": [
            {
                "index": 0,
                "finish_reason": finish_reason,
                "message": {"role": "assistant", "content": content},
            }
        ],
        "usage": {"prompt_tokens": 1000, "completion_tokens": 200, "total_tokens": 1200},
        **changes,
    }
    return Reply(body=json.dumps(body).encode())


def error(status: int, message: str, *, code: str = "", **headers: str) -> Reply:
    """Return an error; header names are written with underscores."""
    body = {"error": {"message": message, "type": "error", "code": code or None}}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status=status, body=json.dumps(body).encode(), headers=named)


RATE_LIMITED = error(429, "slow down", Retry_After="7")
SERVER_ERROR = error(500, "boom")
UNAUTHORIZED = error(401, "bad key", code="invalid_api_key")
NOT_FOUND = error(404, "no such model", code="model_not_found")
MALFORMED = Reply(body=b'{"id": "chatcmpl-1", "choi')
EMPTY = answer("")
FILTERED = answer("", finish_reason="content_filter")
CUT_OFF = answer("half an ans", finish_reason="length")
DROPPED = Reply(dropped=True)
LATE = Reply(late=True)


class LlmServer:
    """Gives the replies of ``script`` in turn, then good answers; keeps what it received."""

    def __init__(self) -> None:
        """Take a free port; nothing is answered before `serving`."""
        self.script: deque[Reply] = deque()
        self.received: list[Received] = []
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self.http = _Server(("127.0.0.1", 0), _Handler)
        self.http.llm = self

    @property
    def url(self) -> str:
        """Return the `api_base` of this server."""
        return f"http://127.0.0.1:{self.http.server_address[1]}/v1"

    def start_over(self, *script: Reply) -> None:
        """Forget what was received, and answer from a new script."""
        with self._lock:
            self.script = deque(script)
            self.received = []

    def take(self, received: Received) -> Reply:
        """Keep a request and return the reply that is due."""
        with self._lock:
            self.received.append(received)
            return self.script.popleft() if self.script else answer()


@contextmanager
def serving() -> Iterator[LlmServer]:
    """Run a server for the length of the block."""
    server = LlmServer()
    thread = threading.Thread(target=server.http.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.http.shutdown()
        server.http.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    llm: LlmServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent about clients that went away."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        """Answer one chat completion."""
        length = int(self.headers.get("Content-Length", 0))
        reply = self.server.llm.take(
            Received(
                path=self.path,
                headers={name.lower(): value for name, value in self.headers.items()},
                body=json.loads(self.rfile.read(length) or b"{}"),
            )
        )
        if reply.late:
            self.server.llm.closing.wait(PATIENCE_S)
        if reply.late or reply.dropped:
            self.close_connection = True
            return
        self.send_response(reply.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(reply.body)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body)

    def log_message(self, format: str, *args: Any) -> None:
        """Write no access log."""
