"""The one open issue for each thing to look at: made, brought up to date, closed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from evalci.core.json_value import Json, JsonObject, value_at
from evalci.core.ports import GitHubApi, Patience
from evalci.errors import ApiFault, GitHubError


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueText:
    """What an issue says; its body begins with the marker that it is found by."""

    marker: str
    title: str
    body: str


class Issues:
    """The open issues of ours with a label; every step bears being done twice."""

    def __init__(
        self,
        api: GitHubApi,
        patience: Patience,
        *,
        repository: str,
        label: str,
        mine: Callable[[str, bool], bool],
    ) -> None:
        """``mine`` tells by author and bot flag whether it is ours: a marker can be copied."""
        self._api = api
        self._patience = patience
        self._path = f"/repos/{repository}/issues"
        self._label = label
        self._mine = mine

    def show(self, text: IssueText) -> str:
        """Return the address of the issue that says it, a new one where none is open."""
        return self._patience.insist(lambda: self._show(text))

    def close(self, text: IssueText) -> str:
        """Have the open issue say it under its old title, and close.

        Returns its address, empty where none is open.
        """
        return self._patience.insist(lambda: self._close(text))

    def _show(self, text: IssueText) -> str:
        found = self._open(text.marker)
        if not found:
            words: JsonObject = {"title": text.title, "body": text.body, "labels": [self._label]}
            return _address(self._api.send("POST", self._path, words))
        kept, *doubles = found
        self._write(kept, {"title": text.title, "body": text.body})
        for double in doubles:
            self._write(double, {"state": "closed", "state_reason": "not_planned"})
        return _address(kept)

    def _close(self, text: IssueText) -> str:
        found = self._open(text.marker)
        for issue in found:
            words = {"body": text.body, "state": "closed", "state_reason": "completed"}
            self._write(issue, words)
        return _address(found[0]) if found else ""

    def _open(self, marker: str) -> list[JsonObject]:
        """Return our open issues with a marker, the oldest first; pull requests are none."""
        listed = self._api.items(self._path, state="open", labels=self._label)
        return sorted(
            (
                issue
                for issue in listed
                if "pull_request" not in issue
                and str(value_at(issue, "body") or "").startswith(marker)
                and self._mine(
                    str(value_at(issue, "user", "login") or ""),
                    value_at(issue, "user", "type") == "Bot",
                )
            ),
            key=_number,
        )

    def _write(self, issue: JsonObject, words: Mapping[str, str]) -> None:
        if any(_plain(issue.get(key)) != value for key, value in words.items()):
            self._api.send("PATCH", f"{self._path}/{_number(issue)}", dict(words))


def _plain(value: Json) -> Json:
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def _number(issue: JsonObject) -> int:
    number = issue.get("number")
    if not isinstance(number, int):
        raise GitHubError("GitHub's answer holds no issue", fault=ApiFault.SERVER)
    return number


def _address(issue: Json) -> str:
    return str(value_at(issue, "html_url") or "")
