"""The image in which the action runs code answers: when it is made, and when it cannot be."""

import os

import pytest

from tests.action.conftest import Job
from tests.action.harness import Played
from tests.sandbox_image import ensure_image

pytestmark = pytest.mark.node
# The golden set of the checkout, with answers that are code.
CODE = {
    "golden/desk/cases.yaml": """\
defaults: {prompt: prompts/triage.md, output: {protocol: code}, scorers: {compiles: {}}}
cases:
  - {id: triage-1, task_type: triage, inputs: {q: "x = 1"}, expected: "x = 1"}
  - {id: triage-2, task_type: triage, inputs: {q: "x = 2"}, expected: "x = 2"}
  - {id: reply-1, task_type: reply, inputs: {q: "x = 3"}, expected: "x = 3"}
  - {id: reply-2, task_type: reply, inputs: {q: "x = 4"}, expected: "x = 4"}
"""
}


def test_without_code_answers_no_image_is_made(pushed: tuple[Job, Played]) -> None:
    _, played = pushed

    assert played.steps["sandbox"].outcome == "success"
    assert "nothing to build: no golden set runs code" in played.steps["sandbox"].text


@pytest.mark.slow
def test_an_image_that_cannot_be_made_is_no_verdict_and_said_by_the_run(job: Job) -> None:
    nobody = {"DOCKER_HOST": f"unix://{job.machines}/nobody.sock"}

    played = job.play(job.checkout.pull_request(CODE), env=nobody)
    (comment,) = job.comments()

    assert played.outcomes("sandbox", "run") == ["failure", "failure"]
    assert [played.steps[name].exit_code for name in ("sandbox", "run")] == [4, 4]
    assert played.steps["sandbox"].conclusion == "success"
    assert "no container engine answers" in comment


@pytest.mark.slow
@pytest.mark.docker
def test_an_image_that_is_there_is_not_made_again(job: Job) -> None:
    ensure_image()
    engine = {"DOCKER_HOST": os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")}

    played = job.play(job.checkout.pull_request(CODE), env=engine)

    assert "nothing to build: the engine has evalci-sandbox:" in played.steps["sandbox"].text
    assert (played.status, played.outcomes("run")) == ("success", ["success"])
