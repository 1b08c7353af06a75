"""A desk under git: a default branch with an accepted baseline, and what a change makes of it."""

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.cli.desk import CASES, GATELESS, accept_baseline, write_desk
from tests.inputs import make_files

STRICT = GATELESS + "gate: {mode: threshold, max_drop: {pp: 5}}\n"
MUST_PASS = CASES.replace("expected: billing", "expected: billing\n    must_pass: true")


def git(*arguments: str, folder: Path | None = None) -> str:
    """Run git in a folder, by default the working directory, with a fixed author."""
    who = {
        f"GIT_{role}_{what}": value
        for role in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "Ada"), ("EMAIL", "ada@example.org"))
    }
    quiet = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
    return subprocess.run(
        ["git", *arguments],
        check=True,
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, **who, **quiet},
    ).stdout.strip()


def commit(message: str) -> str:
    """Commit everything in the working directory and return the commit."""
    git("add", "--all")
    git("commit", "--quiet", "--allow-empty", "--message", message)
    return git("rev-parse", "HEAD")


def start_history(
    folder: Path, files: Mapping[str, str] | None = None, *, top: Path | None = None
) -> str:
    """Make a desk with a baseline on the branch `main`; the working directory must be there.

    Some files may be others; ``top`` is the top of the repository when that is not the desk.
    """
    usual = {
        "evalci.yaml": STRICT,
        "golden/desk/cases.yaml": MUST_PASS,
        ".gitignore": ".evalci/\n",
    }
    write_desk(folder, {**usual, **(files or {})})
    git("init", "--quiet", "--initial-branch", "main", folder=top or folder)
    commit("the desk")
    accept_baseline()
    return commit("first baseline")


def change(folder: Path, files: Mapping[str, str | None], *, branch: str = "feature") -> str:
    """Commit changed files on a branch of its own; None removes a file."""
    git("switch", "--quiet", "--create", branch)
    for path, text in files.items():
        if text is None:
            (folder / path).unlink()
        else:
            make_files(folder, {path: text})
    return commit("a change")


def merge(base: str, head: str) -> str:
    """Check out a commit that merges a head into a base, as GitHub makes it, and return it."""
    git("checkout", "--quiet", "--detach", base)
    git("merge", "--quiet", "--no-ff", "--message", "merge", head)
    return git("rev-parse", "HEAD")


def check_out_merge(
    monkeypatch: pytest.MonkeyPatch,
    place: Path,
    *,
    base: str,
    head: str,
    home: str = "octo/shop",
) -> str:
    """Check out the merge commit that GitHub makes of a pull request, and be its job."""
    merged = merge(base, head)
    be_pull_request(monkeypatch, place, sha=merged, base=base, head=head, home=home)
    return merged


def be_pull_request(
    monkeypatch: pytest.MonkeyPatch,
    place: Path,
    *,
    sha: str,
    base: str,
    head: str,
    home: str = "octo/shop",
) -> None:
    """Set the variables that a pull request's job finds; ``home`` has the branch."""
    payload = {
        "number": 7,
        "pull_request": {
            "number": 7,
            "head": {"sha": head, "ref": "feature", "repo": {"full_name": home}},
            "base": {"sha": base, "ref": "main"},
        },
        "repository": {"full_name": "octo/shop", "default_branch": "main"},
    }
    be_event(monkeypatch, place, "pull_request", payload, sha=sha, branch="7/merge")


def be_event(
    monkeypatch: pytest.MonkeyPatch,
    place: Path,
    event: str,
    payload: Mapping[str, Any],
    *,
    sha: str,
    branch: str,
) -> None:
    """Set the variables of any event's job; the payload is written to a file."""
    place.write_text(json.dumps(payload), encoding="utf-8")
    variables = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": event,
        "GITHUB_EVENT_PATH": str(place),
        "GITHUB_SHA": sha,
        "GITHUB_REF_NAME": branch,
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
