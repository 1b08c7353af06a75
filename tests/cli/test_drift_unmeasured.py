"""A weekly run that could not measure: an issue that says why, and closes when it is over."""

from pathlib import Path
from typing import Any

import pytest

from evalci.cli import run_cli
from tests.cli.drift_desk import PAST, vendor, write_drift_desk
from tests.cli.job import Job
from tests.vendor_replies import BAD_KEY, GOOD, RETIRED, Reply
from tests.vendor_server import VendorServer

__all__ = ["vendor"]


class Calendar:
    """First weeks of a repository: nothing is in the history yet."""

    def __init__(self, job: Job) -> None:
        """``job`` publishes to the GitHub double."""
        self._job = job

    def week(self) -> int:
        """Do what the weekly workflow does, and return the exit code of the measurement."""
        self._job.begin("schedule")
        Path(PAST).write_text("", encoding="utf-8")
        code = run_cli(["drift", "--past", PAST])
        assert self._job.publish() == 0
        return code

    @property
    def issues(self) -> list[dict[str, Any]]:
        """Return every issue of the repository."""
        return list(self._job.server.repository.issues.values())


@pytest.mark.parametrize(
    ("reply", "advice"),
    [
        pytest.param(RETIRED, "choose another `id` for `main`", id="a retired model"),
        pytest.param(BAD_KEY, "check `api_key_env`", id="an expired key"),
    ],
)
def test_what_could_not_be_measured_is_an_issue_that_says_what_to_do(
    vendor: VendorServer, job: Job, reply: Reply, advice: str
) -> None:
    calendar = Calendar(job)
    vendor.start_over(lambda _: reply)

    code = calendar.week()

    (issue,) = calendar.issues
    assert code == 4
    assert issue["title"] == "evalci: `desk` with `main` could not be measured"
    assert advice in issue["body"]


def test_an_exhausted_budget_is_an_issue_that_closes_once_there_is_money(
    vendor: VendorServer, job: Job
) -> None:
    calendar = Calendar(job)
    write_drift_desk(Path(), vendor, more="budget: {calls: 3}")
    assert calendar.week() == 4
    (issue,) = calendar.issues
    assert "raise `budget`, or measure less" in issue["body"]
    write_drift_desk(Path(), vendor)

    assert calendar.week() == 0

    assert calendar.issues[0]["state"] == "closed"


def test_what_has_too_many_gaps_is_an_issue_that_names_category_and_cause(
    vendor: VendorServer, job: Job
) -> None:
    calendar = Calendar(job)
    refused = Reply(status=400, message="no such parameter")
    vendor.start_over(lambda received: refused if "triage" in received.prompt else GOOD)

    assert calendar.week() == 4

    body = calendar.issues[0]["body"]
    assert "triage: 10 of 10 trials have no score; most of them: " in body
    assert "no such parameter; run it again when that is over" in body
