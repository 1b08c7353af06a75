"""The weekly job through `action.yml`: a model that its vendor changes, week after week."""

import copy
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.action.conftest import Job, Kit
from tests.action.harness import Played
from tests.action.repository import Checkout, Event, git
from tests.cli.drift_desk import broken, write_drift_desk
from tests.github_server import TOKEN, serving
from tests.github_state import Account
from tests.vendor_replies import GOOD
from tests.vendor_server import VendorServer
from tests.vendor_server import serving as vendor_serving

pytestmark = [pytest.mark.node, pytest.mark.slow]
KEY = {"OPENAI_API_KEY": "sk-test-0123456789abcdef"}
MONDAY = datetime(2026, 3, 2, 5, 17, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """What the job of one week did, and the issues after it."""

    played: Played
    issues: list[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A repository with an accepted baseline, its remote, and a model on loopback."""

    job: Job
    vendor: VendorServer
    origin: Path

    @property
    def shop(self) -> Path:
        """Return the checkout."""
        return self.job.checkout.folder

    def week(self, number: int, *, event: str = "schedule") -> Week:
        """Do what the workflow does in a week, counted from 0."""
        sha = git(self.shop, "rev-parse", "HEAD")
        job = Event(name=event, sha=sha, api=self.job.checkout.server.api_url)
        at = MONDAY + timedelta(weeks=number)
        stand_ins = {"sandbox": {"script": "true"}}
        played = self.job.play(job, inputs={"drift": "true"}, env=KEY, at=at, stand_ins=stand_ins)
        return Week(played=played, issues=copy.deepcopy([*self.job.github.issues.values()]))

    def kept(self) -> list[str]:
        """Return the lines that the branch with the history holds."""
        names = git(self.origin, "ls-tree", "-r", "--name-only", "evalci-history").split()
        files = [name for name in names if name.endswith(".jsonl")]
        texts = [git(self.origin, "show", f"evalci-history:{name}") for name in files]
        return [line for text in texts for line in text.splitlines()]


@pytest.fixture(scope="module")
def vendor() -> Iterator[VendorServer]:
    """Return a model on loopback."""
    with vendor_serving() as running:
        yield running


@pytest.fixture(scope="module")
def accepted(vendor: VendorServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a checkout that has a baseline of the good model, and its remote."""
    folder = tmp_path_factory.mktemp("accepted")
    shop = folder / "shop"
    write_drift_desk(shop, vendor)
    (shop / ".gitignore").write_text(".evalci/\n", encoding="utf-8")
    for arguments in (["run", "--all"], ["baseline", "accept", "--reason", "first"]):
        command = [sys.executable, "-m", "evalci", *arguments]
        subprocess.run(command, cwd=shop, env=KEY, capture_output=True, check=True)
    git(shop, "init", "--quiet", "--initial-branch", "main")
    git(shop, "init", "--quiet", "--bare", "../origin.git")
    git(shop, "remote", "add", "origin", "../origin.git")
    git(shop, "add", "--all")
    git(shop, "commit", "--quiet", "--message", "Accept")
    return folder


@contextmanager
def project_in(folder: Path, kit: Kit, accepted: Path, vendor: VendorServer) -> Iterator[Project]:
    """Make a project of its own in a folder, with a GitHub and a good model."""
    shutil.copytree(accepted, folder, dirs_exist_ok=True)
    (folder / "machines").mkdir()
    vendor.start_over()
    with serving() as server:
        checkout = Checkout(folder=folder / "shop", server=server)
        job = Job(kit=kit, checkout=checkout, machines=folder / "machines")
        yield Project(job=job, vendor=vendor, origin=folder / "origin.git")


@pytest.fixture
def project(kit: Kit, tmp_path: Path, accepted: Path, vendor: VendorServer) -> Iterator[Project]:
    """Return a project that has not run in any week yet."""
    with project_in(tmp_path, kit, accepted, vendor) as made:
        yield made


# Ten scheduled runs: the vendor breaks the model after four, mends it after three more, and
# breaks it again half a year later.


@pytest.fixture(scope="module")
def weeks(
    kit: Kit, tmp_path_factory: pytest.TempPathFactory, accepted: Path, vendor: VendorServer
) -> Iterator[list[Week]]:
    """Return what every run did."""
    with project_in(tmp_path_factory.mktemp("weeks"), kit, accepted, vendor) as project:
        done = []
        for number in (*range(9), 34):
            vendor.start_over(broken if number in {4, 5, 6, 34} else lambda _: GOOD)
            done.append(project.week(number))
        assert len(project.kept()) == len(done)
        yield done


def test_the_job_is_green_in_every_week(weeks: list[Week]) -> None:
    assert {week.played.status for week in weeks} == {"success"}


def test_quiet_weeks_open_no_issue(weeks: list[Week]) -> None:
    assert [week.issues for week in weeks[:4]] == [[]] * 4


def test_the_issue_of_the_first_bad_week_names_week_category_and_both_versions(
    weeks: list[Week],
) -> None:
    (issue,) = weeks[4].issues

    assert issue["state"] == "open"
    assert "`triage` −60 pp since 2026-W14 (2026-03-30)" in issue["title"]
    assert "`reply`" not in issue["title"]
    assert "`stand-in-2026-01-01` → `stand-in-2026-07-02`" in issue["body"]
    assert "unchanged since then: requests, scoring, golden set, model id, evalci" in issue["body"]


def test_the_weeks_after_write_into_the_same_issue(weeks: list[Week]) -> None:
    (first,), (third,) = weeks[4].issues, weeks[6].issues

    assert (third["number"], "7 runs" in third["body"]) == (first["number"], True)


def test_the_issue_closes_when_the_model_is_back_with_dates_and_versions(
    weeks: list[Week],
) -> None:
    (issue,) = weeks[8].issues

    assert (issue["state"], issue["state_reason"]) == ("closed", "completed")
    assert "was down from 2026-W14 (2026-03-30) on" in issue["body"]
    assert "is back since 2026-W17 (2026-04-20)" in issue["body"]
    assert "`stand-in-2026-01-01` → `stand-in-2026-07-02`" in issue["body"]


def test_a_second_fall_months_later_has_an_issue_of_its_own(weeks: list[Week]) -> None:
    first, second = weeks[9].issues

    assert (first["state"], second["state"]) == ("closed", "open")
    assert "since 2026-W44 (2026-10-26)" in second["title"]


# What gets in the way


def test_a_history_that_cannot_be_read_is_an_issue_and_nothing_is_asked(project: Project) -> None:
    git(project.shop, "remote", "set-url", "origin", "/nowhere")

    week = project.week(0)

    assert week.played.outcomes("past", "run", "history") == ["success", "failure", "success"]
    assert (week.played.status, project.vendor.received) == ("failure", [])
    assert "the runs so far cannot be read" in week.issues[0]["body"]
    assert project.job.checks() == {}


def test_a_token_that_may_write_no_issue_leaves_the_job_green(project: Project) -> None:
    server = project.job.checkout.server
    server.tokens[TOKEN] = Account(rights=frozenset({"contents"}))
    project.vendor.start_over(broken)

    week = project.week(0)

    assert (week.played.status, week.issues) == ("success", [])
    assert "needs `issues: write`" in week.played.steps["publish"].text
    assert "🔴 evalci drift: `desk` with `main` drifted" in week.played.summary


def test_a_drift_run_that_a_person_starts_restores_no_answer(project: Project) -> None:
    week = project.week(0, event="workflow_dispatch")

    restored = [
        step.inputs["path"] for step in week.played.steps.values() if "restore" in step.uses
    ]
    assert [path.rpartition("/")[2] for path in restored] == ["wheels"]


def test_a_drift_run_that_a_person_starts_is_kept_as_one(project: Project) -> None:
    week = project.week(0, event="workflow_dispatch")

    assert week.played.outcomes("history") == ["success"]
    assert [json.loads(line)["trigger"] for line in project.kept()] == ["dispatch"]


def test_a_golden_set_without_a_baseline_keeps_no_other_out_of_the_history(
    project: Project,
) -> None:
    config, golden = project.shop / "evalci.yaml", project.shop / "golden"
    both = config.read_text("utf-8").replace("[golden/desk]", "[golden/desk, golden/shop]")
    config.write_text(both, encoding="utf-8")
    (golden / "desk").rename(golden / "shop")
    git(project.shop, "checkout", "--quiet", "golden")
    git(project.shop, "add", "--all")
    git(project.shop, "commit", "--quiet", "--message", "A second golden set")

    week = project.week(0)

    assert (week.played.status, len(project.kept())) == ("failure", 1)
    assert [issue["title"] for issue in week.issues] == [
        "evalci: `shop` with `main` could not be measured"
    ]
