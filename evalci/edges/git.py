"""What git knows of the working tree; every answer is None where git is silent."""

import subprocess
from pathlib import Path

from evalci.core.ports import Revision

TIMEOUT_S = 20


def top_level(folder: Path) -> Path | None:
    """Return the top of the working tree around a folder, or None outside git."""
    found = _git(folder, "rev-parse", "--show-toplevel")
    return Path(found.strip()) if found and found.strip() else None


def default_branch(folder: Path) -> str:
    """Return the branch that work starts from and merges into, `main` where git cannot say.

    It is what the remote says, else `main` or `master` where there is one, else the branch that
    is checked out.
    """
    remote = _git(folder, "symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD")
    if remote:
        return remote.strip().removeprefix("origin/")
    local = (_git(folder, "branch", "--format=%(refname:short)") or "").splitlines()
    here = (_git(folder, "symbolic-ref", "--quiet", "--short", "HEAD") or "").strip()
    known = [name for name in ("main", "master") if name in local]
    return next(iter([*known, here]), "") or "main"


class GitHistory:
    """Reads the repository around ``base``; paths are relative to ``base``."""

    def __init__(self, base: Path) -> None:
        """``base`` is the folder that holds `evalci.yaml`."""
        self._base = base

    def revision(self) -> Revision:
        """Return commit, branch and whether tracked or new files differ from the commit."""
        commit = _git(self._base, "rev-parse", "--verify", "--quiet", "HEAD")
        branch = _git(self._base, "symbolic-ref", "--quiet", "--short", "HEAD")
        status = _git(self._base, "status", "--porcelain")
        return Revision(
            commit=commit.strip() if commit else None,
            branch=branch.strip() if branch else None,
            dirty=bool(status and status.strip()),
        )

    def commit_of(self, ref: str) -> str | None:
        """Return the full hash of a commit, by any name git knows it under."""
        if ref.startswith("-"):
            return None
        found = _git(self._base, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
        return found.strip() if found else None

    def text_at(self, commit: str, path: str) -> str | None:
        """Return a file as it was in a commit."""
        if not commit or not all(letter in "0123456789abcdef" for letter in commit.lower()):
            return None
        return _git(self._base, "show", f"{commit}:./{path}")

    def author(self) -> str:
        """Return git's user name."""
        return (_git(self._base, "config", "user.name") or "").strip()


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603  # fixed program, no shell
            ["git", "-C", str(folder), *arguments],  # noqa: S607  # the user's git
            capture_output=True,
            check=False,
            timeout=TIMEOUT_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None
