"""Open pull requests by their head, and whether a commit is one of the repository itself."""

from evalci.core.json_value import Json, value_at
from evalci.core.ports import GitHubApi, Patience
from evalci.core.proposal import same_repository


class Proposals:
    """What is proposed to one repository at this moment."""

    def __init__(self, api: GitHubApi, patience: Patience, *, repository: str) -> None:
        """``repository`` is `owner/name`."""
        self._api = api
        self._patience = patience
        self._path = f"/repos/{repository}"

    def with_head(self, *, repository: str, branch: str, head: str) -> tuple[int, ...]:
        """Return the numbers of the open pull requests whose head is exactly this one.

        Names alone prove nothing: the commit must be the newest of the branch right now.
        """
        if not (repository and branch):
            return ()
        owner = repository.partition("/")[0]
        path = f"{self._path}/pulls"
        found = self._patience.insist(
            lambda: list(self._api.items(path, state="open", head=f"{owner}:{branch}"))
        )
        return tuple(
            _number(pull)
            for pull in found
            if value_at(pull, "head", "sha") == head
            and value_at(pull, "head", "ref") == branch
            and value_at(pull, "state") == "open"
            and same_repository(_text(value_at(pull, "head", "repo", "full_name")), repository)
        )

    def is_own(self, commit: str) -> bool:
        """Tell whether a branch of the repository itself ends in a commit, a merge queue's too.

        A check run belongs to a commit, so what is said of a fork's would count for that branch.
        """
        path = f"{self._path}/commits/{commit}/branches-where-head"
        return bool(self._patience.insist(lambda: list(self._api.items(path))))


def _number(pull: Json) -> int:
    number = value_at(pull, "number")
    return number if isinstance(number, int) else 0


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""
