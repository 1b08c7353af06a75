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
from urllib.parse import urlencode

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from tests.github_rules import Refusal
from tests.github_state import Account, Repository

TOKEN = "ghs_tokenOfThisJob0123456789"  # noqa: S105  # a made-up one
SECONDARY = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
)
_ROUTES = {
    "viewer": "POST /graphql",
    "user": "GET /user",
    "comments": "GET {}/issues/<int:number>/comments",
    "comment": "POST {}/issues/<int:number>/comments",
    "edit_comment": "PATCH {}/issues/comments/<int:id_>",
    "delete_comment": "DELETE {}/issues/comments/<int:id_>",
    "check": "POST {}/check-runs",
    "edit_check": "PATCH {}/check-runs/<int:id_>",
    "checks": "GET {}/commits/<sha>/check-runs",
    "blob": "POST {}/git/blobs",
    "tree": "POST {}/git/trees",
    "new_commit": "POST {}/git/commits",
    "commit": "GET {}/git/commits/<sha>",
    "ref": "GET {}/git/ref/<path:name>",
    "new_ref": "POST {}/git/refs",
    "move_ref": "PATCH {}/git/refs/<path:name>",
    "compare": "GET {}/compare/<base>...<head>",
    "pulls": "GET {}/pulls",
    "pull": "POST {}/pulls",
    "one_pull": "GET {}/pulls/<int:number>",
    "reviews": "GET {}/pulls/<int:number>/reviews",
    "permission": "GET {}/collaborators/<login>/permission",
    "pull_commits": "GET {}/pulls/<int:number>/commits",
    "activity": "GET {}/activity",
    "edit_pull": "PATCH {}/pulls/<int:number>",
    "one_comment": "GET {}/issues/comments/<int:id_>",
    "git_tree": "GET {}/git/trees/<sha>",
    "git_blob": "GET {}/git/blobs/<sha>",
    "one_run": "GET {}/actions/runs/<int:id_>",
    "rerun": "POST {}/actions/runs/<int:id_>/rerun",
    "named_artifacts": "GET {}/actions/artifacts",
    "branches": "GET {}/commits/<sha>/branches-where-head",
    "runs": "GET {}/actions/runs",
    "artifacts": "GET {}/actions/runs/<int:id_>/artifacts",
    "archive": "GET {}/actions/artifacts/<int:id_>/zip",
    "issues": "GET {}/issues",
    "issue": "POST {}/issues",
    "edit_issue": "PATCH {}/issues/<int:number>",
}


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


Answer = tuple[int, Any, Mapping[str, str]]


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
        rules = [_rule(name, route, self.repository.name) for name, route in _ROUTES.items()]
        self._routes = Map(rules).bind("127.0.0.1")
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
        call = _Call(self, request, self.tokens[received.token], received.body)
        result = getattr(call, name)(**values)
        if isinstance(result, _Elsewhere):
            return 302, None, {"Location": f"{self.origin}{result.path}"}
        if isinstance(result, _Page):
            return result.answer(request, f"{self.api_url}{path}")
        status = 204 if result is None else (201 if verb == "POST" and name != "viewer" else 200)
        return status, result, {}


@dataclass(frozen=True)
class _Elsewhere:
    """A file that lies on another host."""

    path: str


@dataclass(frozen=True)
class _Page:
    """A list to be paged; ``key`` is where an answer holds it."""

    items: list[Any]
    key: str = ""

    def answer(self, request: Request, url: str) -> Answer:
        size = min(max(int(request.args.get("per_page", 30)), 1), 100)
        page = max(int(request.args.get("page", 1)), 1)
        found = self.items[(page - 1) * size : page * size]
        body = {"total_count": len(self.items), self.key: found} if self.key else found
        links = []
        if page * size < len(self.items):
            links.append((page + 1, "next"))
            links.append((-(-len(self.items) // size), "last"))
        if page > 1:
            links = [(1, "first"), (page - 1, "prev"), *links]
        rest = {name: value for name, value in request.args.items() if name != "page"}
        header = ", ".join(
            f'<{url}?{urlencode({**rest, "page": number})}>; rel="{rel}"' for number, rel in links
        )
        return 200, body, {"Link": header} if header else {}


class _Call:
    """One request, answered by the method that its route names."""

    def __init__(self, server: GitHubServer, request: Request, account: Account, body: Any) -> None:
        self.server = server
        self.state = server.repository
        self.args = request.args
        self.account = account
        self.body = body

    def viewer(self) -> Any:
        if not self.server.graphql:
            raise Refusal(404, "Not Found")
        if not re.search(r"viewer\s*\{\s*login\s*\}", self.body["query"]):
            return {"data": None, "errors": [{"message": "parse error"}]}
        return {"data": {"viewer": {"login": self.account.login}}}

    def user(self) -> Any:
        if self.account.bot:
            raise Refusal(403, "Resource not accessible by integration")
        return self.account.user

    def comments(self, number: int) -> _Page:
        if number not in self.state.numbers:
            raise Refusal(404, "Not Found")
        return _Page([dict(c) for c in self.state.comments.values() if c["issue"] == number])

    def comment(self, number: int) -> Any:
        self.account.require("comments")
        return self.state.comment(number, self.body.get("body"), self.account)

    def edit_comment(self, id_: int) -> Any:
        self.account.require("comments")
        return self.state.edit_comment(id_, self.body.get("body"))

    def delete_comment(self, id_: int) -> None:
        self.account.require("comments")
        self.state.existing_comment(id_)
        del self.state.comments[id_]

    def check(self) -> Any:
        self.account.require("checks")
        return self.state.check(self.body)

    def edit_check(self, id_: int) -> Any:
        self.account.require("checks")
        return self.state.edit_check(id_, self.body)

    def checks(self, sha: str) -> _Page:
        return _Page(self.state.checks_of(sha, self.args.get("check_name")), "check_runs")

    def blob(self) -> Any:
        self.account.require("contents")
        return self.state.blob(self.body)

    def tree(self) -> Any:
        self.account.require("contents")
        return self.state.tree(self.body)

    def new_commit(self) -> Any:
        self.account.require("contents")
        return self.state.new_commit(self.body)

    def commit(self, sha: str) -> Any:
        return self.state.commit(sha)

    def ref(self, name: str) -> Any:
        return self.state.ref(name)

    def new_ref(self) -> Any:
        self.account.require("contents")
        return self.state.new_ref(self.body)

    def move_ref(self, name: str) -> Any:
        self.account.require("contents")
        return self.state.move_ref(name, self.body)

    def compare(self, base: str, head: str) -> Any:
        return self.state.compare(base, head)

    def pulls(self) -> _Page:
        head = self.args.get("head")
        owner = self.state.name.partition("/")[0]
        state = self.args.get("state", "open")
        if head is not None and not head.startswith(f"{owner}:"):
            return _Page(self.state.proposals_of(head, state))
        branch = None if head is None else head.removeprefix(f"{owner}:")
        return _Page(self.state.pulls_like(state, branch, self.args.get("base")))

    def pull(self) -> Any:
        self.account.require("pulls")
        return self.state.pull(self.body)

    def one_pull(self, number: int) -> Any:
        proposed = {pull["number"]: pull for pull in self.state.proposals}
        known = {**proposed, **self.state.pulls}
        if number not in known:
            raise Refusal(404, "Not Found")
        return known[number]

    def pull_commits(self, number: int) -> _Page:
        return _Page(self.state.pull_commits.get(number, [])[:250])

    def activity(self) -> _Page:
        if self.state.activities is None:
            raise Refusal(404, "Not Found")
        ref = self.args.get("ref")
        return _Page([each for each in self.state.activities if each["ref"] == ref][::-1])

    def reviews(self, number: int) -> _Page:
        return _Page([dict(r) for r in self.state.reviews if r["pull"] == number])

    def permission(self, login: str) -> Any:
        return self.state.permission(login)

    def edit_pull(self, number: int) -> Any:
        self.account.require("pulls")
        return self.state.edit_pull(number, self.body)

    def one_comment(self, id_: int) -> Any:
        return self.state.existing_comment(id_)

    def git_tree(self, sha: str) -> Any:
        return self.state.objects.tree(sha, recursive="recursive" in self.args)

    def git_blob(self, sha: str) -> Any:
        return self.state.objects.blob(sha)

    def one_run(self, id_: int) -> Any:
        return self.state.workflow_run(id_)

    def rerun(self, id_: int) -> Any:
        self.account.require("actions")
        self.state.workflow_run(id_)
        return {}

    def named_artifacts(self) -> _Page:
        name = self.args.get("name")
        found = [
            {**entry, "workflow_run": {"id": run_id}}
            for run_id, entries in self.state.artifacts.items()
            for entry in entries
            if name in {None, entry["name"]}
        ]
        return _Page(found[::-1], "artifacts")

    def branches(self, sha: str) -> _Page:
        names = [n for n, tip in self.state.refs.items() if tip == sha and n.startswith("heads/")]
        return _Page([{"name": name.removeprefix("heads/")} for name in names])

    def runs(self) -> _Page:
        head = self.args.get("head_sha")
        runs = [run for run in self.state.runs if head in {None, run["head_sha"]}]
        return _Page(runs[::-1], "workflow_runs")

    def artifacts(self, id_: int) -> _Page:
        return _Page(self.state.artifacts.get(id_, []), "artifacts")

    def archive(self, id_: int) -> _Elsewhere:
        if id_ not in self.state.archives:
            raise Refusal(410, "Artifact has expired")
        return _Elsewhere(f"/storage/{id_}")

    def issues(self) -> _Page:
        labels = set(filter(None, self.args.get("labels", "").split(",")))
        state, creator = self.args.get("state", "open"), self.args.get("creator")
        return _Page(self.state.issues_like(state, labels, creator))

    def issue(self) -> Any:
        self.account.require("issues")
        return self.state.issue(self.body, self.account)

    def edit_issue(self, number: int) -> Any:
        self.account.require("issues")
        return self.state.edit_issue(number, self.body)


def _rule(name: str, route: str, repository: str) -> Rule:
    verb, _, path = route.partition(" ")
    return Rule(path.format(f"/repos/{repository}"), methods=[verb], endpoint=name)


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
