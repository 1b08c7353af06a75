"""Overrides at publishing time, with a repository under git and the GitHub double."""

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from evalci.cli import run_cli
from evalci.cli.workspace import read_run
from evalci.core.gate import decide
from evalci.core.override import Override, OverridePolicy, Wish, grant
from evalci.core.override_file import override_path, override_text
from evalci.core.override_record import comment_source, record_text, reply_mark
from evalci.core.run_file import to_json
from tests.cli.based_desk import HALF
from tests.cli.desk import BROKEN, ECHO, RUN, run_json
from tests.cli.history import change, commit, git, start_history
from tests.cli.job import Job
from tests.github_server import Fault
from tests.github_state import Account
from tests.inputs import make_files

REASON = "shipping questions move to another bot next week"
SLOW = pytest.mark.slow  # the pure tables in tests/core hold these rows, too
ADA, BOB, EVE = (Account(login=name, bot=False) for name in ("ada", "bob", "eve"))


@dataclass(kw_only=True)
class Proposal:
    """Pull request 7: Bob made `triage` worse; what happens to it, and what is said of it."""

    folder: Path
    job: Job
    patch: pytest.MonkeyPatch
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


def merge(base: str, head: str) -> str:
    git("checkout", "--quiet", "--detach", base)
    git("merge", "--quiet", "--no-ff", "--message", "merge", head)
    return git("rev-parse", "HEAD")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a desk under git, whose branch `feature` makes `triage` worse."""
    folder = tmp_path_factory.mktemp("template") / "desk"
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
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
    found = Proposal(folder=folder, job=job, patch=monkeypatch, base=base, head=head)
    found.measure()
    return found


def test_without_an_override_it_blocks_and_says_how_to_give_one(proposal: Proposal) -> None:
    check, comment = proposal.publish()

    assert check == "failure"
    assert f", or comment `/evalci override {proposal.head} triage <reason>`." in comment


def test_an_override_by_comment_lets_it_through_in_sight(proposal: Proposal) -> None:
    proposal.command(proposal.given())

    check, comment = proposal.publish()

    assert check == "neutral"
    assert "### 👁 evalci: `triage` would block, let through until 20" in comment
    assert "| 👁 | `triage` |" in comment
    assert f"by `ada` at `{proposal.head[:7]}`" in comment
    assert REASON in comment
    assert (proposal.job.outputs["verdict"], proposal.job.outputs["exit-code"]) == (
        "overridden",
        "0",
    )


def test_the_run_file_holds_it_so_that_the_gate_says_the_same(proposal: Proposal) -> None:
    proposal.command(proposal.given())
    proposal.publish()

    (kept,) = run_json()["overrides"]

    assert (kept["category"], kept["by"], kept["reason"]) == ("triage", "ada", REASON)
    assert run_json()["verdict"]["outcome"] == "overridden"
    assert run_cli(["gate"]) == 0


# What becomes of an override by comment

SAME = {"notes.txt": "a push that changes no request\n"}
WORSE = {"prompts/triage.md": f"Be brief.\n{HALF}"}
ELSEWHERE = {"prompts/reply.md": BROKEN}
REVERT = {"prompts/triage.md": ECHO}


@pytest.mark.parametrize(
    ("files", "check", "said"),
    [
        pytest.param(SAME, "neutral", "`triage` would block, let through", id="hashes kept"),
        pytest.param(WORSE, "failure", "asked or scored otherwise since", id="hashes changed"),
        pytest.param(ELSEWHERE, "failure", "makes `reply` worse (blocking)", id="elsewhere"),
        pytest.param(REVERT, "success", "### 🟢 evalci", id="reverted", marks=SLOW),
    ],
)
def test_a_push_after_an_override(
    proposal: Proposal, files: dict[str, str], check: str, said: str
) -> None:
    proposal.command(proposal.given())
    proposal.publish()
    proposal.push(files)
    proposal.measure(run_id=101)

    found, comment = proposal.publish()

    assert (found, said in comment) == (check, True)
    assert ("| 👁 | `triage` |" in comment) is (files in (SAME, ELSEWHERE))


def expired(proposal: Proposal) -> None:
    before = datetime.now(UTC) - timedelta(days=40)
    until = (before + timedelta(days=30)).date().isoformat()
    given = proposal.given(granted_at=before.isoformat(timespec="seconds"), until=until)
    proposal.command(given)


def by_author(proposal: Proposal) -> None:
    proposal.command(proposal.given(), by=BOB)


def by_committer(proposal: Proposal) -> None:
    proposal.job.server.repository.wrote(7, "bob", "ada")
    proposal.command(proposal.given())


def of_many_commits(proposal: Proposal) -> None:
    for _ in range(250):
        proposal.job.server.repository.wrote(7, "bob")
    proposal.command(proposal.given())


def of_a_newer_text(proposal: Proposal) -> None:
    """Let another workflow of the same account say again, for worse text, what was granted."""
    granted_ = proposal.given()
    reply = proposal.command(granted_)
    asked = reply - 1
    proposal.push(WORSE)
    proposal.measure(run_id=101)
    forged_ = proposal.given(by="ada", head=granted_.head, source=comment_source(asked))
    body = f"{reply_mark(asked)}\n{record_text(forged_)}"
    proposal.job.server.repository.comment(7, body, Account())


def by_reader(proposal: Proposal) -> None:
    proposal.command(proposal.given(), by=EVE)


def forged(proposal: Proposal) -> None:
    proposal.command(proposal.given(), reply=EVE)


def edited_reply(proposal: Proposal) -> None:
    reply = proposal.command(proposal.given())
    state = proposal.job.server.repository
    state.edit_comment(reply, state.comments[reply]["body"])


def deleted_command(proposal: Proposal) -> None:
    reply = proposal.command(proposal.given())
    comments = proposal.job.server.repository.comments
    for number in [n for n in comments if n < reply]:
        del comments[number]


def in_run_file(proposal: Proposal) -> None:
    run = replace(read_run(Path(RUN) / "run.json"), overrides=(proposal.given(),))
    data = {"format": 1, **to_json(run)}
    (Path(RUN) / "run.json").write_text(json.dumps(data), encoding="utf-8")


def unreadable(proposal: Proposal) -> None:
    proposal.command(proposal.given())
    proposal.job.server.faults.append(Fault(match="permission", status=403, times=99))


@pytest.mark.parametrize(
    ("act", "said"),
    [
        pytest.param(expired, "does not count: it ended on", id="expired"),
        pytest.param(by_author, "does not count: bob wrote this change", id="by the author"),
        pytest.param(by_committer, "does not count: ada wrote this change", id="by a committer"),
        pytest.param(of_many_commits, "(blocking)", id="of more commits than are listed"),
        pytest.param(of_a_newer_text, "asked or scored otherwise since", id="bound anew"),
        pytest.param(by_reader, "does not count: eve has not the", id="by a reader"),
        pytest.param(deleted_command, "does not count: the comment that asked", id="no command"),
        pytest.param(forged, "(blocking)", id="a record that is not ours"),
        pytest.param(edited_reply, "(blocking)", id="an edited record"),
        pytest.param(in_run_file, "(blocking)", id="claimed by the run file"),
        pytest.param(unreadable, "(blocking)", id="permissions cannot be read"),
    ],
)
def test_what_does_not_count_blocks(
    proposal: Proposal, act: Callable[[Proposal], None], said: str
) -> None:
    act(proposal)

    check, comment = proposal.publish()

    assert (check, said in comment) == ("failure", True)


# What becomes of an override in a file


def propose(proposal: Proposal) -> None:
    """Push the file of an override with the change itself, and measure."""
    given = proposal.given()
    proposal.push({override_path(given): override_text(given)})
    proposal.measure(run_id=101)


@pytest.mark.parametrize(
    ("reviewer", "older", "verdict", "check", "said"),
    [
        pytest.param("", False, "", "failure", "nobody approved this commit", id="no review"),
        pytest.param("ada", False, "APPROVED", "neutral", "let through", id="this commit"),
        pytest.param(
            "ada", True, "APPROVED", "failure", "ada approved another commit", id="an older commit"
        ),
        pytest.param(
            "bob", False, "APPROVED", "failure", "bob wrote this change", id="by the author"
        ),
        pytest.param(
            "eve", False, "APPROVED", "failure", "eve has not", id="by a reader", marks=SLOW
        ),
        pytest.param(
            "ada", False, "DISMISSED", "failure", "nobody approved", id="dismissed", marks=SLOW
        ),
    ],
)
def test_a_file_of_the_change_itself_needs_a_review(
    proposal: Proposal, reviewer: str, older: bool, verdict: str, check: str, said: str
) -> None:
    before = proposal.head
    propose(proposal)
    if reviewer:
        commit_ = before if older else proposal.head
        proposal.job.server.repository.review(7, reviewer, verdict, commit_)

    found, comment = proposal.publish()

    assert (found, said in comment.replace("\\", "")) == (check, True)
    assert "counts once it is merged, or when this commit is approved" in comment


def test_who_approved_a_file_stands_beside_whom_it_names(proposal: Proposal) -> None:
    given = proposal.given(by="the-cto")
    proposal.push({override_path(given): override_text(given)})
    proposal.measure(run_id=101)
    proposal.job.server.repository.review(7, "ada", "APPROVED", proposal.head)

    _, comment = proposal.publish()

    assert "by `the-cto` (as its file says, unproven), approved by `ada`" in comment
    assert [one["approved_by"] for one in run_json()["overrides"]] == ["ada"]


def test_who_pushed_to_the_change_does_not_approve_its_file(proposal: Proposal) -> None:
    propose(proposal)
    proposal.job.server.repository.wrote(7, "ada", "web-flow")
    proposal.job.server.repository.review(7, "ada", "APPROVED", proposal.head)

    found, comment = proposal.publish()

    assert (found, "ada wrote this change" in comment) == ("failure", True)


def test_who_pushed_under_the_name_of_another_does_not_approve_it(proposal: Proposal) -> None:
    propose(proposal)
    github = proposal.job.server.repository
    github.pulls[7]["head"] |= {"ref": "feature", "repo": {"full_name": github.name}}
    github.pull_commits[7] = [{"sha": proposal.head, "author": {"login": "bob"}}]
    github.pushed("ada", proposal.head, branch="feature")
    github.review(7, "ada", "APPROVED", proposal.head)

    found, comment = proposal.publish()

    assert (found, "ada wrote this change" in comment) == ("failure", True)


def test_a_file_of_the_base_needs_nobody(proposal: Proposal) -> None:
    given = proposal.given()
    git("switch", "--quiet", "main")
    make_files(proposal.folder, {override_path(given): override_text(given)})
    proposal.base = commit("the override first")
    proposal.measure(run_id=101)

    assert run_cli(["gate"]) == 0
    assert proposal.publish()[0] == "neutral"


def test_a_merge_queue_knows_the_overrides_of_its_pull_request(proposal: Proposal) -> None:
    proposal.command(proposal.given())
    git("update-ref", "refs/remotes/origin/main", proposal.base)
    proposal.job.begin("merge_group", run_id=101, head=git("rev-parse", "HEAD"))

    assert proposal.job.publish() == 0
    assert proposal.job.checks == {"evalci / desk": "neutral"}


def test_a_broken_file_where_nothing_is_proposed_keeps_nobody_from_publishing(
    proposal: Proposal,
) -> None:
    given = proposal.given()
    make_files(proposal.folder, {override_path(given): "category: [\n"})
    git("checkout", "--quiet", "-B", "main")
    proposal.job.begin("push", run_id=101, GITHUB_REF_NAME="main")

    assert proposal.job.publish() == 0
    assert proposal.job.checks == {"evalci / desk": "failure"}


def test_a_broken_file_of_the_change_is_an_error_with_its_line(
    proposal: Proposal, capsys: pytest.CaptureFixture[str]
) -> None:
    given = proposal.given()
    broken = override_text(given).replace("until:", "untill:")
    proposal.push({override_path(given): broken})
    merged = merge(proposal.base, proposal.head)
    proposal.job.begin(run_id=101, head=proposal.head, GITHUB_SHA=merged)

    code = run_cli(["run", "--no-gate"])

    assert code == 3
    assert f"{override_path(given)}:8: `untill`: unknown key" in capsys.readouterr().err
