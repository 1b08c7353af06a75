"""A push, a merge queue and a schedule through the action: what they measure, fail and propose."""

import pytest

from tests.action.conftest import SECRETS, Job
from tests.action.harness import Played
from tests.action.repository import SAME

pytestmark = pytest.mark.node


def test_a_push_with_a_regression_fails_the_job(pushed: tuple[Job, Played]) -> None:
    job, played = pushed

    assert (played.status, played.steps["gate"].exit_code) == ("failure", 1)
    assert (job.checks(), job.comments()) == ({"evalci / desk": "failure"}, [])


@pytest.mark.slow
@pytest.mark.parametrize("event", ["push", "merge_group", "workflow_dispatch"])
def test_a_harmless_edit_passes_after_the_affected_cases(job: Job, event: str) -> None:
    played = job.play(job.checkout.on_main(event, SAME))

    assert (played.status, played.outcomes("gate")) == ("success", ["success"])
    assert played.outputs["calls"] == "8"


@pytest.mark.slow
def test_a_schedule_runs_every_case(job: Job) -> None:
    played = job.play(job.checkout.on_main("schedule", SAME))

    assert (played.status, played.outputs["calls"]) == ("success", "16")
    assert job.comments() == []


@pytest.mark.slow
def test_a_schedule_may_ask_for_the_affected_cases_only(job: Job) -> None:
    played = job.play(job.checkout.on_main("schedule", SAME), inputs={"all": "false"})

    assert played.outputs["calls"] == "8"


@pytest.mark.slow
def test_a_merge_with_changed_prompts_proposes_their_baseline(job: Job) -> None:
    played = job.play(
        job.checkout.on_main("push", SAME), inputs={"baseline-pr": "true"}, env=SECRETS
    )
    (pull,) = job.github.pulls.values()

    assert (played.status, pull["head"]) == ("success", "evalci/baseline")
    assert "Merged as" in job.github.files("evalci/baseline")["baselines/desk.main.json"]


@pytest.mark.slow
def test_a_merge_without_changed_prompts_proposes_nothing(job: Job) -> None:
    event = job.checkout.on_main("push", {"notes.txt": "hello\n"})

    played = job.play(event, inputs={"baseline-pr": "true"})

    assert (played.status, job.github.pulls) == ("success", {})


@pytest.mark.slow
def test_a_pull_request_proposes_no_baseline(job: Job) -> None:
    played = job.play(job.checkout.pull_request(SAME), inputs={"baseline-pr": "true"})

    assert (played.outcomes("top-up"), job.github.pulls) == (["skipped"], {})
