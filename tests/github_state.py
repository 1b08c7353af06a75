"""What a GitHub server keeps: comments, check runs, issues, artifacts, pull requests."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.github_git import GitData
from tests.github_rules import Refusal, check_fields, comment_body, invalid, known, require, title

SHA = re.compile(r"[0-9a-f]{40}")
ALL_RIGHTS = frozenset({"comments", "checks", "contents", "pulls", "actions", "issues", "labels"})
NO_INTEGRATION = "Resource not accessible by integration"


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
class Repository(GitData):
    """One repository: comments, check runs, git objects, refs, pull requests."""

    name: str = "octo/shop"
    numbers: set[int] = field(default_factory=lambda: {7})
    comments: dict[int, dict[str, Any]] = field(default_factory=dict)
    checks: dict[int, dict[str, Any]] = field(default_factory=dict)
    pulls: dict[int, dict[str, Any]] = field(default_factory=dict)
    pull_commits: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    activities: list[dict[str, Any]] | None = field(default_factory=list)
    proposals: list[dict[str, Any]] = field(default_factory=list)
    runs: list[dict[str, Any]] = field(default_factory=list)
    artifacts: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    archives: dict[int, bytes] = field(default_factory=dict)
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
            "body": comment_body(body),
            "user": account.user,
            "html_url": f"https://github.test/{self.name}/pull/{number}#issuecomment-{id_}",
            "created_at": _moment(id_),
            "updated_at": _moment(id_),
        }
        return self.comments[id_]

    def edit_comment(self, id_: int, body: Any) -> dict[str, Any]:
        """Replace the body of a comment."""
        self.existing_comment(id_)["body"] = comment_body(body)
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
        require(body, ("title",))
        known(body, {"title", "body", "labels", "assignees", "milestone", "type"})
        number = self.next_id()
        labels = body.get("labels", []) if "labels" in account.rights else []
        self.issues[number] = {
            "number": number,
            "state": "open",
            "user": account.user,
            "title": title(body["title"]),
            "body": comment_body(body.get("body", " ")),
            "labels": [{"name": name} for name in labels],
            "html_url": f"https://github.test/{self.name}/issues/{number}",
        }
        return self.issues[number]

    def edit_issue(self, number: int, body: Mapping[str, Any]) -> dict[str, Any]:
        """Change an issue, which may close it."""
        if number not in self.issues:
            raise Refusal(404, "Not Found")
        known(body, {"title", "body", "state", "state_reason", "labels"})
        if body.get("state") not in {None, "open", "closed"}:
            raise invalid("state", "state is not open or closed")
        if body.get("state_reason") not in {None, "completed", "not_planned", "reopened"}:
            raise invalid("state_reason", "state_reason is unknown")
        if "title" in body:
            title(body["title"])
        if "body" in body:
            comment_body(body["body"])
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
        require(body, ("name", "head_sha"))
        known(body, _CHECK_FIELDS | {"head_sha"})
        if not isinstance(body["head_sha"], str) or not SHA.fullmatch(body["head_sha"]):
            raise invalid("head_sha", "head_sha is not a commit SHA")
        if body["head_sha"] not in self.shas:
            raise Refusal(422, f"No commit found for SHA: {body['head_sha']}")
        check_fields(body)
        id_ = self.next_id()
        run = {"id": id_, "status": "queued", "conclusion": None, "annotations": [], **body}
        self.checks[id_] = run
        self._add_output(run, body)
        return self.shown_check(run)

    def edit_check(self, id_: int, body: Mapping[str, Any]) -> dict[str, Any]:
        """Update a check run; its annotations are added to those before."""
        if id_ not in self.checks:
            raise Refusal(404, "Not Found")
        known(body, _CHECK_FIELDS)
        check_fields(body)
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

    # Workflow runs

    def workflow_run(self, id_: int) -> dict[str, Any]:
        """Return a workflow run that is there."""
        for run in self.runs:
            if run["id"] == id_:
                return run
        raise Refusal(404, "Not Found")

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
        require(body, ("title", "head", "base"))
        known(body, {"title", "head", "base", "body", "draft", "maintainer_can_modify", "issue"})
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
        known(body, {"title", "body", "state", "base", "maintainer_can_modify"})
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
