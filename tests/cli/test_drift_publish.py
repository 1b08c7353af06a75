"""`evalci publish` after `evalci drift`, with what that left in files."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evalci.cli import run_cli
from evalci.core.drift import DriftReport
from evalci.core.drift_file import drift_text
from tests.cli.desk import RUN, write_desk
from tests.cli.history import git
from tests.cli.job import Job
from tests.github_server import TOKEN, Fault
from tests.github_state import Account
from tests.report.drift_reports import SHIFT, make_report


def leave(report: DriftReport | str, **changes: Any) -> None:
    """Leave what a drift run leaves; ``changes`` are those of the index."""
    entry = {"golden_set": "desk", "model": "main", "folder": "desk.main", "exit_code": 0}
    started = "2026-07-27T06:00:00+00:00"
    index = {"format": 1, "started_at": started, "exit_code": 0, "drift": True, "entries": [entry]}
    text = report if isinstance(report, str) else drift_text(report)
    Path(RUN).mkdir(parents=True, exist_ok=True)
    Path(RUN, "drift.json").write_text(text, encoding="utf-8")
    Path(RUN).with_name("index.json").write_text(json.dumps({**index, **changes}), encoding="utf-8")


def issues(job: Job) -> list[dict[str, Any]]:
    return list(job.server.repository.issues.values())


def test_drift_gets_an_issue_and_outputs_and_no_check(desk: Path, job: Job) -> None:
    leave(make_report(shift=SHIFT))
    job.begin("schedule")

    code = job.publish()

    (issue,) = issues(job)
    assert (code, job.checks) == (0, {})
    assert "2026-W30" in issue["title"]
    assert (job.outputs["verdict"], job.outputs["exit-code"]) == ("drift", "0")
    assert job.summary.startswith("### 🔴 evalci drift: `desk` with `main` drifted")


def test_no_drift_writes_nothing(desk: Path, job: Job) -> None:
    leave(make_report())
    job.begin("schedule")

    assert (job.publish(), issues(job), job.server.writes()) == (0, [], [])
    assert job.outputs["verdict"] == "no drift"


def test_the_label_is_that_of_the_config(desk: Path, job: Job) -> None:
    config = desk / "evalci.yaml"
    config.write_text(config.read_text("utf-8") + "drift: {issue_label: vendor}\n", "utf-8")
    leave(make_report(shift=SHIFT))
    job.begin("schedule")

    job.publish()

    assert issues(job)[0]["labels"] == [{"name": "vendor"}]


def test_a_pull_request_does_not_turn_its_check_into_an_issue(accepted: Path, job: Job) -> None:
    leave(make_report(shift=SHIFT))
    job.begin("pull_request")

    job.publish()

    assert (issues(job), list(job.checks)) == ([], ["evalci / desk"])


def test_a_killed_run_is_not_measured(desk: Path, job: Job) -> None:
    leave(make_report(), exit_code=None, entries=[])
    job.begin("schedule")

    assert job.publish() == 0
    assert job.outputs["verdict"] == "not measured"
    assert "`evalci drift` did not finish: it was killed" in job.summary


def test_a_golden_set_whose_run_was_killed_has_an_issue(desk: Path, job: Job) -> None:
    entry = {"golden_set": "desk", "model": "main", "folder": "none", "exit_code": 4}
    leave(make_report(), exit_code=None, entries=[{**entry, "error": "it did not end"}])
    job.begin("schedule")

    job.publish()

    assert "it did not end" in issues(job)[0]["body"]
    assert "[the run](https://github.test/octo/shop/actions/runs/100) ·" in issues(job)[0]["body"]


def test_a_drift_run_that_never_started_is_not_measured_and_no_check(desk: Path, job: Job) -> None:
    job.begin("schedule", EVALCI_DRIFT="true")

    assert (job.publish(), job.checks) == (0, {})
    assert "`evalci drift` never started" in job.summary
    assert "`evalci drift` never started" in issues(job)[0]["body"]


def test_a_config_that_cannot_be_loaded_has_an_issue_until_it_can(desk: Path, job: Job) -> None:
    config = desk / "evalci.yaml"
    good = config.read_text("utf-8")
    config.write_text(f"{good}drift: {{trails: 3}}\n", "utf-8")
    job.begin("schedule", EVALCI_DRIFT="true")
    assert run_cli(["drift"]) == 3
    assert job.publish() == 0
    (opened,) = [dict(issue) for issue in issues(job)]
    config.write_text(good, "utf-8")
    leave(make_report())

    job.publish()

    assert opened["title"] == "evalci: drift could not be measured"
    assert "did you mean `trials`?" in opened["body"]
    assert "[the run](https://github.test/octo/shop/actions/runs/100)" in opened["body"]
    assert [(issue["number"], issue["state"]) for issue in issues(job)] == [
        (opened["number"], "closed")
    ]


def test_projects_of_one_repository_have_issues_of_their_own(
    tmp_path: Path, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    git("init", "--quiet", folder=tmp_path)
    for folder in ("one", "two"):
        monkeypatch.chdir(tmp_path)
        write_desk(tmp_path / folder)
        monkeypatch.chdir(tmp_path / folder)
        leave(make_report(shift=SHIFT))
        job.begin("schedule")
        job.publish()
        leave(make_report(), exit_code=3, error="no config", entries=[])
        job.publish()

    titles = [issue["title"] for issue in issues(job)]

    assert [title.split("`")[1] for title in titles] == ["one/desk", "one", "two/desk", "two"]


def test_a_key_in_what_kept_a_run_from_starting_is_masked(desk: Path, job: Job) -> None:
    leave(make_report(), exit_code=3, error=f"bad sk-proj-{'aB3' * 20}", entries=[])
    job.begin("schedule")

    job.publish()

    assert "aB3aB3" not in issues(job)[0]["body"]


def test_one_error_is_said_once(desk: Path, job: Job) -> None:
    leave(replace(make_report(), error="no key"), exit_code=4, error="no key")
    job.begin("schedule")

    job.publish()

    assert job.summary.count("no key") == 1


def test_another_branch_has_no_issue(
    desk: Path, job: Job, capsys: pytest.CaptureFixture[str]
) -> None:
    leave(make_report(shift=SHIFT))
    job.begin("workflow_dispatch", GITHUB_REF_NAME="warmer")

    assert (job.publish(), job.server.writes()) == (0, [])
    assert "no issue: warmer is not the default branch" in capsys.readouterr().out
    assert "🔴" in job.summary


def test_the_default_branch_has_its_issue_whoever_started_the_job(desk: Path, job: Job) -> None:
    leave(make_report(shift=SHIFT))
    job.begin("workflow_dispatch", GITHUB_REF_NAME="main")

    assert (job.publish(), len(issues(job))) == (0, 1)


@pytest.mark.parametrize(("raised", "state"), [("2026-07-27", "open"), ("2026-07-20", "closed")])
def test_an_issue_that_was_dismissed_opens_again_when_more_falls(
    desk: Path, job: Job, raised: str, state: str
) -> None:
    leave(make_report(shift=SHIFT))
    job.begin("schedule")
    job.publish()
    issues(job)[0].update(state="closed", state_reason="not_planned")
    leave(make_report(shift=replace(SHIFT, raised=f"{raised}T06:00:00+00:00")))

    job.publish()

    assert [issue["state"] for issue in issues(job)] == [state]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("{", "no drift report", id="no JSON"),
        pytest.param(
            drift_text(make_report()).replace("desk", "shop"), "the drift of shop", id="another set"
        ),
    ],
)
def test_a_report_that_cannot_be_read_is_not_measured(
    desk: Path, job: Job, text: str, words: str
) -> None:
    leave(text)
    job.begin("schedule")

    job.publish()

    assert words in issues(job)[0]["body"]


def test_a_token_that_may_not_write_issues_is_told_which_right_it_lacks(
    desk: Path, job: Job, capsys: pytest.CaptureFixture[str]
) -> None:
    leave(make_report(shift=SHIFT))
    job.server.tokens[TOKEN] = Account(rights=frozenset({"checks"}))
    job.begin("schedule")

    assert job.publish() == 5
    assert "`issues: write`" in capsys.readouterr().err


def test_a_reason_that_is_the_same_for_all_is_said_once(
    desk: Path, job: Job, capsys: pytest.CaptureFixture[str]
) -> None:
    leave(make_report(shift=SHIFT))
    index = Path(RUN).with_name("index.json")
    data = json.loads(index.read_text("utf-8"))
    index.write_text(json.dumps({**data, "entries": data["entries"] * 3}), encoding="utf-8")
    job.server.tokens[TOKEN] = Account(rights=frozenset({"checks"}))
    job.begin("schedule")

    job.publish()

    assert capsys.readouterr().err.count("no drift issue") == 1


def test_a_key_that_the_vendor_repeats_is_masked(desk: Path, job: Job) -> None:
    key = "sk-proj-" + "aB3" * 20
    leave(replace(make_report(), error=f"the key was refused ({key})"), error=f"refused {key}")
    job.begin("schedule")

    job.publish()

    assert "aB3aB3" not in issues(job)[0]["body"] + job.summary


def test_a_passing_outage_of_github_is_waited_for(desk: Path, job: Job) -> None:
    leave(make_report(shift=SHIFT))
    job.server.faults = [Fault(match="issues", status=502, times=2)]
    job.begin("schedule")

    assert (job.publish(), len(issues(job))) == (0, 1)


def test_a_series_that_began_anew_closes_nothing_while_scores_are_down(
    desk: Path, job: Job
) -> None:
    leave(make_report(shift=SHIFT))
    job.begin("schedule")
    job.publish()

    leave(replace(make_report(cusum=0.4), runs=1))
    job.begin("schedule")
    job.publish()

    (issue,) = issues(job)
    assert issue["state"] == "open"


def test_a_series_that_began_anew_closes_an_issue_when_nothing_is_down(
    desk: Path, job: Job
) -> None:
    leave(make_report(shift=SHIFT))
    job.begin("schedule")
    job.publish()

    leave(replace(make_report(cusum=0.0, drop=-0.01), runs=1))
    job.begin("schedule")
    job.publish()

    (issue,) = issues(job)
    assert issue["state"] == "closed"
