"""The action from the event to comment, check run, outputs and the end of the job."""

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.action.conftest import Job, Kit, job_in
from tests.action.harness import Played
from tests.action.repository import INVALID, SAME, WORSE, git
from tests.cli.desk import SHOP
from tests.github_server import TOKEN, Fault
from tests.github_state import Account
from tests.sandbox_image import ensure_image

pytestmark = pytest.mark.node
KEY = "sk-model-key-0123456789abcdef"
# What a careless workflow gives to every step of the job.
SECRETS = {
    "OPENAI_API_KEY": KEY,
    "AWS_SECRET_ACCESS_KEY": KEY,
    "EVALCI_GATEWAY_KEY": KEY,
    "my-model": KEY,
    "GITHUB_TOKEN": "ghs_ofTheJob",
    "GH_TOKEN": "gho_ofSomebody",
    "GITHUB_PAT": "classic",
    "RELEASES": "github_pat_ofSomebody",
}


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


@pytest.fixture(scope="module")
def worse(kit: Kit, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Job, Played]]:
    """Return a pull request that makes a category worse, after its job ended."""
    with job_in(tmp_path_factory.mktemp("worse"), kit) as job:
        yield job, job.play(job.checkout.pull_request(WORSE), env=SECRETS)


@pytest.fixture(scope="module")
def pushed(kit: Kit, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Job, Played]]:
    """Return a push that makes a category worse, after its job ended."""
    with job_in(tmp_path_factory.mktemp("pushed"), kit) as job:
        yield job, job.play(job.checkout.on_main("push", WORSE), env=SECRETS)


# A pull request


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


# Other events


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


# History


def with_origin(job: Job) -> Path:
    """Give the checkout a bare repository as its remote and return where that is."""
    bare = job.machines.with_name("origin.git")
    git(job.checkout.folder, "init", "--quiet", "--bare", str(bare))
    git(job.checkout.folder, "remote", "add", "origin", str(bare))
    return bare


def kept_files(bare: Path) -> list[str]:
    """Return what stands on the data branch."""
    return git(bare, "ls-tree", "-r", "--name-only", "evalci-history").split()


@pytest.mark.slow
def test_a_scheduled_run_enters_the_history(job: Job) -> None:
    bare = with_origin(job)

    played = job.play(job.checkout.on_main("schedule", SAME))

    assert "kept" in played.steps["history"].text
    assert [name.split("/")[0] for name in kept_files(bare)] == ["README.md", "desk.main"]


@pytest.mark.slow
def test_a_golden_set_that_is_not_measured_keeps_no_other_out_of_it(job: Job) -> None:
    bare = with_origin(job)
    broken = {**SHOP, "prompts/order.md": "{{ nobody }}\n"}

    played = job.play(job.checkout.on_main("schedule", broken))

    assert played.outcomes("run", "history") == ["failure", "success"]
    assert [name.split("/")[0] for name in kept_files(bare)] == ["README.md", "desk.main"]


def test_a_pull_request_does_not_enter_it(worse: tuple[Job, Played]) -> None:
    _, played = worse

    assert played.outcomes("history") == ["skipped"]


def test_a_history_that_cannot_be_written_is_a_notice(pushed: tuple[Job, Played]) -> None:
    _, played = pushed

    assert "::notice title=evalci::This run is not in the history" in played.steps["history"].text
    assert (played.outcomes("history"), played.steps["history"].exit_code) == (["success"], 0)


# Code answers


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


# Secrets


def test_the_maker_of_the_image_sees_no_secret(pushed: tuple[Job, Played]) -> None:
    _, played = pushed

    seen = played.of("sandbox").env

    assert [name for name in SECRETS if name in seen] == []
    assert {KEY, TOKEN} & set(seen.values()) == set()


def test_run_sees_the_keys_and_no_token(worse: tuple[Job, Played]) -> None:
    _, played = worse
    given = {name: value for name, value in SECRETS.items() if value == KEY}

    seen = played.of("run").env

    assert {name: seen.get(name) for name in SECRETS if name in seen} == given
    assert TOKEN not in seen.values()


def test_publish_sees_the_token_of_the_input_and_no_other_secret(
    worse: tuple[Job, Played],
) -> None:
    _, played = worse

    seen = played.of("publish").env

    assert {name: seen[name] for name in SECRETS if name in seen} == {"GITHUB_TOKEN": TOKEN}
    assert KEY not in seen.values()


def test_gate_sees_no_secret(pushed: tuple[Job, Played]) -> None:
    _, played = pushed

    seen = played.of("gate").env

    assert [name for name in SECRETS if name in seen] == []
    assert {KEY, TOKEN} & set(seen.values()) == set()


def test_every_process_knows_the_runner(pushed: tuple[Job, Played]) -> None:
    _, played = pushed
    needed = {"GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "GITHUB_EVENT_PATH", "RUNNER_TEMP", "PATH"}

    assert [needed - set(seen.env) for seen in played.seen] == [set()] * 5


# Drift


@pytest.mark.slow
def test_a_weekly_run_that_finds_drift_opens_an_issue_and_stays_green(job: Job) -> None:
    with_origin(job)

    played = job.play(job.checkout.on_main("schedule", WORSE), inputs={"drift": "true"})

    (issue,) = job.github.issues.values()
    assert "`triage` −100 pp" in issue["title"]
    assert "we changed something" in issue["body"]
    assert (played.status, played.steps["run"].exit_code) == ("success", 0)
    assert played.outcomes("gate") == ["skipped"]
    assert played.outputs["verdict"] == "drift"
