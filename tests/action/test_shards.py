"""Jobs of a matrix measure shards, one more job merges them and publishes."""

import shutil
from pathlib import Path

import pytest

from tests.action.conftest import Job
from tests.action.harness import Played
from tests.action.repository import WORSE, Event

pytestmark = [pytest.mark.node, pytest.mark.slow]
CHECK = "evalci / desk"


def measured(job: Job, event: Event, part: str, artifacts: Path) -> Played:
    """Run the job of one shard, and keep what it uploads."""
    played = job.play(event, inputs={"shard": part})
    runs = job.checkout.folder / ".evalci" / "runs"
    shutil.copytree(runs, artifacts / f"evalci-shard-{part[0]}")
    return played


@pytest.fixture
def artifacts(tmp_path: Path) -> Path:
    """Return where the last job finds what the others uploaded."""
    return tmp_path / "artifacts"


def test_a_shard_publishes_nothing_and_passes(job: Job, artifacts: Path) -> None:
    played = measured(job, job.checkout.pull_request(WORSE), "1/2", artifacts)

    assert played.status == "success", played.steps
    assert played.of("run").env["EVALCI_SHARD"] == "1/2"
    assert played.outcomes("merge", "publish", "gate") == ["skipped"] * 3
    assert (job.checks(), job.comments()) == ({}, [])


def test_the_last_job_decides_once_and_publishes(job: Job, artifacts: Path) -> None:
    event = job.checkout.pull_request(WORSE)
    for part in ("1/2", "2/2"):
        measured(job, event, part, artifacts)

    played = job.play(event, inputs={"merge": str(artifacts)})

    assert played.outcomes("run", "merge", "publish") == ["skipped", "success", "success"]
    assert job.checks() == {CHECK: "failure"}
    assert len(job.comments()) == 1


def test_a_missing_shard_is_said_and_does_not_pass(job: Job, artifacts: Path) -> None:
    event = job.checkout.pull_request(WORSE)
    measured(job, event, "1/2", artifacts)

    played = job.play(event, inputs={"merge": str(artifacts)})

    assert played.status == "failure"
    assert "success" not in job.checks().values()
    assert "shard 2 of 2" in job.comments()[0]
