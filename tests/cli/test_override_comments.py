"""An override by comment: what it lets through, and what does not count."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from evalci.cli import run_cli
from evalci.cli.workspace import read_run
from evalci.core.override_record import comment_source, record_text, reply_mark
from evalci.core.run_file import to_json
from tests.cli.based_desk import HALF
from tests.cli.desk import BROKEN, ECHO, RUN, run_json
from tests.cli.history import git
from tests.cli.proposal import BOB, EVE, REASON, Proposal, proposal, template
from tests.github_server import Fault
from tests.github_state import Account

__all__ = ["proposal", "template"]

SLOW = pytest.mark.slow  # the pure tables in tests/core hold these rows, too
SAME = {"notes.txt": "a push that changes no request\n"}
WORSE = {"prompts/triage.md": f"Be brief.\n{HALF}"}
ELSEWHERE = {"prompts/reply.md": BROKEN}
REVERT = {"prompts/triage.md": ECHO}


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


def test_a_merge_queue_knows_the_overrides_of_its_pull_request(proposal: Proposal) -> None:
    proposal.command(proposal.given())
    git("update-ref", "refs/remotes/origin/main", proposal.base)
    proposal.job.begin("merge_group", run_id=101, head=git("rev-parse", "HEAD"))

    assert proposal.job.publish() == 0
    assert proposal.job.checks == {"evalci / desk": "neutral"}
