"""What a GitHub server keeps, and the documented rules by which it refuses a request."""

import base64
import hashlib
import json
import re
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

MAX_BODY = 65_536
MAX_ANNOTATIONS = 50
CONCLUSIONS = {
    *("action_required", "cancelled", "failure", "neutral", "success", "skipped", "timed_out"),
}
LEVELS = {"notice", "warning", "failure"}
SHA = re.compile(r"[0-9a-f]{40}")
ALL_RIGHTS = frozenset({"comments", "checks", "contents", "pulls", "actions", "issues", "labels"})
NO_INTEGRATION = "Resource not accessible by integration"


class Refusal(Exception):  # an answer, not an error of ours
    """An answer other than success."""

    def __init__(self, status: int, message: str, *details: Mapping[str, str]) -> None:
        """``details`` are GitHub's `errors`."""
        super().__init__(message)
        self.status = status
        self.body: dict[str, Any] = {"message": message, "documentation_url": "https://docs"}
        if details:
            self.body["errors"] = list(details)


def _title(title: Any) -> str:
    if not isinstance(title, str) or not title.strip() or len(title) > 256:
        raise invalid("title", "title is missing or over 256 characters")
    return title


def invalid(field_: str, message: str) -> Refusal:
    """Return a 422 about one field."""
    detail = {"resource": "Request", "code": "invalid", "field": field_, "message": message}
    return Refusal(422, "Validation Failed", detail)


@dataclass(frozen=True, slots=True)
class GitObjects:
    """The commits, trees and contents of a real git repository, as the API shows them."""

    folder: Path | None = None

    def commit(self, sha: str) -> dict[str, Any]:
        """Return a commit."""
        return {"sha": sha, "tree": {"sha": self._git("rev-parse", f"{sha}^{{tree}}")}}

    def merge_base(self, one: str, other: str) -> str:
        """Return where two commits part."""
        return self._git("merge-base", one, other)

    def tree(self, sha: str, *, recursive: bool) -> dict[str, Any]:
        """Return the entries of a tree, with those of its folders where it is ``recursive``."""
        deep = ["-r", "-t"] if recursive else []
        lines = self._git("ls-tree", "-z", "--long", *deep, sha).split("\0")
        entries = []
        for about, path in (line.split("\t", 1) for line in lines if line):
            mode, kind, id_, size = about.split()
            sized = {} if size == "-" else {"size": int(size)}
            entries.append({"path": path, "mode": mode, "type": kind, "sha": id_, **sized})
        return {"sha": sha, "tree": entries, "truncated": False}

    def blob(self, sha: str) -> dict[str, Any]:
        """Return a content, in base64 on lines as GitHub sends it."""
        content = self._run("cat-file", "blob", sha)
        return {"sha": sha, "encoding": "base64", "content": base64.encodebytes(content).decode()}

    def _git(self, *arguments: str) -> str:
        return self._run(*arguments).decode().strip()

    def _run(self, *arguments: str) -> bytes:
        if self.folder is None:
            raise Refusal(404, "Not Found")
        done = subprocess.run(
            ["git", *arguments], cwd=self.folder, capture_output=True, check=False
        )
        if done.returncode:
            raise Refusal(404, "Not Found")
        return done.stdout


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Whom a token speaks for, and what it may write."""

    login: str = "github-actions[bot]"
    bot: bool = True
    rights: frozenset[str] = ALL_RIGHTS

    @property
    def user(self) -> dict[str, Any]:
        """Return the account as a comment shows it."""
        return {"login": self.login, "type": "Bot" if self.bot else "User"}

    def require(self, right: str) -> None:
        """Refuse a write that the token does not allow."""
        if right not in self.rights:
            raise Refusal(403, NO_INTEGRATION)


@dataclass(kw_only=True)
class Repository:
    """One repository: comments, check runs, git objects, refs, pull requests."""

    name: str = "octo/shop"
    numbers: set[int] = field(default_factory=lambda: {7})
    shas: set[str] = field(default_factory=set)
    comments: dict[int, dict[str, Any]] = field(default_factory=dict)
    checks: dict[int, dict[str, Any]] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)
    trees: dict[str, dict[str, str]] = field(default_factory=dict)
    commits: dict[str, dict[str, Any]] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    pulls: dict[int, dict[str, Any]] = field(default_factory=dict)
    pull_commits: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    activities: list[dict[str, Any]] | None = field(default_factory=list)
    proposals: list[dict[str, Any]] = field(default_factory=list)
    runs: list[dict[str, Any]] = field(default_factory=list)
    artifacts: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    archives: dict[int, bytes] = field(default_factory=dict)
    objects: GitObjects = field(default_factory=GitObjects)
    issues: dict[int, dict[str, Any]] = field(default_factory=dict)
    pulls_permitted: bool = True
    reviews: list[dict[str, Any]] = field(default_factory=list)
    roles: dict[str, str] = field(default_factory=dict)
    _last_id: int = 1000

    def next_id(self) -> int:
        """Return the next id: later things have greater ones."""
        self._last_id += 1
        return self._last_id

    # Comments

    def comment(self, number: int, body: Any, account: Account) -> dict[str, Any]:
        """Add a comment."""
        if number not in self.numbers:
            raise Refusal(404, "Not Found")
        id_ = self.next_id()
        self.comments[id_] = {
            "id": id_,
            "issue": number,
            "body": _comment_body(body),
            "user": account.user,
            "html_url": f"https://github.test/{self.name}/pull/{number}#issuecomment-{id_}",
            "created_at": _moment(id_),
            "updated_at": _moment(id_),
        }
        return self.comments[id_]

    def edit_comment(self, id_: int, body: Any) -> dict[str, Any]:
        """Replace the body of a comment."""
        self.existing_comment(id_)["body"] = _comment_body(body)
        self.comments[id_]["updated_at"] = _moment(self.next_id())
        return self.comments[id_]

    def existing_comment(self, id_: int) -> dict[str, Any]:
        """Return a comment that is there."""
        if id_ not in self.comments:
            raise Refusal(404, "Not Found")
        return self.comments[id_]

    # Issues

    def issue(self, body: Mapping[str, Any], account: Account) -> dict[str, Any]:
        """Open an issue; labels are made where there are none, and dropped without the right."""
        _require(body, ("title",))
        _known(body, {"title", "body", "labels", "assignees", "milestone", "type"})
        number = self.next_id()
        labels = body.get("labels", []) if "labels" in account.rights else []
        self.issues[number] = {
            "number": number,
            "state": "open",
            "user": account.user,
            "title": _title(body["title"]),
            "body": _comment_body(body.get("body", " ")),
            "labels": [{"name": name} for name in labels],
            "html_url": f"https://github.test/{self.name}/issues/{number}",
        }
        return self.issues[number]

    def edit_issue(self, number: int, body: Mapping[str, Any]) -> dict[str, Any]:
        """Change an issue, which may close it."""
        if number not in self.issues:
            raise Refusal(404, "Not Found")
        _known(body, {"title", "body", "state", "state_reason", "labels"})
        if body.get("state") not in {None, "open", "closed"}:
            raise invalid("state", "state is not open or closed")
        if body.get("state_reason") not in {None, "completed", "not_planned", "reopened"}:
            raise invalid("state_reason", "state_reason is unknown")
        if "title" in body:
            _title(body["title"])
        if "body" in body:
            _comment_body(body["body"])
        self.issues[number].update(body)
        return self.issues[number]

    def issues_like(
        self, state: str, labels: Iterable[str] = (), creator: str | None = None
    ) -> list[dict[str, Any]]:
        """Return the issues in a state with all of some labels, of an account, newest first."""
        return [
            issue
            for issue in reversed(self.issues.values())
            if state in {"all", issue["state"]}
            and set(labels) <= {label["name"] for label in issue["labels"]}
            and creator in {None, issue["user"]["login"]}
        ]

    # Check runs

    def check(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Create a check run."""
        _require(body, ("name", "head_sha"))
        _known(body, _CHECK_FIELDS | {"head_sha"})
        if not isinstance(body["head_sha"], str) or not SHA.fullmatch(body["head_sha"]):
            raise invalid("head_sha", "head_sha is not a commit SHA")
        if body["head_sha"] not in self.shas:
            raise Refusal(422, f"No commit found for SHA: {body['head_sha']}")
        _check_fields(body)
        id_ = self.next_id()
        run = {"id": id_, "status": "queued", "conclusion": None, "annotations": [], **body}
        self.checks[id_] = run
        self._add_output(run, body)
        return self.shown_check(run)

    def edit_check(self, id_: int, body: Mapping[str, Any]) -> dict[str, Any]:
        """Update a check run; its annotations are added to those before."""
        if id_ not in self.checks:
            raise Refusal(404, "Not Found")
        _known(body, _CHECK_FIELDS)
        _check_fields(body)
        run = self.checks[id_]
        run.update(body)
        self._add_output(run, body)
        return self.shown_check(run)

    @staticmethod
    def _add_output(run: dict[str, Any], body: Mapping[str, Any]) -> None:
        run["annotations"] += body.get("output", {}).get("annotations", [])

    @staticmethod
    def shown_check(run: Mapping[str, Any]) -> dict[str, Any]:
        """Return a check run as the API shows it: with a count instead of annotations."""
        output = {k: v for k, v in run.get("output", {}).items() if k != "annotations"}
        shown = {key: value for key, value in run.items() if key != "annotations"}
        return {**shown, "output": {**output, "annotations_count": len(run["annotations"])}}

    def checks_of(self, sha: str, name: str | None) -> list[dict[str, Any]]:
        """Return the check runs of a commit, the newest first."""
        if not SHA.fullmatch(sha) or sha not in self.shas:
            raise Refusal(422, f"No commit found for SHA: {sha}")
        found = [run for run in self.checks.values() if run["head_sha"] == sha]
        return [self.shown_check(run) for run in reversed(found) if name in {None, run["name"]}]

    # Git data

    def push(self, branch: str, files: Mapping[str, str], *, sha: str = "") -> str:
        """Put a commit with these files on a branch, as if somebody had pushed it."""
        tree = {path: self._blob(text.encode()) for path, text in files.items()}
        tip = self.refs.get(f"heads/{branch}")
        return self._commit(self._tree(tree), [tip] if tip else [], sha=sha, branch=branch)

    def _commit(self, tree: str, parents: list[str], *, sha: str = "", branch: str = "") -> str:
        sha = sha or _digest({"tree": tree, "parents": parents, "n": len(self.commits)})
        self.commits[sha] = {
            "sha": sha,
            "tree": {"sha": tree},
            "parents": [{"sha": parent} for parent in parents],
        }
        self.shas.add(sha)
        if branch:
            self.refs[f"heads/{branch}"] = sha
        return sha

    def _blob(self, content: bytes) -> str:
        sha = hashlib.sha1(b"blob" + content, usedforsecurity=False).hexdigest()
        self.blobs[sha] = content
        return sha

    def _tree(self, entries: Mapping[str, str]) -> str:
        sha = _digest(dict(entries))
        self.trees[sha] = dict(entries)
        return sha

    def blob(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Create a blob."""
        _require(body, ("content",))
        _known(body, {"content", "encoding"})
        encoding = body.get("encoding", "utf-8")
        if encoding not in {"utf-8", "base64"}:
            raise invalid("encoding", "encoding is not utf-8 or base64")
        text = body["content"]
        plain = encoding == "utf-8"
        content = text.encode() if plain else base64.b64decode(text, validate=True)
        return {"sha": self._blob(content)}

    def tree(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Create a tree on top of another."""
        _require(body, ("tree",))
        _known(body, {"tree", "base_tree"})
        base = body.get("base_tree")
        if base is not None and base not in self.trees:
            raise Refusal(404, "Not Found")
        entries = dict(self.trees[base]) if base else {}
        for entry in body["tree"]:
            _known(entry, {"path", "mode", "type", "sha", "content"})
            if entry.get("mode") not in {"100644", "100755", "040000", "160000", "120000"}:
                raise invalid("tree.mode", "tree.mode is not a file mode")
            if entry["sha"] is None and entry["path"] not in entries:
                raise Refusal(422, "GitRPC::BadObjectState")
            if entry["sha"] is None:
                del entries[entry["path"]]
            elif entry["sha"] not in self.blobs:
                raise invalid("tree.sha", f"tree.sha {entry['sha']} is not a valid blob")
            else:
                entries[entry["path"]] = entry["sha"]
        return {"sha": self._tree(entries)}

    def new_commit(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Create a commit."""
        _require(body, ("message", "tree"))
        _known(body, {"message", "tree", "parents", "author", "committer", "signature"})
        if body["tree"] not in self.trees:
            raise invalid("tree", "Tree SHA does not exist")
        parents = list(body.get("parents", []))
        if any(parent not in self.commits for parent in parents):
            raise invalid("parents", "Parent SHA does not exist")
        return self.commits[self._commit(body["tree"], parents)]

    def commit(self, sha: str) -> dict[str, Any]:
        """Return a commit that is there, one of a fork's among them."""
        if sha in self.commits:
            return self.commits[sha]
        return self.objects.commit(sha)

    def ref(self, name: str) -> dict[str, Any]:
        """Return a ref that is there; ``name`` begins with `heads/`."""
        if name not in self.refs:
            raise Refusal(404, "Not Found")
        return {"ref": f"refs/{name}", "object": {"type": "commit", "sha": self.refs[name]}}

    def new_ref(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Create a ref."""
        _require(body, ("ref", "sha"))
        _known(body, {"ref", "sha"})
        ref, sha = body["ref"], body["sha"]
        if not ref.startswith("refs/") or ref.count("/") < 2:
            raise Refusal(422, "Reference name must start with 'refs/' and have two slashes")
        if ref.removeprefix("refs/") in self.refs:
            raise Refusal(422, "Reference already exists")
        if sha not in self.commits:
            raise Refusal(422, "Object does not exist")
        self.refs[ref.removeprefix("refs/")] = sha
        return self.ref(ref.removeprefix("refs/"))

    def move_ref(self, name: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Point a ref at another commit."""
        _require(body, ("sha",))
        _known(body, {"sha", "force"})
        if name not in self.refs or body["sha"] not in self.commits:
            raise Refusal(422, "Reference does not exist")
        if not body.get("force") and self.refs[name] not in self.ancestors(body["sha"]):
            raise Refusal(422, "Update is not a fast forward")
        self.refs[name] = body["sha"]
        return self.ref(name)

    def ancestors(self, sha: str) -> set[str]:
        """Return a commit and all before it."""
        found: set[str] = set()
        waiting = [sha]
        while waiting:
            here = waiting.pop()
            if here not in found:
                found.add(here)
                waiting += [parent["sha"] for parent in self.commits[here]["parents"]]
        return found

    def workflow_run(self, id_: int) -> dict[str, Any]:
        """Return a workflow run that is there."""
        for run in self.runs:
            if run["id"] == id_:
                return run
        raise Refusal(404, "Not Found")

    def compare(self, base: str, head: str) -> dict[str, Any]:
        """Return how a commit stands to another."""
        if head not in self.commits:
            return {"merge_base_commit": {"sha": self.objects.merge_base(base, head)}}
        self.commit(base)
        self.commit(head)
        if base == head:
            return {"status": "identical"}
        if base in self.ancestors(head):
            return {"status": "ahead"}
        return {"status": "behind" if head in self.ancestors(base) else "diverged"}

    def files(self, ref: str) -> dict[str, str]:
        """Return the files of a branch."""
        tree = self.trees[self.commits[self.refs[f"heads/{ref}"]]["tree"]["sha"]]
        return {path: self.blobs[sha].decode() for path, sha in tree.items()}

    # Artifacts

    def upload(self, run_id: int, archive: bytes, *, name: str = "evalci-check-0-__self") -> int:
        """Keep an artifact of a workflow run and return its id."""
        id_ = self.next_id()
        entry = {"id": id_, "name": name, "size_in_bytes": len(archive), "expired": False}
        self.artifacts.setdefault(run_id, []).append(entry)
        self.archives[id_] = archive
        return id_

    # Pull requests

    def pull(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Open a pull request."""
        if not self.pulls_permitted:
            message = "GitHub Actions is not permitted to create or approve pull requests."
            raise Refusal(403, message)
        _require(body, ("title", "head", "base"))
        _known(body, {"title", "head", "base", "body", "draft", "maintainer_can_modify", "issue"})
        if f"heads/{body['head']}" not in self.refs or f"heads/{body['base']}" not in self.refs:
            raise invalid("head", "head or base is no branch")
        if self.pulls_like("open", body["head"], body["base"]):
            owner = self.name.partition("/")[0]
            raise invalid("head", f"A pull request already exists for {owner}:{body['head']}.")
        number = self.next_id()
        self.pulls[number] = {
            "number": number,
            "state": "open",
            "html_url": f"https://github.test/{self.name}/pull/{number}",
            **body,
        }
        return self.pulls[number]

    def proposals_of(self, head: str, state: str) -> list[dict[str, Any]]:
        """Return what forks propose from a head such as `mallory:branch`; deleted ones are gone."""
        return [
            pull
            for pull in self.proposals
            if state in {"all", pull["state"]} and pull["head"]["label"] == head
        ]

    def wrote(self, number: int, author: str | None, committer: str | None = None) -> None:
        """Add a commit to a pull request; GitHub knows no account for a person that is None."""
        people = {"author": author, "committer": committer}
        known = {role: login and {"login": login} for role, login in people.items()}
        self.pull_commits.setdefault(number, []).append({"sha": f"{self.next_id():040x}", **known})

    def pushed(self, login: str, after: str, *, branch: str) -> None:
        """Note whose push a branch ends in since then, as GitHub does by itself."""
        push = {"ref": f"refs/heads/{branch}", "after": after, "activity_type": "push"}
        self.activities = [*(self.activities or ()), {**push, "actor": {"login": login}}]

    def review(self, number: int, login: str, state: str, commit: str) -> None:
        """Add somebody's review of a commit, such as `APPROVED`."""
        user = Account(login=login, bot=login.endswith("[bot]")).user
        review = {"id": self.next_id(), "user": user, "state": state, "commit_id": commit}
        self.reviews.append({"pull": number, **review})

    def permission(self, login: str) -> dict[str, Any]:
        """Return what somebody may do, in the four words of old and by the name of the role."""
        if login not in self.roles:
            raise Refusal(404, "Not Found")
        role = self.roles[login]
        return {"permission": _OLD_WORDS.get(role, role), "role_name": role}

    def edit_pull(self, number: int, body: Mapping[str, Any]) -> dict[str, Any]:
        """Change the words or the state of a pull request."""
        if number not in self.pulls:
            raise Refusal(404, "Not Found")
        _known(body, {"title", "body", "state", "base", "maintainer_can_modify"})
        self.pulls[number].update(body)
        return self.pulls[number]

    def pulls_like(
        self, state: str | None, head: str | None, base: str | None
    ) -> list[dict[str, Any]]:
        """Return the pull requests of a state, a branch and a base, where these are given."""
        return [
            pull
            for pull in self.pulls.values()
            if state in {None, "all", pull["state"]}
            and (head is None or head == pull["head"])
            and (base is None or base == pull["base"])
        ]


_OLD_WORDS = {"maintain": "write", "triage": "read"}
_CHECK_FIELDS = {
    *("name", "details_url", "external_id", "status", "started_at", "conclusion"),
    *("completed_at", "output", "actions"),
}


def _moment(second: int) -> str:
    """Return a moment as GitHub writes it; ids are given out once a second."""
    return (datetime(2026, 3, 2, tzinfo=UTC) + timedelta(seconds=second)).isoformat()


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True).encode()
    return hashlib.sha1(text, usedforsecurity=False).hexdigest()


def _require(body: Mapping[str, Any], names: Iterable[str]) -> None:
    for name in names:
        if name not in body:
            raise invalid(name, f"`{name}` wasn't supplied")


def _known(body: Mapping[str, Any], names: set[str]) -> None:
    """Refuse fields that the documentation does not have: GitHub itself ignores some of them."""
    for name in body:
        if name not in names:
            raise invalid(name, f"`{name}` is not a permitted key")


def _comment_body(body: Any) -> str:
    if not isinstance(body, str) or not body.strip():
        raise invalid("body", "Body can't be blank")
    if len(body) > MAX_BODY:
        raise invalid("body", f"Body is too long (maximum is {MAX_BODY} characters)")
    return body


def _check_fields(body: Mapping[str, Any]) -> None:
    status, conclusion = body.get("status"), body.get("conclusion")
    if status not in {None, "queued", "in_progress", "completed"}:
        raise invalid("status", f"{status} is not a status")
    if conclusion is not None and conclusion not in CONCLUSIONS:
        raise invalid("conclusion", f"{conclusion} is not a conclusion")
    if status == "completed" and conclusion is None:
        raise invalid("conclusion", "conclusion is required when status is completed")
    url = body.get("details_url")
    if url is not None and not re.match(r"https?://", url):
        raise invalid("details_url", "details_url must use http or https")
    if "output" in body:
        _check_output(body["output"])


def _check_output(output: Mapping[str, Any]) -> None:
    _require(output, ("title", "summary"))
    _known(output, {"title", "summary", "text", "annotations", "images"})
    if not output["title"]:
        raise invalid("output.title", "title can't be blank")
    for name in ("summary", "text"):
        if len(output.get(name, "")) > MAX_BODY - 1:
            raise invalid(f"output.{name}", f"{name} is too long")
    annotations = output.get("annotations", [])
    if len(annotations) > MAX_ANNOTATIONS:
        raise invalid("output.annotations", "no more than 50 items are allowed")
    for annotation in annotations:
        _check_annotation(annotation)


def _check_annotation(annotation: Mapping[str, Any]) -> None:
    names = ("path", "start_line", "end_line", "annotation_level", "message")
    _require(annotation, names)
    _known(annotation, {*names, "start_column", "end_column", "title", "raw_details"})
    if annotation["annotation_level"] not in LEVELS:
        raise invalid("annotation_level", "annotation_level is unknown")
    if not 1 <= annotation["start_line"] <= annotation["end_line"]:
        raise invalid("end_line", "end_line is before start_line")
    if annotation["path"].startswith(("/", "./")):
        raise invalid("path", "path is not relative to the repository")
    if len(annotation["message"].encode()) > 64 * 1024 or not annotation["message"]:
        raise invalid("message", "message is empty or over 64 KB")
    if len(annotation.get("title", "")) > 255:
        raise invalid("title", "title is over 255 characters")
