"""The one comment of a pull request that every publisher writes to, none undoing another."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from evalci.core.json_value import Json, value_at
from evalci.core.ports import GitHubApi, Patience
from evalci.errors import ApiFault, GitHubError, NotPublishedError

MAX_ROUNDS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment as GitHub has it; one without the times of its writing counts as ``edited``."""

    id: int
    author: str
    bot: bool
    body: str
    url: str
    edited: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a publisher wants a pull request to say.

    ``merge`` returns the body that says what the given ones say, and what we have to say;
    ``holds`` tells whether a body does; ``create`` is False when we need no new comment for it.
    """

    marker: str
    merge: Callable[[Sequence[str]], str]
    holds: Callable[[str, Sequence[str]], bool]
    create: bool = True


class Comments:
    """The comments of one pull request; each method is one request, a list one a page."""

    def __init__(self, api: GitHubApi, *, repository: str, number: int) -> None:
        """``repository`` is `owner/name`."""
        self._api = api
        self._issues = f"/repos/{repository}/issues"
        self._number = number

    def all(self) -> list[Comment]:
        """Return every comment, the oldest first."""
        found = self._api.items(f"{self._issues}/{self._number}/comments")
        return sorted((_comment(entry) for entry in found), key=lambda comment: comment.id)

    def create(self, body: str) -> Comment:
        """Add a comment; sending it twice makes two."""
        path = f"{self._issues}/{self._number}/comments"
        return _comment(self._api.send("POST", path, {"body": body}))

    def update(self, comment: Comment, body: str) -> None:
        """Replace the body of a comment."""
        self._api.send("PATCH", f"{self._issues}/comments/{comment.id}", {"body": body})

    def delete(self, comment: Comment) -> None:
        """Remove a comment."""
        self._api.send("DELETE", f"{self._issues}/comments/{comment.id}")


class StickyComment:
    """Brings a pull request to exactly one comment of ours that holds what everybody said.

    GitHub has no conditional write, so publishers may overwrite each other. Therefore nobody trusts
    a write: after a pause, longer than anyone takes from reading to writing, it reads again and,
    where words that it ever read or wrote are gone, merges and writes once more. So whoever wrote
    words last sees the write that lost them. A write that failed is not sent again either; the next
    round reads first and so sees whether it arrived after all.
    """

    def __init__(
        self, comments: Comments, patience: Patience, *, mine: Callable[[Comment], bool]
    ) -> None:
        """``mine`` tells whether a comment was written by the account that we speak for."""
        self._comments = comments
        self._patience = patience
        self._mine = mine
        self._created: set[str] = set()
        self._seen: dict[str, None] = {}
        self._wrote = False

    def publish(self, wanted: Wanted) -> Comment | None:
        """Return the comment, None where there is none and none is needed."""
        for round_ in range(1, MAX_ROUNDS + 1):
            self._wrote = False
            ours = self._patience.insist(lambda: self._round(wanted, first=round_ == 1))  # noqa: B023  # called at once
            if not self._wrote:
                return ours
            self._patience.pause(round_)
        raise NotPublishedError("the comment of evalci was rewritten by others again and again")

    def _round(self, wanted: Wanted, *, first: bool) -> Comment | None:
        """Read, and write what is missing; `_wrote` stays True when an answer was lost."""
        ours = self._patience.insist(lambda: self._ours(wanted.marker))
        if not ours and not wanted.create:
            return None
        self._seen |= dict.fromkeys(comment.body for comment in ours)
        body = wanted.merge(list(self._seen))
        if not ours:
            self._wrote = True
            self._created.add(self._comments.create(body).author)
            return None
        kept, *doubles = ours
        said = kept.body == body or (
            not first and not doubles and wanted.holds(kept.body, list(self._seen))
        )
        if doubles or not said:
            self._wrote = True
            self._replace(kept, body, doubles)
        return kept

    def _replace(self, kept: Comment, body: str, doubles: Sequence[Comment]) -> None:
        """Write one comment and remove the others, which go once their words have arrived."""
        if kept.body == body or _still_there(lambda: self._comments.update(kept, body)):
            for double in doubles:
                _still_there(lambda: self._comments.delete(double))  # noqa: B023  # called at once

    def _ours(self, marker: str) -> list[Comment]:
        """Return our comments: the marker alone proves nothing, anybody can write it."""
        return [
            comment
            for comment in self._comments.all()
            if comment.body.startswith(marker)
            and (self._mine(comment) or comment.author in self._created)
        ]


def _still_there(write: Callable[[], None]) -> bool:
    """Do a write; False when somebody deleted the comment meanwhile, for the next round to see."""
    try:
        write()
    except GitHubError as exc:
        if exc.fault is not ApiFault.MISSING:
            raise
        return False
    return True


def _comment(data: Json) -> Comment:
    number, created = value_at(data, "id"), value_at(data, "created_at")
    if not isinstance(number, int):
        raise GitHubError("GitHub's answer holds no comment", fault=ApiFault.SERVER)
    return Comment(
        id=number,
        author=str(value_at(data, "user", "login") or ""),
        bot=value_at(data, "user", "type") == "Bot",
        body=str(value_at(data, "body") or "").replace("\r\n", "\n"),
        url=str(value_at(data, "html_url") or ""),
        edited=created is None or created != value_at(data, "updated_at"),
    )
