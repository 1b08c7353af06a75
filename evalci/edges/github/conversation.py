"""A pull request as a conversation: its state and a comment of it, now; its check run again."""

from dataclasses import dataclass

from evalci.core.json_value import Json, value_at
from evalci.core.ports import GitHubApi, Patience
from evalci.errors import ApiFault, GitHubError


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """A pull request as it stands now; ``base`` is a branch."""

    number: int
    head: str
    base: str
    open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentNow:
    """A comment as it stands now; the times are GitHub's (ISO 8601, UTC)."""

    body: str
    author: str
    created_at: str
    updated_at: str


class Conversation:
    """What GitHub says of one pull request or issue."""

    def __init__(self, api: GitHubApi, patience: Patience, *, repository: str, number: int) -> None:
        """``repository`` is `owner/name`."""
        self._api = api
        self._patience = patience
        self._path = f"/repos/{repository}"
        self._number = number

    def pull_request(self) -> PullRequest:
        """Return the pull request; a merged one is not open."""
        data = self._get(f"{self._path}/pulls/{self._number}")
        return PullRequest(
            number=self._number,
            head=_text(data, "head", "sha"),
            base=_text(data, "base", "ref"),
            open=value_at(data, "state") == "open" and not value_at(data, "merged"),
        )

    def comment(self, id_: int) -> CommentNow | None:
        """Return a comment, None when it was deleted."""
        try:
            data = self._get(f"{self._path}/issues/comments/{id_}")
        except GitHubError as exc:
            if exc.fault is not ApiFault.MISSING:
                raise
            return None
        return CommentNow(
            body=_text(data, "body"),
            author=str(value_at(data, "user", "login") or ""),
            created_at=_text(data, "created_at"),
            updated_at=_text(data, "updated_at"),
        )

    def rerun(self, run_id: int) -> None:
        """Start a workflow run again, with the rights and secrets it had."""
        path = f"{self._path}/actions/runs/{run_id}/rerun"
        self._patience.insist(lambda: self._api.send("POST", path))

    def _get(self, path: str) -> Json:
        return self._patience.insist(lambda: self._api.get(path))


def _text(data: Json, *path: str) -> str:
    value = value_at(data, *path)
    if not isinstance(value, str):
        message = f"GitHub's answer has no `{'.'.join(path)}`"
        raise GitHubError(message, fault=ApiFault.SERVER)
    return value
