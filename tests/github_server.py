"""A stateful GitHub on loopback: it pages, checks what it is sent, and fails as it is told."""

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from tests.github_calls import Answer, Call, Elsewhere, Page, routes
from tests.github_rules import Refusal
from tests.github_state import Account, Repository

TOKEN = "ghs_tokenOfThisJob0123456789"  # noqa: S105  # a made-up one
SECONDARY = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
)


@dataclass(kw_only=True)
class Fault:
    """What goes wrong with requests whose `VERB /path` matches, ``times`` times or ``until`` then.

    ``effect`` is what the server does first: True = the write still takes place.
    """

    match: str = "."
    times: int = 1
    until: float | None = None
    status: int = 0
    message: str = "boom"
    headers: Mapping[str, str] = field(default_factory=dict)
    dropped: bool = False
    effect: bool = False
    delay_s: float = 0.0


def rate_limited(retry_after: str | None = "1", *, status: int = 403, **changes: Any) -> Fault:
    """Return a secondary rate limit."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return Fault(status=status, message=SECONDARY, headers=headers, **changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """One request as it came in."""

    line: str
    token: str
    body: Any


class GitHubServer:
    """One repository behind HTTP; ``before`` is called before each request takes effect."""

    def __init__(self, *, prefix: str = "", clock: Callable[[], float] = time.monotonic) -> None:
        """``prefix`` is the path of an Enterprise server's API, ``clock`` for ``Fault.until``."""
        self.repository = Repository()
        self.tokens = {TOKEN: Account()}
        self.faults: list[Fault] = []
        self.received: list[Received] = []
        self.before: Callable[[Received], None] = lambda _: None
        self.graphql = True
        self._prefix = prefix
        self._clock = clock
        self._lock = threading.RLock()
        self._routes = routes(self.repository.name)
        self.http = make_server("127.0.0.1", 0, self, threaded=True, request_handler=_Silent)

    @property
    def origin(self) -> str:
        """Return scheme, host and port."""
        return f"http://127.0.0.1:{self.http.server_port}"

    @property
    def api_url(self) -> str:
        """Return what GITHUB_API_URL holds."""
        return f"{self.origin}{self._prefix}"

    @property
    def graphql_url(self) -> str:
        """Return what GITHUB_GRAPHQL_URL holds."""
        return f"{self.origin}{self._prefix.removesuffix('/v3')}/graphql"

    def lines(self, pattern: str = ".") -> list[str]:
        """Return `VERB /path` of the requests so far that match."""
        return [each.line for each in self.received if re.search(pattern, each.line)]

    def writes(self) -> list[str]:
        """Return the requests that would change something."""
        return [line for line in self.lines("^(POST|PATCH|DELETE|PUT)") if "graphql" not in line]

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """Answer one request (WSGI)."""
        request = Request(environ)
        received = Received(
            line=f"{request.method} {self._inner_path(request.path)}",
            token=request.headers.get("Authorization", "").rpartition(" ")[2],
            body=json.loads(request.get_data() or b"null"),
        )
        self.before(received)
        with self._lock:
            self.received.append(received)
            fault = self._due(received)
            status, body, headers = self._answer(request, received, fault)
        if fault and fault.delay_s:
            time.sleep(fault.delay_s)
        if fault and fault.dropped:
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            raise ConnectionAbortedError
        plain = body if isinstance(body, bytes) else json.dumps(body).encode()
        data = b"" if status == 204 else plain
        answer = Response(data, status=status, headers=dict(headers), mimetype="application/json")
        return answer(environ, start_response)

    def _inner_path(self, path: str) -> str:
        if path == f"{self._prefix.removesuffix('/v3')}/graphql":
            return "/graphql"
        return path.removeprefix(self._prefix) if path.startswith(self._prefix) else "/nowhere"

    def _due(self, received: Received) -> Fault | None:
        for fault in self.faults:
            if not re.search(fault.match, received.line):
                continue
            if fault.until is not None and self._clock() < fault.until:
                return fault
            if fault.until is None and fault.times > 0:
                fault.times -= 1
                return fault
        return None

    def _answer(self, request: Request, received: Received, fault: Fault | None) -> Answer:
        if fault and fault.status and not fault.effect:
            return fault.status, {"message": fault.message}, fault.headers
        if fault and fault.dropped and not fault.effect:
            return 204, None, {}
        try:
            answer = self._handled(request, received)
        except Refusal as exc:
            answer = exc.status, exc.body, {}
        except HTTPException:
            answer = 404, {"message": "Not Found"}, {}
        if fault and fault.status:
            return fault.status, {"message": fault.message}, fault.headers
        return answer

    def _stored(self, request: Request) -> Answer:
        """Return an archive as the storage of artifacts does, which knows nothing of tokens."""
        if "Authorization" in request.headers:
            raise Refusal(400, "an Authorization header is not supported")
        return 200, self.repository.archives[int(request.path.rpartition("/")[2])], {}

    def _handled(self, request: Request, received: Received) -> Answer:
        if request.path.startswith("/storage/"):
            return self._stored(request)
        if received.token not in self.tokens:
            raise Refusal(401, "Bad credentials" if received.token else "Requires authentication")
        verb, _, path = received.line.partition(" ")
        name, values = self._routes.match(path, method=verb)
        if name == "viewer" and not self.graphql:
            raise Refusal(404, "Not Found")
        call = Call(self.repository, request, self.tokens[received.token], received.body)
        result = getattr(call, name)(**values)
        if isinstance(result, Elsewhere):
            return 302, None, {"Location": f"{self.origin}{result.path}"}
        if isinstance(result, Page):
            return result.answer(request, f"{self.api_url}{path}")
        status = 204 if result is None else (201 if verb == "POST" and name != "viewer" else 200)
        return status, result, {}


class _Silent(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:
        """Write no log."""


@contextmanager
def serving(**options: Any) -> Iterator[GitHubServer]:
    """Run a server for the length of the block."""
    server = GitHubServer(**options)
    thread = threading.Thread(target=server.http.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.http.shutdown()
        server.http.server_close()
        thread.join()
