"""Where each input goes, what is kept between runs, and where the action looks for its files."""

from pathlib import Path
from typing import Any

import pytest

from tests.action.conftest import Job
from tests.action.harness import ACTION, Scene, play
from tests.action.repository import SAME, Event
from tests.github_state import Account

pytestmark = pytest.mark.node
OTHER_TOKEN = "ghs_ofAnApp"  # noqa: S105  # a made-up one
# Only what goes on around evalci is looked at.
WITHOUT_EVALCI: dict[str, dict[str, Any]] = {
    name: {"script": "true"} for name in ("run", "publish", "history", "gate")
}
REFS = {
    "pull_request": "refs/pull/7/merge",
    "merge_group": "refs/heads/gh-readonly-queue/main/pr-7",
}
EVERY_INPUT = {
    "config": "evalci.yaml",
    "golden-set": "desk\n",
    "model": "main",
    "match": "task_type=triage\ntags=",
    "case": "triage-1\n",
    "all": "false",
    "trials": "2",
    "replay": "false",
    "comment": "always",
    "baseline-pr": "true",
    "history": "sqlite:///kept.sqlite",
    "drift": "false",
    "github-token": OTHER_TOKEN,
    "working-directory": ".",
    "python-version": "3.13",
    "cache": "false",
    "artifact": "mine",
}
ACCEPT = {"EVALCI_CONFIG": "evalci.yaml", "EVALCI_CASE": "triage-1\n", "EVALCI_REPLAY": "false"}


def chosen(env: dict[str, str]) -> dict[str, str]:
    """Return the options among the variables of a process."""
    return {name: value for name, value in env.items() if name.startswith("EVALCI_")}


def event(job: Job, name: str) -> Event:
    """Return an event on a commit that evalci is not asked about."""
    ref = REFS.get(name, "refs/heads/main")
    return Event(name=name, sha="0" * 40, ref=ref, api=job.checkout.server.api_url)


def test_every_input_reaches_the_command_that_reads_it(job: Job) -> None:
    job.checkout.server.tokens[OTHER_TOKEN] = Account(login="evalci-app[bot]")
    push = job.checkout.on_main("push", SAME)

    played = job.play(push, inputs={**EVERY_INPUT, "match": "task_type=triage\n"})

    assert played.status == "success", played.steps
    assert chosen(played.of("run").env) == {
        "EVALCI_CONFIG": "evalci.yaml",
        "EVALCI_GOLDEN_SET": "desk\n",
        "EVALCI_MODEL": "main",
        "EVALCI_MATCH": "task_type=triage\n",
        "EVALCI_CASE": "triage-1\n",
        "EVALCI_ALL": "false",
        "EVALCI_TRIALS": "2",
        "EVALCI_SHARD": "",
        "EVALCI_REPLAY": "false",
        "EVALCI_HEAD": "",
    }
    assert chosen(played.of("baseline").env) == {**ACCEPT, "EVALCI_REASON": f"Merged as {push.sha}"}
    assert chosen(played.of("publish").env) == {
        "EVALCI_CONFIG": "evalci.yaml",
        "EVALCI_COMMENT": "always",
        "EVALCI_BASELINE_PR": "true",
        "EVALCI_DRIFT": "false",
        "EVALCI_HEAD": "",
    }
    assert chosen(played.of("history").env) == {
        "EVALCI_CONFIG": "evalci.yaml",
        "EVALCI_HISTORY": "sqlite:///kept.sqlite",
    }
    assert chosen(played.of("gate").env) == {"EVALCI_CONFIG": "evalci.yaml"}
    assert played.of("publish").env["GITHUB_TOKEN"] == OTHER_TOKEN
    assert played.steps["setup-python"].inputs["python-version"] == "3.13"
    assert played.steps["Upload report and run"].inputs["name"] == "mine"


@pytest.mark.slow
def test_no_input_leaves_every_option_unset(job: Job) -> None:
    played = job.play(job.checkout.pull_request(SAME))

    given = {name: value for name, value in chosen(played.of("run").env).items() if value}

    assert given == {"EVALCI_ALL": "false"}


@pytest.mark.slow
def test_an_artifact_without_a_name_is_not_uploaded(job: Job) -> None:
    played = job.play(event(job, "push"), inputs={"artifact": ""}, stand_ins=WITHOUT_EVALCI)

    assert played.steps["Upload report and run"].outcome == "skipped"


@pytest.mark.slow
def test_an_artifact_that_github_refuses_does_not_fail_the_job(job: Job) -> None:
    refused = {**WITHOUT_EVALCI, "Upload report and run": {"outcome": "failure"}}

    played = job.play(event(job, "push"), stand_ins=refused)

    assert played.steps["Upload report and run"].outcome == "failure"
    assert (played.status, played.steps["publish"].outcome) == ("success", "success")


# What is kept between runs


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "cache", "wheels", "answers"),
    [
        pytest.param("pull_request", "true", "success", "success", id="a pull request"),
        pytest.param("push", "true", "success", "success", id="a push"),
        pytest.param("merge_group", "true", "success", "success", id="a merge queue"),
        pytest.param("workflow_dispatch", "true", "success", "success", id="a person"),
        pytest.param("schedule", "true", "success", "skipped", id="a schedule asks again"),
        pytest.param(
            "issue_comment", "true", "skipped", "skipped", id="a comment restores nothing"
        ),
        pytest.param("workflow_run", "true", "skipped", "skipped", id="nor does another workflow"),
        pytest.param("pull_request", "false", "skipped", "skipped", id="it is switched off"),
    ],
)
def test_what_is_restored(job: Job, name: str, cache: str, wheels: str, answers: str) -> None:
    played = job.play(event(job, name), inputs={"cache": cache}, stand_ins=WITHOUT_EVALCI)

    assert played.outcomes("wheels", "Keep wheels", "Restore answers and trials") == [
        wheels,
        wheels,
        answers,
    ]


@pytest.mark.slow
def test_wheels_that_were_restored_are_not_kept_again(job: Job) -> None:
    hit = {**WITHOUT_EVALCI, "wheels": {"outputs": {"cache-hit": "true"}}}

    played = job.play(event(job, "push"), stand_ins=hit)

    assert played.outcomes("wheels", "Keep wheels") == ["success", "skipped"]


@pytest.mark.slow
def test_answers_are_kept_also_when_the_run_failed(job: Job) -> None:
    failing = "mkdir -p .evalci/runs/a && touch .evalci/runs/a/log.jsonl && exit 4"

    played = job.play(
        event(job, "pull_request"), stand_ins={**WITHOUT_EVALCI, "run": {"script": failing}}
    )

    assert played.outcomes("run", "Keep answers and trials") == ["failure", "success"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("restored", "kept"),
    [("wheels", "Keep wheels"), ("Restore answers and trials", "Keep answers and trials")],
)
def test_what_is_kept_is_what_will_be_restored(job: Job, restored: str, kept: str) -> None:
    script = "mkdir -p .evalci/runs/a && touch .evalci/runs/a/log.jsonl"

    played = job.play(event(job, "push"), stand_ins={**WITHOUT_EVALCI, "run": {"script": script}})
    before, after = played.steps[restored].inputs, played.steps[kept].inputs

    assert {name: before[name] for name in after} == after
    assert "venv" not in after["path"]


# Where files are


@pytest.mark.slow
@pytest.mark.parametrize(
    ("inputs", "home"),
    [
        pytest.param({}, ".", id="the top of the checkout"),
        pytest.param({"working-directory": "services/desk"}, "services/desk", id="a folder"),
        pytest.param({"config": "services/desk/evalci.yaml"}, "services/desk", id="a config below"),
        pytest.param(
            {"working-directory": "services", "config": "desk/.github/evalci.yaml"},
            "services/desk",
            id="a config in .github",
        ),
        pytest.param({"config": "nowhere/evalci.yaml"}, ".", id="a config that is not there"),
    ],
)
def test_runs_are_looked_for_beside_the_config(job: Job, inputs: dict[str, str], home: str) -> None:
    (job.checkout.folder / "services" / "desk" / ".github").mkdir(parents=True)

    played = job.play(event(job, "push"), inputs=inputs, stand_ins=WITHOUT_EVALCI)

    runs = Path(played.steps["Upload report and run"].inputs["path"])
    assert runs == job.checkout.folder / home / ".evalci" / "runs"


# The harness itself


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        pytest.param("github.sha }}", "secrets.KEY }}", "secrets", id="a context out of reach"),
        pytest.param("shell: bash", "shel: bash", "shel", id="a key that does not exist"),
        pytest.param("if: always()", "if: allways()", "allways", id="an unknown function"),
    ],
)
def test_what_github_refuses_is_refused_here(
    job: Job, tmp_path: Path, before: str, after: str, complaint: str
) -> None:
    broken = tmp_path / "action.yml"
    text = ACTION.read_text(encoding="utf-8")
    broken.write_text(text.replace(before, after, 1), encoding="utf-8")
    scene = Scene(
        event=event(job, "push"),
        workspace=job.checkout.folder,
        temp=job.new_machine(),
        stand_ins=WITHOUT_EVALCI,
        action=broken,
    )

    with pytest.raises(AssertionError, match=complaint):
        play(scene, job.kit.node)
