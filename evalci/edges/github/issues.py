"""The one issue for each thing to look at: made, brought up to date, closed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from evalci.core.json_value import Json, JsonObject, value_at
from evalci.core.ports import GitHubApi, Patience
from evalci.errors import ApiFault, GitHubError


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueText:
    """What an issue says; a line of its body is the marker that it is found by.

    A last word holds no marker, so that nobody finds the issue again.
    """

    marker: str
    title: str
    body: str


class Issues:
    """The issues of an account about things that are not over; every step bears being done twice.

    An issue is ours by its author, since anybody can copy a marker. The label is for people:
    nothing is found by it that has lost it, or that never got it from a token without that right.
    """

    def __init__(
        self,
        api: GitHubApi,
        patience: Patience,
        *,
        repository: str,
        label: str,
        login: str,
        mine: Callable[[str, bool], bool],
    ) -> None:
        """``login`` is the account that the token speaks for; ``mine`` knows it by name and kind.

        GitHub spells the name of an app in two ways.
        """
        self._api = api
        self._patience = patience
        self._path = f"/repos/{repository}/issues"
        self._label = label
        self._login = login
        self._mine = mine

    def show(self, text: IssueText, *, news: bool = False) -> str:
        """Return the address of the issue that says it, a new one where there is none.

        One that somebody closed is opened again; closed as not planned, only when there is
        ``news``.
        """
        address, made = self._patience.insist(lambda: self._show(text, news=news))
        if made:
            self._patience.pause(1)  # somebody else may make one at the same time
            address = self._patience.insist(lambda: self._first(text.marker)) or address
        return address

    def close(self, text: IssueText) -> str:
        """Have the issue say a last word under its old title, and close it.

        Returns its address, empty where there is none.
        """
        return self._patience.insist(lambda: self._close(text))

    def _show(self, text: IssueText, *, news: bool) -> tuple[str, bool]:
        found = self._about(text.marker)
        if not found:
            words: JsonObject = {"title": text.title, "body": text.body, "labels": [self._label]}
            return _address(self._api.send("POST", self._path, words)), True
        self._fold(found)
        state = {"state": "open"} if news or not _dismissed(found[0]) else {}
        self._write(found[0], {"title": text.title, "body": text.body, **state})
        return _address(found[0]), False

    def _first(self, marker: str) -> str:
        """Return the address of the oldest issue about something, the only one from now on."""
        found = self._about(marker)
        self._fold(found)
        return _address(found[0]) if found else ""

    def _fold(self, found: list[JsonObject]) -> None:
        """Close all issues but the oldest."""
        for double in found[1:]:
            body = f"The same as #{_number(found[0])}, made by another run at the same time."
            self._write(double, {"body": body, "state": "closed", "state_reason": "not_planned"})

    def _close(self, text: IssueText) -> str:
        found = self._about(text.marker)
        self._fold(found)
        for issue in found[:1]:
            words = {"body": text.body, "state": "closed", "state_reason": "completed"}
            self._write(issue, words)
        return _address(found[0]) if found else ""

    def _about(self, marker: str) -> list[JsonObject]:
        """Return our issues with a marker, open or not, the oldest first."""
        pages = ({"creator": self._login}, {"labels": self._label})
        listed = {
            _number(issue): issue
            for page in pages
            for issue in self._api.items(self._path, state="all", **page)
            if "pull_request" not in issue and marker in _lines(issue) and self._ours(issue)
        }
        return [listed[number] for number in sorted(listed)]

    def _ours(self, issue: JsonObject) -> bool:
        author = str(value_at(issue, "user", "login") or "")
        return self._mine(author, value_at(issue, "user", "type") == "Bot")

    def _write(self, issue: JsonObject, words: Mapping[str, str]) -> None:
        if any(_plain(issue.get(key)) != value for key, value in words.items()):
            self._api.send("PATCH", f"{self._path}/{_number(issue)}", dict(words))


def _dismissed(issue: JsonObject) -> bool:
    return issue.get("state") == "closed" and issue.get("state_reason") == "not_planned"


def _lines(issue: JsonObject) -> list[str]:
    return str(value_at(issue, "body") or "").splitlines()


def _plain(value: Json) -> Json:
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def _number(issue: JsonObject) -> int:
    number = issue.get("number")
    if not isinstance(number, int):
        raise GitHubError("GitHub's answer holds no issue", fault=ApiFault.SERVER)
    return number


def _address(issue: Json) -> str:
    return str(value_at(issue, "html_url") or "")
