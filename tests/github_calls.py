"""What GitHub answers to each request of the double: routes, pages, and one method a route."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from werkzeug.routing import Map, MapAdapter, Rule
from werkzeug.wrappers import Request

from tests.github_rules import Refusal
from tests.github_state import Account, Repository

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

Answer = tuple[int, Any, Mapping[str, str]]


@dataclass(frozen=True)
class Elsewhere:
    """A file that lies on another host."""

    path: str


@dataclass(frozen=True)
class Page:
    """A list to be paged; ``key`` is where an answer holds it."""

    items: list[Any]
    key: str = ""

    def answer(self, request: Request, url: str) -> Answer:
        """Return the page that a request asks for, with links to the others."""
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


class Call:
    """One request, answered by the method that its route names."""

    def __init__(self, state: Repository, request: Request, account: Account, body: Any) -> None:
        """``state`` is what the request reads and changes, ``body`` its parsed JSON."""
        self.state = state
        self.args = request.args
        self.account = account
        self.body = body

    def viewer(self) -> Any:
        if not re.search(r"viewer\s*\{\s*login\s*\}", self.body["query"]):
            return {"data": None, "errors": [{"message": "parse error"}]}
        return {"data": {"viewer": {"login": self.account.login}}}

    def user(self) -> Any:
        if self.account.bot:
            raise Refusal(403, "Resource not accessible by integration")
        return self.account.user

    def comments(self, number: int) -> Page:
        if number not in self.state.numbers:
            raise Refusal(404, "Not Found")
        return Page([dict(c) for c in self.state.comments.values() if c["issue"] == number])

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

    def checks(self, sha: str) -> Page:
        return Page(self.state.checks_of(sha, self.args.get("check_name")), "check_runs")

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

    def pulls(self) -> Page:
        head = self.args.get("head")
        owner = self.state.name.partition("/")[0]
        state = self.args.get("state", "open")
        if head is not None and not head.startswith(f"{owner}:"):
            return Page(self.state.proposals_of(head, state))
        branch = None if head is None else head.removeprefix(f"{owner}:")
        return Page(self.state.pulls_like(state, branch, self.args.get("base")))

    def pull(self) -> Any:
        self.account.require("pulls")
        return self.state.pull(self.body)

    def one_pull(self, number: int) -> Any:
        proposed = {pull["number"]: pull for pull in self.state.proposals}
        known = {**proposed, **self.state.pulls}
        if number not in known:
            raise Refusal(404, "Not Found")
        return known[number]

    def pull_commits(self, number: int) -> Page:
        return Page(self.state.pull_commits.get(number, [])[:250])

    def activity(self) -> Page:
        if self.state.activities is None:
            raise Refusal(404, "Not Found")
        ref = self.args.get("ref")
        return Page([each for each in self.state.activities if each["ref"] == ref][::-1])

    def reviews(self, number: int) -> Page:
        return Page([dict(r) for r in self.state.reviews if r["pull"] == number])

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

    def named_artifacts(self) -> Page:
        name = self.args.get("name")
        found = [
            {**entry, "workflow_run": {"id": run_id}}
            for run_id, entries in self.state.artifacts.items()
            for entry in entries
            if name in {None, entry["name"]}
        ]
        return Page(found[::-1], "artifacts")

    def branches(self, sha: str) -> Page:
        names = [n for n, tip in self.state.refs.items() if tip == sha and n.startswith("heads/")]
        return Page([{"name": name.removeprefix("heads/")} for name in names])

    def runs(self) -> Page:
        head = self.args.get("head_sha")
        runs = [run for run in self.state.runs if head in {None, run["head_sha"]}]
        return Page(runs[::-1], "workflow_runs")

    def artifacts(self, id_: int) -> Page:
        return Page(self.state.artifacts.get(id_, []), "artifacts")

    def archive(self, id_: int) -> Elsewhere:
        if id_ not in self.state.archives:
            raise Refusal(410, "Artifact has expired")
        return Elsewhere(f"/storage/{id_}")

    def issues(self) -> Page:
        labels = set(filter(None, self.args.get("labels", "").split(",")))
        state, creator = self.args.get("state", "open"), self.args.get("creator")
        return Page(self.state.issues_like(state, labels, creator))

    def issue(self) -> Any:
        self.account.require("issues")
        return self.state.issue(self.body, self.account)

    def edit_issue(self, number: int) -> Any:
        self.account.require("issues")
        return self.state.edit_issue(number, self.body)


def routes(repository: str) -> MapAdapter:
    """Return which method of ``Call`` answers a request about a repository (`owner/name`)."""
    rules = [_rule(name, route, repository) for name, route in _ROUTES.items()]
    return Map(rules).bind("127.0.0.1")


def _rule(name: str, route: str, repository: str) -> Rule:
    verb, _, path = route.partition(" ")
    return Rule(path.format(f"/repos/{repository}"), methods=[verb], endpoint=name)
