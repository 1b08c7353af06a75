"""A job in which a right, a config, a run or evalci fails: what it says, and never claims."""

from dataclasses import replace

import pytest

from tests.action.conftest import Job
from tests.action.repository import INVALID, SAME, WORSE
from tests.github_server import TOKEN, Fault
from tests.github_state import Account

pytestmark = pytest.mark.node


@pytest.mark.slow
def test_without_the_right_to_write_checks_the_job_is_the_check(job: Job) -> None:
    job.checkout.server.tokens[TOKEN] = Account(rights=frozenset({"comments"}))

    played = job.play(job.checkout.pull_request(WORSE))

    assert (played.status, played.steps["gate"].exit_code) == ("failure", 1)


@pytest.mark.slow
def test_what_github_does_not_take_is_a_warning(job: Job) -> None:
    job.checkout.server.tokens[TOKEN] = Account(rights=frozenset())

    played = job.play(job.checkout.pull_request(SAME))

    assert played.status == "success"
    assert "::warning title=evalci::GitHub did not take" in played.steps["publish"].text
    assert "no regression" in played.summary


@pytest.mark.slow
def test_another_answer_of_github_than_a_refusal_is_a_warning_too(job: Job) -> None:
    job.checkout.server.faults.append(Fault(match="POST .*/check-runs", times=9, status=422))

    played = job.play(job.checkout.pull_request(SAME))

    assert (played.status, played.steps["publish"].exit_code) == ("success", 0)


@pytest.mark.slow
def test_a_config_that_is_not_valid_fails_the_job_and_is_said(job: Job) -> None:
    played = job.play(job.checkout.pull_request(INVALID))
    (comment,) = job.comments()

    assert (played.status, played.steps["run"].exit_code) == ("failure", 3)
    assert "evalci.yaml:3: `model`: unknown key `model`" in comment
    assert "unknown key `model`" in played.summary
    assert job.checks() == {"evalci": "action_required"}
    assert (played.outputs["verdict"], played.outputs["exit-code"]) == ("not measured", "3")


@pytest.mark.slow
def test_a_checkout_without_history_says_what_it_lacks(job: Job) -> None:
    event = job.checkout.pull_request(SAME)

    played = replace(job, checkout=job.checkout.without_history()).play(event)

    assert (played.status, played.steps["run"].exit_code) == ("failure", 3)
    assert "fetch-depth: 0" in played.steps["run"].text


def test_a_run_that_crashes_leaves_no_green_comment(job: Job) -> None:
    job.play(job.checkout.pull_request(SAME))

    crash = {"run": {"script": "exit 70"}}
    played = job.play(job.checkout.pull_request(SAME, run_id="32"), stand_ins=crash)
    (comment,) = job.comments()

    assert played.status == "failure"
    assert "not measured" in comment


@pytest.mark.slow
def test_a_cancelled_run_is_still_published(job: Job) -> None:
    cancelled = {"run": {"script": "true", "outcome": "cancelled"}}

    played = job.play(job.checkout.pull_request(SAME), stand_ins=cancelled)

    assert played.outcomes("publish") == ["success"]
    assert job.checks() == {"evalci": "action_required"}


def test_without_evalci_nothing_is_claimed(job: Job) -> None:
    broken = {"install": {"script": "exit 1"}}

    played = job.play(job.checkout.pull_request(SAME), stand_ins=broken)

    assert played.status == "failure"
    assert played.outcomes("run", "publish", "gate") == ["skipped", "skipped", "skipped"]
    assert job.checks() == {}
