"""What the job of a fork uploaded, and the job that posts it afterwards."""

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.desk import HARMLESS, RUN, accept_baseline, edit, write_desk
from tests.cli.job import Job
from tests.github_forks import CHECK_RUN, archive, workflow_run

NOT_RUN = {"evalci / desk": "neutral"}


def index(**changes: Any) -> str:
    """Return what stands in the index of a folder of runs."""
    return json.dumps({"format": 1, "started_at": "2026-01-01T00:00:00+00:00", **changes})


@pytest.fixture(scope="module")
def good_run(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return the run.json of a run that passed, as a fork may have written it."""
    folder = tmp_path_factory.mktemp("fork")
    with contextlib.chdir(folder):
        write_desk(folder)
        accept_baseline()
        edit(HARMLESS)
    return (folder / RUN / "run.json").read_text(encoding="utf-8")


@pytest.fixture
def passed(desk: Path, good_run: str) -> dict[str, Any]:
    """Return what that run says, beside the repository that the poster checked out."""
    found: dict[str, Any] = json.loads(good_run)
    return found


def post(job: Job, *artifacts: bytes, **changes: Any) -> int:
    """Upload artifacts of the fork's run and be the job that runs after it."""
    for content in artifacts:
        job.server.repository.upload(CHECK_RUN, content)
    job.begin("workflow_run", run_id=200, payload=workflow_run(**changes))
    return job.publish()


def zipped(run: Any) -> bytes:
    """Return the artifact of one run, given as what it says or as its text."""
    return archive({"desk.main/run.json": run if isinstance(run, str) else json.dumps(run)})
