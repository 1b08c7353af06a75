"""`evalci obey` against the GitHub double: who is answered, and what."""

from typing import Any

import pytest

from tests.cli.commands import PROMPT, Talk
from tests.cli.desk import BROKEN, HARMLESS
from tests.cli.history import change, git
from tests.github_server import Fault

REASON = "the vendor changed its tone, accepted in #12"


# Who is answered, and what


@pytest.mark.parametrize(
    ("how", "reply"),
    [
        pytest.param({"by": "ada"}, "**1 file of", id="a member"),
        pytest.param({"by": "grace"}, "**1 file of", id="an admin"),
        pytest.param({"by": "otto"}, "people with write access", id="the author, who may read"),
        pytest.param({"by": "tim"}, "people with write access", id="somebody who may triage"),
        pytest.param({"by": "mallory"}, "people with write access", id="an outsider"),
        pytest.param({"by": "helper[bot]"}, "", id="a bot"),
        pytest.param({"action": "edited"}, "the comment was edited", id="an edited comment"),
        pytest.param({"issue": True}, "this is an issue", id="a comment on an issue"),
    ],
)
def test_a_comment_has_one_answer(talk: Talk, how: dict[str, Any], reply: str) -> None:
    head = talk.propose({PROMPT: BROKEN})

    answer = talk.ask(f"/evalci run {head[:7]}", **how)

    assert reply in answer
    assert bool(answer) is bool(reply)
    assert talk.steps == set()


def test_a_fork_that_was_deleted_is_still_known_by_its_commit(talk: Talk) -> None:
    head = talk.propose({PROMPT: BROKEN}, home=None)

    assert "**1 file of" in talk.ask(f"/evalci run {head}")


@pytest.mark.parametrize(
    "state",
    [
        pytest.param({"state": "closed", "merged": True}, id="merged"),
        pytest.param({"state": "closed"}, id="closed"),
    ],
)
def test_a_pull_request_that_is_not_open_is_left_alone(talk: Talk, state: dict[str, Any]) -> None:
    head = talk.propose({PROMPT: BROKEN}, **state)

    assert "not open any more" in talk.ask(f"/evalci run {head}")


def test_a_head_that_moved_is_refused_with_the_new_one(talk: Talk) -> None:
    old = talk.propose({PROMPT: HARMLESS})
    new = talk.propose({PROMPT: BROKEN})

    answer = talk.ask(f"/evalci run {old}")

    assert f"the head is `{new}` now" in answer


def test_a_comment_that_was_edited_since_is_refused(talk: Talk) -> None:
    head = talk.propose({PROMPT: BROKEN})
    id_ = talk.comment(f"/evalci run {head}")
    talk.job.server.repository.edit_comment(id_, f"/evalci run {head} confirm {'0' * 32}")

    code = talk.job.step("obey")

    assert code == 0
    assert "the comment was edited" in talk.replies[-1]


def test_a_comment_that_is_gone_gets_no_answer(talk: Talk) -> None:
    head = talk.propose({PROMPT: BROKEN})
    id_ = talk.comment(f"/evalci run {head}")
    del talk.job.server.repository.comments[id_]

    code = talk.job.step("obey")

    assert (code, talk.replies) == (0, [])


def test_strangers_get_one_reply_in_all(talk: Talk) -> None:
    head = talk.propose({PROMPT: BROKEN})

    for who in ("mallory", "mallory", "eve"):
        talk.ask(f"/evalci run {head}", by=who)

    assert len(talk.replies) == 1


def test_who_forges_our_reply_does_not_silence_us(talk: Talk) -> None:
    head = talk.propose({PROMPT: BROKEN})
    talk.ask("<!-- evalci:reply v=1 to=strangers -->", by="mallory")

    assert "write access" in talk.ask(f"/evalci run {head}", by="mallory")


def test_what_is_no_command_asks_github_nothing(talk: Talk) -> None:
    talk.comment("looks good to me")

    code = talk.job.step("obey")

    assert (code, talk.job.server.lines()) == (0, [])


def test_a_mistyped_command_is_answered_with_the_nearest(talk: Talk) -> None:
    talk.propose({PROMPT: BROKEN})

    assert "did you mean `rerun`?" in talk.ask("/evalci reruns abc1234")


@pytest.mark.parametrize(
    ("project", "reply"),
    [
        pytest.param(".", "**1 file of", id="this project"),
        pytest.param("prompts", "", id="another one, whose own job answers"),
        pytest.param(
            "promts",
            "the default branch has no folder `promts`; this project is in `.`",
            id="a folder that is not there",
        ),
        pytest.param("x" * 300, "no folder `xxx", id="a name no folder can have"),
        pytest.param("../..", "no folder `../..`", id="outside the repository"),
    ],
)
def test_a_command_may_name_a_project_by_its_folder(talk: Talk, project: str, reply: str) -> None:
    head = talk.propose({PROMPT: BROKEN})

    answer = talk.ask(f"/evalci {project}: run {head}")

    assert reply in answer
    assert bool(answer) is bool(reply)


def test_markdown_in_a_command_stays_what_it_is(talk: Talk) -> None:
    talk.propose({PROMPT: BROKEN})

    answer = talk.ask("/evalci a`@everyone<img/src=x>`b")

    assert "@everyone" not in answer
    assert "\\<img" in answer


def test_a_reply_that_got_lost_is_not_given_twice(talk: Talk) -> None:
    head = talk.propose({PROMPT: BROKEN})
    lost = Fault(match="POST .*/comments", dropped=True, effect=True)
    talk.job.server.faults.append(lost)

    talk.ask(f"/evalci run {head}")

    assert len(talk.replies) == 1


def test_a_job_that_is_run_again_gives_the_reply_it_could_not_give(talk: Talk) -> None:
    head = talk.propose({PROMPT: BROKEN})
    outage = Fault(match="git/trees", status=403, message="Resource not accessible")
    talk.job.server.faults.append(outage)
    talk.comment(f"/evalci run {head}")
    first = talk.job.step("obey")

    again = talk.job.step("obey")

    assert (first, again) == (5, 0)
    assert "Not done" in talk.replies[0]
    assert "**1 file of" in talk.replies[1]


def test_a_right_that_the_job_lacks_is_named_in_the_reply(talk: Talk) -> None:
    head = talk.propose({PROMPT: BROKEN})
    fault = Fault(match="/actions/", status=403, message="Resource not accessible", times=9)
    talk.job.server.faults.append(fault)
    talk.comment(f"/evalci rerun {head}")

    code = talk.job.step("obey")

    assert code == 5
    assert "needs `actions: write`" in talk.replies[-1]


def test_in_another_checkout_nothing_is_obeyed(talk: Talk) -> None:
    head = talk.propose({PROMPT: BROKEN})
    git("checkout", "--quiet", head)

    assert "has not checked out the default branch" in talk.ask(f"/evalci run {head}")


def test_outside_its_workflow_it_says_where_it_belongs(
    talk: Talk, capsys: pytest.CaptureFixture[str]
) -> None:
    talk.job.begin("push")

    code = talk.job.step("obey")

    assert code == 3
    assert "in a workflow on issue_comment only" in capsys.readouterr().err


def test_without_a_token_nothing_is_obeyed(
    talk: Talk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    talk.comment("/evalci run abc1234")
    monkeypatch.setenv("GITHUB_TOKEN", "")

    code = talk.job.step("obey")

    assert code == 5
    assert "GITHUB_TOKEN, which is not set" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["evalci.yaml", "prompts/triage.md"])
def test_the_branch_of_a_pull_request_is_never_checked_out(talk: Talk, name: str) -> None:
    change(talk.folder, {name: "not valid: ["}, branch="proposal")
    head = talk.propose_commit(git("rev-parse", "proposal"))

    talk.ask(f"/evalci run {head}")

    assert git("rev-parse", "HEAD") == talk.tip
    assert git("status", "--porcelain") == ""
