"""A checkout as a job finds it, and the event that started the job."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cli.desk import BROKEN, write_desk

TOKEN = "ghs_" + "t" * 36
IGNORED = ".evalci/\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What started the job, in the three forms that GitHub gives it to an action."""

    name: str
    sha: str
    ref: str = "refs/heads/main"
    api: str = "http://127.0.0.1:9"
    pull_head: str = ""

    @property
    def payload(self) -> dict[str, Any]:
        """Return the body of the event."""
        repository = {
            "full_name": "acme/shop",
            "default_branch": "main",
            "html_url": "https://github.test/acme/shop",
            "private": False,
            "id": 7,
        }
        if not self.pull_head:
            return {"repository": repository}
        pull = {
            "number": 5,
            "head": {
                "sha": self.pull_head,
                "ref": "edit",
                "repo": {"full_name": "acme/shop", "id": 7},
            },
            "base": {"ref": "main", "repo": {"full_name": "acme/shop", "id": 7}},
        }
        return {
            "action": "synchronize",
            "number": 5,
            "pull_request": pull,
            "repository": repository,
        }

    def context(self) -> dict[str, Any]:
        """Return the `github` context of expressions."""
        return {
            "event_name": self.name,
            "event": self.payload,
            "sha": self.sha,
            "ref": self.ref,
            "job": "check",
            "action": "__self",
            "repository": "acme/shop",
            "run_id": "31",
            "run_attempt": "1",
            "token": TOKEN,
        }

    def variables(self) -> dict[str, str]:
        """Return the default variables of every step."""
        return {
            "GITHUB_EVENT_NAME": self.name,
            "GITHUB_SHA": self.sha,
            "GITHUB_REF": self.ref,
            "GITHUB_JOB": "check",
            "GITHUB_REPOSITORY": "acme/shop",
            "GITHUB_REPOSITORY_OWNER": "acme",
            "GITHUB_RUN_ID": "31",
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_SERVER_URL": "https://github.test",
            "GITHUB_API_URL": self.api,
            "GITHUB_WORKFLOW": "evalci",
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """A clone of a repository whose default branch has a golden set with an accepted baseline."""

    folder: Path

    def git(self, *arguments: str) -> str:
        """Run git in the clone and return what it says."""
        who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
        done = subprocess.run(
            ["git", *who, *arguments], cwd=self.folder, capture_output=True, check=True, text=True
        )
        return done.stdout.strip()

    def commit(self, files: Mapping[str, str], message: str) -> str:
        """Write files and commit everything; return the commit."""
        write_desk(self.folder, {".gitignore": IGNORED, **files})
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD")

    def pull_request(self, files: Mapping[str, str], api: str) -> Event:
        """Check out the merge commit of a pull request that changes files."""
        self.git("switch", "--quiet", "--create", "edit")
        head = self.commit(files, "Edit")
        self.git("checkout", "--quiet", "--detach", "main")
        self.git("merge", "--quiet", "--no-ff", "--message", "Merge", "edit")
        merge, ref = self.git("rev-parse", "HEAD"), "refs/pull/5/merge"
        return Event(name="pull_request", sha=merge, ref=ref, api=api, pull_head=head)

    def on_main(self, name: str, files: Mapping[str, str], api: str) -> Event:
        """Commit to the default branch, where a push, a schedule or a person starts the job."""
        sha = self.commit(files, "Change")
        self.git("update-ref", "refs/remotes/origin/main", sha)
        return Event(name=name, sha=sha, api=api)


WORSE = {"prompts/triage.md": BROKEN}
