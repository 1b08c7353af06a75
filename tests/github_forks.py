"""Forks as GitHub shows them: payloads of events, pull requests of strangers, and artifacts."""

import io
import stat
import zipfile
from collections.abc import Mapping
from typing import Any

from tests.github_state import Repository

OWN = "octo/shop"
FORK = "mallory/shop"
HEAD = "f" * 40
CHECK_RUN = 100
REPOSITORY = {"full_name": OWN, "default_branch": "main", "fork": False}


def repo(name: str | None) -> dict[str, Any] | None:
    """Return a repository as a payload holds it; a deleted one is null."""
    return None if name is None else {"full_name": name, "fork": name != OWN}


def pull(
    *,
    number: int = 7,
    home: str | None = FORK,
    branch: str = "warmer",
    head: str = HEAD,
    base: str = "main",
    **changes: Any,
) -> dict[str, Any]:
    """Return a pull request as payloads and the API hold it."""
    owner = "unknown" if home is None else home.partition("/")[0]
    return {
        "number": number,
        "state": "open",
        "draft": False,
        "merged": False,
        "user": {"login": owner, "type": "User"},
        "head": {"sha": head, "ref": branch, "label": f"{owner}:{branch}", "repo": repo(home)},
        "base": {"sha": "c" * 40, "ref": base, "repo": REPOSITORY},
        **changes,
    }


def pull_request(action: str = "synchronize", **changes: Any) -> dict[str, Any]:
    """Return the payload of a `pull_request` event."""
    found = pull(**changes)
    return {
        "action": action,
        "number": found["number"],
        "pull_request": found,
        "repository": REPOSITORY,
        "sender": found["user"],
    }


def workflow_run(
    *,
    home: str | None = FORK,
    branch: str = "warmer",
    head: str = HEAD,
    event: str = "pull_request",
    **changes: Any,
) -> dict[str, Any]:
    """Return the payload of a `workflow_run` event; `pull_requests` is empty for a fork."""
    run = {
        "id": CHECK_RUN,
        "run_attempt": 1,
        "name": "evalci",
        "path": ".github/workflows/evalci.yml",
        "event": event,
        "status": "completed",
        "conclusion": "success",
        "head_sha": head,
        "head_branch": branch,
        "head_repository": repo(home),
        "pull_requests": [],
        "actor": {"login": "mallory"},
        **changes,
    }
    return {"action": "completed", "workflow_run": run, "repository": REPOSITORY}


def propose(repository: Repository, **changes: Any) -> dict[str, Any]:
    """Open a pull request of a fork on the double and return it."""
    found = pull(**changes)
    repository.proposals.append(found)
    repository.numbers.add(found["number"])
    repository.shas.add(found["head"]["sha"])
    return found


def archive(files: Mapping[str, str | bytes], *, links: Mapping[str, str] | None = None) -> bytes:
    """Return a zip archive of files, and of symlinks with what they point to."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in files.items():
            opened.writestr(name, content)
        for name, target in (links or {}).items():
            entry = zipfile.ZipInfo(name)
            entry.create_system = 3  # the mode of a file is that of Unix
            entry.external_attr = (stat.S_IFLNK | 0o777) << 16
            opened.writestr(entry, target)
    return held.getvalue()
