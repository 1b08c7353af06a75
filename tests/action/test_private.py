"""What a job with `report.private` shows to GitHub, and leaves where the action collects it."""

import pytest

from tests.action.conftest import Job
from tests.action.repository import WORSE
from tests.cli.desk import CONFIG

pytestmark = [pytest.mark.node, pytest.mark.slow]
PRIVATE = {"evalci.yaml": CONFIG + "report: {private: true}\n"}
# What the prompts say, what the model answers, and what was expected of it.
TEXTS = ("Reply with exactly", "wrong billing", "'billing'")


def test_no_text_leaves_a_private_job(job: Job) -> None:
    job.checkout.on_main("push", PRIVATE)

    played = job.play(job.checkout.pull_request(WORSE))

    files = (job.checkout.folder / ".evalci" / "runs").rglob("*")
    shown = [
        *(path.read_text(encoding="utf-8") for path in files if path.is_file()),
        *job.comments(),
        *(str(check) for check in job.github.checks.values()),
        *(step.text for step in played.steps.values()),
        played.summary,
    ]
    assert job.checks() == {"evalci / desk": "failure"}
    assert [text for text in TEXTS for place in shown if text in place] == []
