"""A pull request under discussion: commits, who may do what, comments, and what became of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evalci.cli import run_cli
from tests.cli.desk import run_json
from tests.cli.history import commit, git
from tests.cli.job import Job
from tests.github_forks import FORK, OWN, REPOSITORY, archive, pull
from tests.github_git import GitObjects
from tests.github_server import TOKEN
from tests.github_state import Account
from tests.inputs import make_files

READY = re.compile(r"^/evalci run .*$", re.MULTILINE)
NUMBER = 7
ROLES = {"ada": "write", "grace": "admin", "tim": "triage", "otto": "read"}
PROMPT = "prompts/triage.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """The desk of a default branch at ``tip``, and what people say below its pull request.

    ``worse`` is the folder of runs that a broken prompt leaves.
    """

    folder: Path
    job: Job
    tip: str
    worse: Path

    def propose(
        self, files: Mapping[str, str | None], *, home: str | None = FORK, **changes: Any
    ) -> str:
        """Open the pull request with a commit that git knows but nobody checks out."""
        git("switch", "--quiet", "--force-create", "proposal", self.tip)
        for path, text in files.items():
            if text is None:
                (self.folder / path).unlink()
            else:
                make_files(self.folder, {path: text})
        return self.propose_commit(commit("a proposal"), home=home, **changes)

    def propose_commit(self, head: str, *, home: str | None = FORK, **changes: Any) -> str:
        """Open the pull request, or move its head."""
        git("switch", "--quiet", "main")
        found = pull(number=NUMBER, home=home, head=head, **changes)
        github = self.job.server.repository
        github.pulls[NUMBER] = {**found, "user": {"login": "otto", "type": "User"}}
        github.shas |= {head, self.tip}
        return head

    def comment(
        self, body: str, *, by: str = "ada", issue: bool = False, action: str = "created"
    ) -> int:
        """Write a comment and start the workflow that it starts; return its id."""
        account = Account(login=by, bot=by.endswith("[bot]"))
        kept = self.job.server.repository.comment(NUMBER, body, account)
        thread: dict[str, Any] = {"number": NUMBER, "pull_request": {"url": "https://x.test"}}
        if issue:
            thread.pop("pull_request")
        payload = {
            "action": action,
            "issue": thread,
            "comment": {"id": kept["id"], "body": body, "user": account.user},
            "sender": account.user,
            "repository": REPOSITORY,
        }
        self.job.begin("issue_comment", run_id=900, head=self.tip, payload=payload)
        return int(kept["id"])

    def ask(self, body: str, **how: Any) -> str:
        """Write a comment, obey it, and return the newest reply, empty when there is none."""
        before = len(self.replies)
        self.comment(body, **how)
        assert self.job.step("obey") == 0
        return self.replies[-1] if len(self.replies) > before else ""

    @property
    def replies(self) -> list[str]:
        """Return what we answered so far."""
        return [body for body in self.job.comments if body.startswith("<!-- evalci:reply")]

    @property
    def steps(self) -> set[str]:
        """Return which steps of the workflow follow."""
        return {name for name in ("measure", "publish") if self.job.outputs.get(name) == "true"}

    def finished(self, head: str, *, home: str = OWN, run_id: int = 500, **changes: Any) -> None:
        """Let a job of the pull request have finished, which uploaded runs of a broken prompt."""
        runs = self.worse
        files = {
            place.relative_to(runs).as_posix(): place.read_text(encoding="utf-8")
            for place in [*runs.glob("*/run.json"), runs / "index.json"]
        }
        github = self.job.server.repository
        github.runs.append(
            {
                "id": run_id,
                "run_attempt": 1,
                "event": "pull_request",
                "path": ".github/workflows/evalci.yml",
                "status": "completed",
                "head_sha": head,
                "head_repository": {"full_name": home},
                "updated_at": "2026-03-02T00:00:00Z",
                **changes,
            }
        )
        github.upload(run_id, archive(files))


def make_talk(folder: Path, job: Job, tip: str, worse: Path) -> Talk:
    """Return a conversation in which nobody has said anything."""
    github = job.server.repository
    github.roles = dict(ROLES)
    github.objects = GitObjects(folder)
    job.server.tokens[TOKEN] = Account()
    return Talk(folder=folder, job=job, tip=tip, worse=worse)


def ready_line(reply: str) -> str:
    """Return the line that a reply wants to have copied."""
    (line,) = READY.findall(reply)
    return str(line)


def confirmed(talk: Talk, head: str) -> str:
    """Let a maintainer read the list and confirm it; return the reply, if there is one."""
    return talk.ask(ready_line(talk.ask(f"/evalci run {head}")))


def measured(talk: Talk, head: str) -> Any:
    """Do the steps that follow a confirmed `run`, as the action does; return the run."""
    run_cli(["run", "--no-gate", "--head", head])
    talk.job.publish("--head", head)
    return run_json()
