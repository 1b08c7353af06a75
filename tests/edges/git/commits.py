"""Runs git in a folder, and makes commits there."""

import subprocess
from pathlib import Path


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder and return what it says."""
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def commit(folder: Path, message: str) -> str:
    """Commit all that a folder holds and return the commit."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)
    return git(folder, "rev-parse", "HEAD")


def commit_file(folder: Path, path: str, text: str) -> str:
    """Write a file, commit it and return the commit."""
    (folder / path).write_text(text)
    return commit(folder, f"{path}: {text}")
