"""Commands where a repository has several projects, each with a workflow of its own."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.commands import PROMPT, Talk
from tests.cli.desk import BROKEN
from tests.github_forks import FORK, OWN, archive

REASON = "the vendor changed its tone, accepted in #12"
SLOW = pytest.mark.slow
OTHER = "services/other"
OTHERS = ".github/workflows/other.yml"


@pytest.fixture
def other(talk: Talk, tmp_path: Path) -> Talk:
    """Return the same conversation, the finished checks of which are of another project."""
    worse = tmp_path / "other"
    shutil.copytree(talk.worse, worse)
    for place in worse.glob("*/run.json"):
        data = json.loads(place.read_text(encoding="utf-8"))
        place.write_text(json.dumps({**data, "folder": OTHER}), encoding="utf-8")
    return replace(talk, worse=worse)


def crash(talk: Talk, run_id: int) -> None:
    """Let a run have left nothing but an index, as one does that ends before it measures."""
    repository = talk.job.server.repository
    (entry,) = repository.artifacts[run_id]
    index = {"format": 1, "started_at": "2026-03-02T00:00:00Z", "exit_code": 3, "error": "bad"}
    repository.archives[entry["id"]] = archive({"index.json": json.dumps(index)})


def commanded(talk: Talk, head: str, run_id: int) -> None:
    """Let a command have measured a head."""
    talk.finished(head, run_id=run_id, event="issue_comment", head_sha=talk.tip)
    (entry,) = talk.job.server.repository.artifacts[run_id]
    entry["name"] = f"evalci-command-{head}"


def test_a_newer_check_of_another_project_hides_nothing(talk: Talk, other: Talk) -> None:
    head = talk.propose({PROMPT: BROKEN}, home=OWN)
    talk.finished(head)
    other.finished(head, run_id=501, path=OTHERS)

    answer = talk.ask(f"/evalci override {head} triage {REASON}")

    assert "👁 `triage`" in answer
    assert talk.steps == {"publish"}


@pytest.mark.slow
def test_dozens_of_other_workflows_hide_nothing(talk: Talk) -> None:
    head = talk.propose({PROMPT: BROKEN}, home=OWN)
    talk.finished(head)
    runs = talk.job.server.repository.runs
    runs += [{**runs[0], "id": 600 + n, "path": f".github/workflows/{n}.yml"} for n in range(30)]

    assert "👁 `triage`" in talk.ask(f"/evalci override {head} triage {REASON}")


def test_a_newer_command_for_another_project_hides_nothing(talk: Talk, other: Talk) -> None:
    head = talk.propose({PROMPT: BROKEN})
    commanded(talk, head, 800)
    commanded(other, head, 801)

    assert "👁 `triage`" in talk.ask(f"/evalci override {head} triage {REASON}")


def test_a_newer_job_of_a_fork_neither_hides_nor_lends_anything(talk: Talk, other: Talk) -> None:
    head = talk.propose({PROMPT: BROKEN}, home=OWN)
    other.finished(head)
    talk.finished(head, run_id=501, home=FORK)

    answer = talk.ask(f"/evalci override {head} triage {REASON}")

    assert f"no finished run of the project in `.`; it measured `{OTHER}`" in answer


def test_what_a_newer_artifact_of_another_workflow_cannot_tell_hides_nothing(
    talk: Talk, other: Talk
) -> None:
    head = talk.propose({PROMPT: BROKEN}, home=OWN)
    talk.finished(head)
    other.finished(head, run_id=501, path=OTHERS)
    repository = talk.job.server.repository
    repository.archives[repository.artifacts[501][0]["id"]] = b"no archive"

    assert "👁 `triage`" in talk.ask(f"/evalci override {head} triage {REASON}")


def test_no_older_check_stands_in_for_one_that_failed_to_measure(talk: Talk) -> None:
    head = talk.propose({PROMPT: BROKEN}, home=OWN)
    talk.finished(head)
    talk.finished(head, run_id=501)
    crash(talk, 501)

    answer = talk.ask(f"/evalci override {head} triage {REASON}")

    assert "left no finished run" in answer
    assert talk.steps == set()


@pytest.mark.slow
def test_checks_of_other_projects_are_read_ten_times_at_most(talk: Talk, other: Talk) -> None:
    head = talk.propose({PROMPT: BROKEN}, home=OWN)
    for run_id in range(500, 513):
        other.finished(head, run_id=run_id, path=OTHERS)

    answer = talk.ask(f"/evalci override {head} triage {REASON}")

    assert f"it measured `{OTHER}`" in answer
    assert len(talk.job.server.lines("GET .*/zip")) == 10


@pytest.mark.parametrize(
    ("broken", "rerun"),
    [
        pytest.param([], 500, id="the newest of this project"),
        pytest.param([501], 500, id="rather than one that nobody knows", marks=SLOW),
        pytest.param([500], 500, id="else one that nobody knows"),
    ],
)
def test_rerun_starts_the_check_of_its_own_project(
    talk: Talk, other: Talk, broken: list[int], rerun: int
) -> None:
    head = talk.propose({PROMPT: BROKEN}, home=OWN)
    talk.finished(head)
    other.finished(head, run_id=501, path=OTHERS)
    for run_id in broken:
        crash(talk, run_id)

    talk.ask(f"/evalci rerun {head}")

    (line,) = talk.job.server.lines("POST .*/rerun")
    assert f"/runs/{rerun}/" in line


@pytest.mark.slow
def test_rerun_of_another_project_s_check_is_refused(talk: Talk, other: Talk) -> None:
    head = talk.propose({PROMPT: BROKEN}, home=OWN)
    other.finished(head, path=OTHERS)

    answer = talk.ask(f"/evalci rerun {head}")

    assert f"it measured `{OTHER}`" in answer
    assert talk.job.server.lines("POST .*/rerun") == []


def test_an_override_covers_every_model_of_a_matrix_in_which_the_category_fails(
    talk: Talk, tmp_path: Path
) -> None:
    head = talk.propose({PROMPT: BROKEN}, home=OWN)
    talk.finished(head)
    index = (talk.worse / "index.json").read_text(encoding="utf-8")
    run = json.loads((talk.worse / "desk.main" / "run.json").read_text(encoding="utf-8"))
    run["model"] |= {"name": "small", "default": False}
    leg = {"desk.small/run.json": json.dumps(run), "index.json": index.replace("main", "small")}
    talk.job.server.repository.upload(500, archive(leg), name="evalci-check-1-__self")

    answer = talk.ask(f"/evalci override {head} triage-1 {REASON}")
    talk.ask(f"/evalci override {head} triage {REASON}")
    talk.job.publish("--head", head)

    assert re.findall("`desk` with `(.*?)` is", answer) == ["small", "main"]
    assert list(talk.job.checks.values()) == ["neutral", "neutral"]


def test_rerun_reads_nothing_that_a_fork_uploaded(talk: Talk) -> None:
    head = talk.propose({PROMPT: BROKEN})
    talk.finished(head, home=FORK)

    assert "actions/runs/500" in talk.ask(f"/evalci rerun {head}")
    assert talk.job.server.lines("GET .*/zip") == []
