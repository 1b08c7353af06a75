"""A checkout as a job finds it, and the event that started the job."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.cli.desk import BROKEN, HARMLESS, write_desk
from tests.github_forks import FORK, propose, workflow_run
from tests.github_server import TOKEN, GitHubServer

PULL_REQUEST = 7
WORSE = {"prompts/triage.md": BROKEN}
SAME = {"prompts/triage.md": HARMLESS}
INVALID = {"evalci.yaml": "version: 1\ngolden_sets: [golden/desk]\nmodel: {}\n"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What started the job, in the three forms that GitHub gives it to an action.

    ``home`` is the repository that has the branch of a pull request, ``comment`` the payload that
    an `issue_comment` has beside its repository.
    """

    name: str
    sha: str
    api: str
    ref: str = "refs/heads/main"
    pull_head: str = ""
    before: str = ""
    run_id: str = "31"
    home: str = "octo/shop"
    comment: Mapping[str, Any] = field(default_factory=dict)

    @property
    def payload(self) -> dict[str, Any]:
        """Return the body of the event."""
        repository = {"full_name": "octo/shop", "default_branch": "main"}
        match self.name:
            case "pull_request":
                head = {"sha": self.pull_head, "repo": {"full_name": self.home}}
                pull = {"number": PULL_REQUEST, "head": head}
                return {"repository": repository, "pull_request": pull}
            case "workflow_run":
                return workflow_run(head=self.pull_head)
            case "merge_group":
                group = {"head_sha": self.sha, "base_sha": self.before}
                return {"repository": repository, "merge_group": group}
            case "issue_comment":
                return {"repository": repository, **self.comment}
            case _:
                return {"repository": repository, "ref": self.ref, "before": self.before}

    def context(self) -> dict[str, Any]:
        """Return the `github` context of expressions."""
        return {
            "event_name": self.name,
            "event": self.payload,
            "sha": self.sha,
            "ref": self.ref,
            "job": "check",
            "action": "__self",
            "repository": "octo/shop",
            "run_id": self.run_id,
            "run_attempt": "1",
            "token": TOKEN,
        }

    def variables(self) -> dict[str, str]:
        """Return the default variables of every step."""
        return {
            "GITHUB_EVENT_NAME": self.name,
            "GITHUB_SHA": self.sha,
            "GITHUB_REF": self.ref,
            "GITHUB_REF_NAME": self.ref.split("/", 2)[2],
            "GITHUB_JOB": "check",
            "GITHUB_REPOSITORY": "octo/shop",
            "GITHUB_RUN_ID": self.run_id,
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_SERVER_URL": "https://github.test",
            "GITHUB_API_URL": self.api,
            "GITHUB_WORKFLOW": "evalci",
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """A clone with the whole history, beside the server that it came from."""

    folder: Path
    server: GitHubServer

    def commit(self, files: Mapping[str, str], message: str) -> str:
        """Write files and commit everything; return the commit, which the server then knows."""
        write_desk(self.folder, files)
        git(self.folder, "add", "--all")
        git(self.folder, "commit", "--quiet", "--message", message)
        sha = git(self.folder, "rev-parse", "HEAD")
        self.server.repository.shas.add(sha)
        return sha

    def pull_request(self, files: Mapping[str, str], *, run_id: str = "31") -> Event:
        """Check out the merge commit of the pull request after one more commit to it."""
        git(self.folder, "switch", "--quiet", "--force-create", "edit", "main")
        head = self.commit(files, "Edit")
        git(self.folder, "checkout", "--quiet", "--detach", "main")
        git(self.folder, "merge", "--quiet", "--no-ff", "--message", "Merge", "edit")
        return Event(
            name="pull_request",
            sha=git(self.folder, "rev-parse", "HEAD"),
            ref=f"refs/pull/{PULL_REQUEST}/merge",
            api=self.server.api_url,
            pull_head=head,
            run_id=run_id,
        )

    def fork(self, files: Mapping[str, str]) -> Event:
        """Check out the merge commit of a fork's pull request."""
        event = replace(self.pull_request(files), home=FORK)
        propose(self.server.repository, head=event.pull_head)
        return event

    def after(self, event: Event) -> Event:
        """Check out the default branch, where the job runs that a finished run starts."""
        git(self.folder, "checkout", "--quiet", "--force", "main")
        sha = git(self.folder, "rev-parse", "HEAD")
        return replace(event, name="workflow_run", sha=sha, ref="refs/heads/main", run_id="41")

    def on_main(self, name: str, files: Mapping[str, str]) -> Event:
        """Commit to the default branch, where a push, a schedule or a person starts the job."""
        before = git(self.folder, "rev-parse", "HEAD")
        sha = self.commit(files, "Change")
        git(self.folder, "update-ref", "refs/remotes/origin/main", sha)
        self.server.repository.push("main", {"README.md": "shop\n"}, sha=sha)
        return Event(name=name, sha=sha, api=self.server.api_url, before=before)

    def without_history(self) -> "Checkout":
        """Return a clone of what is checked out, as `actions/checkout` makes it by default."""
        shallow = self.folder.with_name("shallow")
        git(self.folder, "clone", "--quiet", "--depth=1", self.folder.as_uri(), str(shallow))
        return replace(self, folder=shallow)


def git(folder: Path, *arguments: str) -> str:
    """Run git as somebody and return what it says."""
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    done = subprocess.run(
        ["git", *who, *arguments], cwd=folder, capture_output=True, check=True, encoding="utf-8"
    )
    return done.stdout.strip()


def make_accepted(folder: Path) -> None:
    """Make a repository whose default branch has a golden set with an accepted baseline."""
    folder.mkdir()
    write_desk(folder, {".gitignore": ".evalci/\n"})
    git(folder, "init", "--quiet", "--initial-branch", "main")
    for arguments in (["run", "--all"], ["baseline", "accept", "--reason", "first"]):
        subprocess.run(
            [sys.executable, "-m", "evalci", *arguments],
            cwd=folder,
            env={"PATH": os.environ["PATH"]},
            capture_output=True,
            check=True,
        )
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "Accept")
    git(folder, "update-ref", "refs/remotes/origin/main", "HEAD")
