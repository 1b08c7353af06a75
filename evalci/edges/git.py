"""What git knows of the working tree; every answer is None where git is silent."""

import subprocess
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from evalci.core.document import Document
from evalci.core.ports import Revision

if TYPE_CHECKING:
    from evalci.core.head_text import TreeEntry

TIMEOUT_S = 20


def top_level(folder: Path) -> Path | None:
    """Return the top of the working tree around a folder, or None outside git."""
    found = _git(folder, "rev-parse", "--show-toplevel")
    return Path(found.strip()) if found and found.strip() else None


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

    def tree(self, commit: str) -> "dict[str, TreeEntry] | None":
        """Return every file of a commit by path from the top, None when it was not fetched."""
        from evalci.core.head_text import TreeEntry

        if self.commit_of(commit) != commit:
            return None
        found = _git(self._base, "ls-tree", "-r", "-z", "--full-tree", commit)
        rows = [line.split("\t", 1) for line in (found or "").split("\0") if line]
        parts = [(path, *about.split()) for about, path in rows]
        return {path: TreeEntry(mode=mode, id=id_) for path, mode, _, id_ in parts}

    def author(self) -> str:
        """Return git's user name."""
        return (_git(self._base, "config", "user.name") or "").strip()

    def changes(self, folder: str) -> tuple[str, ...] | None:
        """Return the paths below a folder that differ from the commit, None when git is silent."""
        edited = _git(
            self._base,
            "diff",
            "--name-only",
            "--no-renames",
            "-z",
            "--relative",
            "HEAD",
            "--",
            folder,
        )
        new = _git(self._base, "ls-files", "-z", "--others", "--exclude-standard", "--", folder)
        if edited is None or new is None:
            return None
        return tuple(sorted({path for path in f"{edited}{new}".split("\0") if path}))

    def tracks(self, folder: str) -> bool:
        """Tell whether a folder holds, or is reached through, what is part of the repository.

        A part of its path may be a symlink or a submodule of the repository; case is ignored.
        """
        path = PurePosixPath(folder)
        names = [parent.as_posix() for parent in path.parents if parent.name]
        above = {name.lower() for name in names}
        listed = {name.lower() for name in _listed(self._base, names)} if names else set()
        return bool(_listed(self._base, [path.as_posix()]) or above & listed)

    def folder(self) -> str:
        """Return where ``base`` lies, seen from the top of the working tree; empty at the top."""
        return (_git(self._base, "rev-parse", "--show-prefix") or "").strip().rstrip("/")

    def parents(self, commit: str) -> tuple[str, ...]:
        """Return the parents of a commit, as far as they were fetched."""
        found = _git(self._base, "rev-list", "--parents", "--max-count=1", commit)
        return tuple(found.split()[1:]) if found else ()

    def merge_base(self, one: str, other: str) -> str | None:
        """Return the best common ancestor, None when there is none or a name is unknown."""
        left, right = self.commit_of(one), self.commit_of(other)
        found = _git(self._base, "merge-base", left, right) if left and right else None
        return found.strip() if found else None

    def default_branch(self) -> str | None:
        """Return the branch that the remote calls its default, else the usual one that exists."""
        found = _git(self._base, "symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD")
        if found:
            return found.strip().removeprefix("origin/")
        for name in ("main", "master"):
            if self.commit_of(f"refs/remotes/origin/{name}") or self.commit_of(
                f"refs/heads/{name}"
            ):
                return name
        return None

    def shallow(self) -> bool:
        """Tell whether a part of the history was not fetched."""
        found = _git(self._base, "rev-parse", "--is-shallow-repository")
        return found is not None and found.strip() == "true"


class CommitFiles:
    """The files of one commit, by path from ``base``; YAML is parsed by the given function."""

    def __init__(
        self, base: Path, commit: str, *, parse: Callable[[str, str, int], Document]
    ) -> None:
        """``commit`` is a full hash."""
        self._base = base
        self._commit = commit
        self._parse = parse

    def text(self, path: str) -> str | None:
        """Return a file of the commit, None when it has none."""
        return GitHistory(self._base).text_at(self._commit, path)

    def paths(self, folder: str) -> tuple[str, ...]:
        """Return the paths directly inside a folder of the commit."""
        found = _git(self._base, "ls-tree", "-z", "--name-only", self._commit, f"{folder}/")
        return tuple(filter(None, (found or "").split("\0")))

    def document(self, path: str) -> Document | None:
        """Return a parsed YAML file of the commit; BadInputError when it is not valid."""
        text = self.text(path)
        return None if text is None else self._parse(text, f"{self._commit[:7]}:{path}", 1)

    def last_change(self, path: str) -> str | None:
        """Return the newest commit up to this one that touched a file."""
        found = _git(self._base, "log", "--max-count=1", "--format=%H", self._commit, "--", path)
        return found.strip() or None if found else None


def _listed(base: Path, paths: list[str]) -> tuple[str, ...]:
    """Return the files of the repository at or below some paths, whatever their case."""
    found = _git(base, "ls-files", "-z", "--", *(f":(icase){path}" for path in paths))
    return tuple(filter(None, (found or "").split("\0")))


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
