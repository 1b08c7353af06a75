"""What `evalci.yaml` says about the history: where it is kept."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from evalci.core.document import Document
from evalci.core.json_value import JsonObject
from evalci.core.problem import Problem

BRANCH = "branch:"
DEFAULT_BRANCH = f"{BRANCH}evalci-history"
DEFAULT_FILE = "sqlite:///.evalci/history.sqlite"
_USER = r"://([^:/]*):([^@]*)@"
_PASSWORD = re.compile(rf"{_USER}|[?&]\w*pass\w*=([^&]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPolicy:
    """Where the history is kept; an empty ``url`` leaves it to where evalci runs."""

    url: str = ""


DEFAULT_HISTORY = HistoryPolicy()


def history_of(data: JsonObject) -> HistoryPolicy:
    """Return where the history is kept."""
    return HistoryPolicy(url=str(data.get("url", "")))


def without_password(url: str) -> str:
    """Return an address that anybody may read: no password, and no options, which may hold one."""
    return re.sub(_USER, r"://\1:***@", url).partition("?")[0]


def passwords_in(url: str) -> tuple[str, ...]:
    """Return the passwords in an address, as they stand there and as they are sent."""
    found = {found[2] or found[3] for found in _PASSWORD.finditer(url)}
    return tuple(filter(None, found | {unquote(text or "") for text in found}))


def history_problems(document: Document, data: JsonObject) -> list[Problem]:
    """Return a problem for a password, which everybody who reads the repository would know."""
    if not _PASSWORD.search(str(data.get("url", ""))):
        return []
    message, hint = "a password in a file", "give the whole address in EVALCI_HISTORY instead"
    return [document.problem(("history", "url"), message, hint=hint)]
