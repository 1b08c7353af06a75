"""Who proposed a pull request, who approved which commit of it, and what people may do here."""

import re
from collections.abc import Collection

from evalci.core.json_value import Json, value_at
from evalci.core.override_approval import Approval
from evalci.core.override_terms import Role
from evalci.core.ports import GitHubApi, Patience
from evalci.core.proposal import same_repository
from evalci.errors import ApiFault, BadInputError, GitHubError

# A login stands in the path of a request: nothing but a login may.
_LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})")
# GitHub lists no more commits of a pull request than these.
MAX_COMMITS = 250
_VERDICTS = {"APPROVED", "CHANGES_REQUESTED", "DISMISSED"}


class Reviews:
    """What GitHub says of one pull request's people; each method asks, again after a fault."""

    def __init__(self, api: GitHubApi, patience: Patience, *, repository: str, number: int) -> None:
        """``repository`` is `owner/name`."""
        self._api = api
        self._patience = patience
        self._name = repository
        self._repository = f"/repos/{repository}"
        self._pull = f"{self._repository}/pulls/{number}"

    def authors(self) -> frozenset[str]:
        """Return who opened the pull request, who pushed to it, and whom its commits name.

        BadInputError where GitHub does not list all of its commits. A commit names as author and
        committer whom its writer wants, and nobody where GitHub knows no account for the address;
        whose push brought it is what GitHub itself saw.
        """
        path = f"{self._pull}/commits"
        commits = self._patience.insist(lambda: list(self._api.items(path)))
        if len(commits) >= MAX_COMMITS:
            raise BadInputError(f"the change has {MAX_COMMITS} commits or more: whose is not known")
        found = [value_at(c, role, "login") for c in commits for role in ("author", "committer")]
        pushed = self._pushers({value_at(commit, "sha") for commit in commits})
        opened = self._said("user", "login")
        return frozenset((opened, *(who for who in (*found, *pushed) if isinstance(who, str))))

    def _pushers(self, commits: Collection[Json]) -> list[Json]:
        """Return who pushed to the branch of the pull request, nobody for a fork's.

        Only what brought one of its ``commits``: a branch may be older than what it proposes.
        """
        head = value_at(self._data(), "head")
        home, branch = value_at(head, "repo", "full_name"), value_at(head, "ref")
        if not (isinstance(home, str) and same_repository(home, self._name)):
            return []
        ref = {"ref": f"refs/heads/{branch}"}
        path = f"{self._repository}/activity"
        try:
            found = self._patience.insist(lambda: list(self._api.items(path, **ref)))
        except GitHubError as exc:
            if exc.fault not in {ApiFault.MISSING, ApiFault.REJECTED}:
                raise
            return []  # a server that is too old to tell
        pushes = [each for each in found if value_at(each, "after") in commits]
        return [value_at(push, "actor", "login") for push in pushes]

    def head(self) -> str:
        """Return the newest commit of the pull request."""
        return self._said("head", "sha")

    def _said(self, *path: str) -> str:
        value = value_at(self._data(), *path)
        if not isinstance(value, str) or not value:
            message = f"GitHub's answer has no `{'.'.join(path)}`"
            raise GitHubError(message, fault=ApiFault.SERVER)
        return value

    def _data(self) -> Json:
        return self._patience.insist(lambda: self._api.get(self._pull))

    def approvals(self) -> tuple[Approval, ...]:
        """Return the approval of each person whose newest verdict is one; comments are none."""
        found = self._patience.insist(lambda: list(self._api.items(f"{self._pull}/reviews")))
        newest: dict[str, Json] = {}
        for review in found:
            login = value_at(review, "user", "login")
            person = value_at(review, "user", "type") == "User"
            if person and isinstance(login, str) and value_at(review, "state") in _VERDICTS:
                newest[login] = review
        return tuple(
            Approval(login=login, commit=str(value_at(review, "commit_id") or ""))
            for login, review in newest.items()
            if value_at(review, "state") == "APPROVED"
        )

    def role(self, login: str) -> Role:
        """Return what a person may do in the repository; a stranger may do nothing."""
        if not _LOGIN.fullmatch(login):
            return Role.NONE
        path = f"{self._repository}/collaborators/{login}/permission"
        try:
            data = self._patience.insist(lambda: self._api.get(path))
        except GitHubError as exc:
            if exc.fault is not ApiFault.MISSING:
                raise
            return Role.NONE
        return role_of(data)


def role_of(data: Json) -> Role:
    """Return the role in an answer about a permission.

    `permission` knows four words; `role_name` adds `triage` and `maintain`, and the names of roles
    that an organisation made up, which say nothing to us.
    """
    known = {role.value: role for role in Role}
    permission = known.get(str(value_at(data, "permission")), Role.NONE)
    if value_at(data, "role_name") == Role.MAINTAIN and permission is Role.WRITE:
        return Role.MAINTAIN
    return permission
