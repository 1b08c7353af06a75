"""Pull request 7, which makes a category worse: what happens to it, and what is said of it."""

import contextlib
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evalci.cli import run_cli
from evalci.cli.workspace import read_run
from evalci.core.gate import decide
from evalci.core.override import Override, OverridePolicy, Wish, grant
from evalci.core.override_record import comment_source, record_text, reply_mark
from tests.cli.based_desk import HALF
from tests.cli.desk import RUN
from tests.cli.history import change, commit, git, merge, start_history
from tests.cli.job import Job
from tests.github_state import Account
from tests.inputs import make_files

REASON = "shipping questions move to another bot next week"
ADA, BOB, EVE = (Account(login=name, bot=False) for name in ("ada", "bob", "eve"))


@dataclass(kw_only=True)
class Proposal:
    """The pull request of Bob, who made `triage` worse."""

    folder: Path
    job: Job
    base: str
    head: str

    def __post_init__(self) -> None:
        """Make Bob its author; Ada and Bob may write."""
        state = self.job.server.repository
        state.roles |= {"ada": "write", "bob": "admin", "eve": "read"}
        user, base = {"login": "bob"}, {"ref": "main"}
        state.pulls[7] = {"number": 7, "state": "open", "user": user, "base": base}
        self._point()

    def _point(self) -> None:
        self.job.server.repository.pulls[7]["head"] = {"sha": self.head}

    def push(self, files: Mapping[str, str]) -> None:
        """Commit files on the branch."""
        git("switch", "--quiet", "feature")
        make_files(self.folder, dict(files))
        self.head = commit("another change")
        self._point()

    def measure(self, run_id: int = 100) -> None:
        """Be the job of GitHub's merge commit, and measure it."""
        merged = merge(self.base, self.head)
        self.job.begin(run_id=run_id, head=self.head, GITHUB_SHA=merged)
        assert run_cli(["run", "--no-gate"]) == 0

    def given(self, category: str = "triage", **changes: str) -> Override:
        """Return the override of what was measured, granted to Ada now."""
        run = read_run(Path(RUN) / "run.json")
        wish = Wish(category=category, reason=REASON, by="ada", head=self.head, source="")
        policy, now = OverridePolicy(), datetime.now(UTC)
        return replace(grant(run, decide(run), wish, now=now, policy=policy), **changes)

    def command(self, given: Override, *, by: Account = ADA, reply: Account | None = None) -> int:
        """Let somebody ask for an override by comment, and the bot reply; return the reply."""
        state = self.job.server.repository
        body = f"/evalci override {given.head} {given.category} {given.reason}"
        asked = int(state.comment(7, body, by)["id"])
        record = record_text(replace(given, by=by.login, source=comment_source(asked)))
        answer = f"{reply_mark(asked)}\nNoted.\n\n{record}"
        return int(state.comment(7, answer, reply or Account())["id"])

    def publish(self) -> tuple[str, str]:
        """Publish; return how the check ended and what the comment says."""
        self.job.server.repository.checks.clear()
        assert self.job.publish() == 0
        (body,) = [text for text in self.job.comments if text.startswith("<!-- evalci:comment")]
        return self.job.checks["evalci / desk"], body


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a desk under git, whose branch `feature` makes `triage` worse."""
    folder = tmp_path_factory.mktemp("template") / "desk"
    folder.mkdir()
    with contextlib.chdir(folder):
        start_history(folder)
        change(folder, {"prompts/triage.md": HALF})
    return folder


@pytest.fixture
def proposal(template: Path, tmp_path: Path, job: Job, monkeypatch: pytest.MonkeyPatch) -> Proposal:
    """Return the pull request, measured in its job."""
    folder = tmp_path / "desk"
    shutil.copytree(template, folder)
    monkeypatch.chdir(folder)
    base, head = git("rev-parse", "main"), git("rev-parse", "feature")
    found = Proposal(folder=folder, job=job, base=base, head=head)
    found.measure()
    return found
