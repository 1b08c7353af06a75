"""Whom our token speaks for."""

from evalci.core.json_value import Json, value_at
from evalci.core.ports import GitHubApi, Patience
from evalci.errors import ApiFault, GitHubError

DEFAULT_LOGIN = "github-actions[bot]"
_REFUSED = {ApiFault.FORBIDDEN, ApiFault.MISSING, ApiFault.REJECTED}


def viewer_login(api: GitHubApi, patience: Patience) -> str:
    """Return the login that our comments carry.

    GraphQL answers tokens of every kind; where a server has none, REST answers those of people,
    and what remains is the token of a job.
    """
    for ask in (
        lambda: value_at(api.query("query { viewer { login } }"), "viewer", "login"),
        lambda: value_at(api.get("/user"), "login"),
    ):
        try:
            login: Json = patience.insist(ask)
        except GitHubError as exc:
            if exc.fault not in _REFUSED:
                raise
            continue
        if isinstance(login, str) and login:
            return login
    return DEFAULT_LOGIN


def speaks_for(login: str, author: str, *, bot: bool) -> bool:
    """Tell whether an author is whom a login names.

    The same app is `name[bot]` in one API and `name` in the other, so a bare name also means the
    bot; a person of that name is somebody else as soon as the login has the suffix.
    """
    return author == login or (bot and author == f"{login}[bot]")
