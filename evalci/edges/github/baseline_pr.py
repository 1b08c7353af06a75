"""The one pull request that brings re-measured baselines to the default branch."""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from evalci.core.json_value import Json, JsonObject, value_at
from evalci.core.ports import GitHubApi, Patience
from evalci.errors import ApiFault, GitHubError

BRANCH = "evalci/baseline"
_NOT_PERMITTED = "not permitted to create or approve pull requests"


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineChange:
    """What to propose on top of ``sha``: the new text of each file by path, None = deleted."""

    sha: str
    base: str
    files: Mapping[str, str | None]
    title: str
    body: str


def baseline_branch(folder: str, branch: str = BRANCH) -> str:
    """Return the branch for the baselines of a project in a folder, empty at the top.

    Git keeps no branch below another one's name, and not every name of a folder is one of a branch.
    """
    if not folder:
        return branch
    plain = re.sub(r"[^A-Za-z0-9]+", "-", folder).strip("-")[-40:]
    return f"{branch}-{plain}-{hashlib.sha256(folder.encode()).hexdigest()[:8]}"


class BaselinePullRequest:
    """Keeps one branch with one commit, and one open pull request for it."""

    def __init__(
        self, api: GitHubApi, patience: Patience, *, repository: str, branch: str = BRANCH
    ) -> None:
        """``repository`` is `owner/name`."""
        self._api = api
        self._patience = patience
        self._repository = repository
        self._branch = branch
        self._git = f"/repos/{repository}/git"

    def propose(self, change: BaselineChange) -> str | None:
        """Return the address of the pull request, None when a newer commit has proposed its own.

        Every step bears being done twice: objects are named by their content, a ref or a pull
        request that is there is updated.
        """
        return self._patience.insist(lambda: self._propose(change))

    def _propose(self, change: BaselineChange) -> str | None:
        tip = self._tip()
        if tip is not None and self._newer(tip, change.sha):
            return None
        tree = self._tree(change)
        if tip is None or not self._same(tip, tree, change.sha):
            self._move(self._commit(change, tree), tip)
        return self._open(change)

    def _tip(self) -> str | None:
        """Return the commit that the branch points to."""
        found = self._unless_missing(f"{self._git}/ref/heads/{self._branch}")
        return None if found is None else _text(found, "object", "sha")

    def _newer(self, tip: str, sha: str) -> bool:
        """Tell whether the branch was made from a commit that came after ours."""
        parent = self._parents(self._api.get(f"{self._git}/commits/{tip}"))[:1]
        if not parent or parent == [sha]:
            return False
        path = f"/repos/{self._repository}/compare/{parent[0]}...{sha}"
        return value_at(self._unless_missing(path), "status") == "behind"

    def _tree(self, change: BaselineChange) -> str:
        base = _text(self._api.get(f"{self._git}/commits/{change.sha}"), "tree", "sha")
        entries = [self._entry(path, text) for path, text in sorted(change.files.items())]
        body: JsonObject = {"base_tree": base, "tree": entries}
        return _text(self._api.send("POST", f"{self._git}/trees", body), "sha")

    def _entry(self, path: str, text: str | None) -> JsonObject:
        entry: dict[str, str | None] = {"path": path, "mode": "100644", "type": "blob"}
        if text is None:
            return {**entry, "sha": None}
        content = base64.b64encode(text.encode()).decode()
        body = {"content": content, "encoding": "base64"}
        return {**entry, "sha": _text(self._api.send("POST", f"{self._git}/blobs", body), "sha")}

    def _same(self, tip: str, tree: str, sha: str) -> bool:
        commit = self._api.get(f"{self._git}/commits/{tip}")
        return _text(commit, "tree", "sha") == tree and self._parents(commit) == [sha]

    def _commit(self, change: BaselineChange, tree: str) -> str:
        body = {"message": change.title, "tree": tree, "parents": [change.sha]}
        return _text(self._api.send("POST", f"{self._git}/commits", body), "sha")

    def _move(self, commit: str, tip: str | None) -> None:
        """Point the branch at a commit; whoever was faster to create it is overtaken."""
        if tip is None:
            body: JsonObject = {"ref": f"refs/heads/{self._branch}", "sha": commit}
            try:
                self._api.send("POST", f"{self._git}/refs", body)
            except GitHubError as exc:
                if exc.fault is not ApiFault.REJECTED:
                    raise
            else:
                return
        self._api.send(
            "PATCH", f"{self._git}/refs/heads/{self._branch}", {"sha": commit, "force": True}
        )

    def _open(self, change: BaselineChange) -> str:
        """Open the pull request, or bring the words of the open one up to date."""
        pulls = f"/repos/{self._repository}/pulls"
        found = self._found(change) or self._create(pulls, change)
        words = {"title": change.title, "body": change.body}
        if any(value_at(found, key) != value for key, value in words.items()):
            self._api.send("PATCH", f"{pulls}/{value_at(found, 'number')}", words)
        return _text(found, "html_url")

    def _found(self, change: BaselineChange) -> JsonObject | None:
        owner = self._repository.partition("/")[0]
        return next(
            self._api.items(
                f"/repos/{self._repository}/pulls",
                state="open",
                head=f"{owner}:{self._branch}",
                base=change.base,
            ),
            None,
        )

    def _create(self, pulls: str, change: BaselineChange) -> Json:
        body = {
            "title": change.title,
            "body": change.body,
            "head": self._branch,
            "base": change.base,
        }
        try:
            return self._api.send("POST", pulls, body)
        except GitHubError as exc:
            overtaken = self._found(change) if exc.fault is ApiFault.REJECTED else None
            if overtaken is not None:
                return overtaken
            if _NOT_PERMITTED not in exc.message:
                raise
            raise GitHubError(
                "GitHub Actions is not permitted to create pull requests",
                fault=exc.fault,
                hint="allow it under Settings, Actions, General, or pass the token of an app",
            ) from None

    def _unless_missing(self, path: str) -> Json:
        try:
            return self._api.get(path)
        except GitHubError as exc:
            if exc.fault is not ApiFault.MISSING:
                raise
            return None

    @staticmethod
    def _parents(commit: Json) -> list[str]:
        parents = value_at(commit, "parents")
        return [_text(parent, "sha") for parent in parents] if isinstance(parents, list) else []


def _text(data: Json, *path: str) -> str:
    value = value_at(data, *path)
    if not isinstance(value, str):
        message = f"GitHub's answer has no `{'.'.join(path)}`"
        raise GitHubError(message, fault=ApiFault.SERVER)
    return value
