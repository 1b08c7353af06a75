"""A pull request through the action: check run, comment, summary, outputs and what is uploaded."""

import json

import pytest

from tests.action.conftest import Job
from tests.action.harness import Played
from tests.action.repository import SAME, WORSE

pytestmark = pytest.mark.node


def test_a_regression_fails_the_check_run_and_not_the_job(worse: tuple[Job, Played]) -> None:
    job, played = worse

    assert job.checks() == {"evalci / desk": "failure"}
    assert played.status == "success"
    assert played.outcomes("run", "top-up", "publish", "gate") == [
        "success",
        "skipped",
        "success",
        "skipped",
    ]


def test_a_regression_is_said_in_one_comment_and_in_the_summary(
    worse: tuple[Job, Played],
) -> None:
    job, played = worse

    (comment,) = job.comments()

    assert "this change makes `triage` worse" in comment
    assert "this change makes `triage` worse" in played.summary


def test_a_regression_is_in_the_outputs(worse: tuple[Job, Played]) -> None:
    job, played = worse
    runs = job.checkout.folder / ".evalci" / "runs"
    (comment,) = job.github.comments.values()

    assert played.outputs == {
        "verdict": "regression",
        "exit-code": "1",
        "regressed-categories": json.dumps(["triage"]),
        "score": "0.0000",
        "baseline-score": "1.0000",
        "cost-usd": "0.0000",
        "calls": "8",
        "report-path": str(runs / "comment.md"),
        "run-path": str(runs / "desk.main" / "run.json"),
        "comment-url": comment["html_url"],
    }


def test_report_and_run_are_uploaded(worse: tuple[Job, Played]) -> None:
    job, played = worse

    assert played.steps["Upload report and run"].inputs == {
        "name": "evalci-check-0-__self",
        "path": str(job.checkout.folder / ".evalci" / "runs"),
        "include-hidden-files": "true",
        "if-no-files-found": "ignore",
        "overwrite": "true",
    }


def test_a_second_push_updates_the_comment(job: Job) -> None:
    job.play(job.checkout.pull_request(WORSE))

    played = job.play(job.checkout.pull_request(SAME, run_id="32"))
    (comment,) = job.comments()

    assert "no regression" in comment
    assert "worse" not in comment
    assert (played.status, played.outputs["verdict"]) == ("success", "pass")


def test_a_pull_request_that_touches_no_prompt_passes_without_a_comment(job: Job) -> None:
    played = job.play(job.checkout.pull_request({"notes.txt": "hello\n"}))

    assert (played.status, job.checks()) == ("success", {"evalci / desk": "success"})
    assert job.comments() == []
