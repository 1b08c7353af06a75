"""`evalci publish` with real files against the GitHub double."""

import json
from pathlib import Path

import pytest

from evalci.cli import run_cli
from evalci.report.markdown import LIMIT, MARKER
from tests.cli.desk import CONFIG, HARMLESS, RUN, SHOP, edit, write_desk
from tests.cli.job import BOT, HEAD, Job, make_payload
from tests.github_state import Account

ADA = Account(login="ada", bot=False)


def test_a_pull_request_gets_comment_check_summary_and_outputs(regressed: Path, job: Job) -> None:
    job.begin()

    code = job.publish()

    assert code == 0
    (comment,) = job.comments
    assert comment.startswith(MARKER)
    assert "makes `triage` worse" in comment
    assert job.checks == {"evalci / desk": "failure"}
    assert "makes `triage` worse" in job.summary
    assert job.outputs["verdict"] == "regression"
    assert job.outputs["exit-code"] == "1"
    assert json.loads(job.outputs["regressed-categories"]) == ["triage"]
    assert job.outputs["check-run"] == "written"
    assert job.outputs["comment-url"].startswith("https://github.test/octo/shop/pull/7#")
    assert Path(job.outputs["report-path"]).read_text(encoding="utf-8") == comment
    assert Path(job.outputs["run-path"]) == regressed / RUN / "run.json"


def test_the_check_belongs_to_the_head_and_not_to_the_merge(regressed: Path, job: Job) -> None:
    job.begin()

    job.publish()

    (check,) = job.server.repository.checks.values()
    assert check["head_sha"] == HEAD
    assert check["details_url"] == "https://github.test/octo/shop/actions/runs/100"


def test_a_fix_updates_the_same_comment(regressed: Path, job: Job) -> None:
    job.begin()
    job.publish()
    (before,) = job.server.repository.comments
    job.end()
    edit(HARMLESS)
    job.begin(run_id=101)

    job.publish()

    assert list(job.server.repository.comments) == [before]
    assert "worse" not in job.comments[0]


@pytest.mark.parametrize(
    "event", ["push", "schedule", "workflow_dispatch", "merge_group", "repository_dispatch"]
)
def test_other_events_get_a_check_and_no_comment(regressed: Path, job: Job, event: str) -> None:
    job.begin(event)

    code = job.publish("--comment", "always")

    assert (code, job.comments) == (0, [])
    assert job.checks == {"evalci / desk": "failure"}
    assert (job.outputs["check-run"], job.outputs["comment-url"]) == ("written", "")


@pytest.mark.parametrize("event", ["pull_request", "merge_group"])
def test_what_passes_for_another_branch_does_not_pass_for_the_default_branch(
    regressed: Path, job: Job, event: str
) -> None:
    job.begin()
    job.publish()
    job.end()
    edit(HARMLESS)
    aside = make_payload(event)
    aside[event] |= {"base": {"ref": "evil"}, "base_ref": "refs/heads/evil"}
    job.begin(event, run_id=101, payload=aside)

    job.publish()

    assert job.checks == {"evalci / desk": "failure", "evalci / desk -> evil": "success"}


# Quiet mode


def test_where_nothing_changed_no_comment_is_made(accepted: Path, job: Job) -> None:
    run_cli(["run"])
    job.begin()

    code = job.publish()

    assert (code, job.comments) == (0, [])
    assert job.checks == {"evalci / desk": "success"}


def test_where_nothing_changes_any_more_the_comment_says_so(regressed: Path, job: Job) -> None:
    job.begin()
    job.publish()
    job.end()
    edit("Reply with exactly: {{ q }}\n")
    job.begin(run_id=101)

    job.publish()

    (comment,) = job.comments
    assert "worse" not in comment


@pytest.mark.parametrize(
    ("policy", "expected"),
    [("changed", 0), ("always", 1), ("never", 0)],
)
@pytest.mark.parametrize("place", ["option", "variable", "config"])
def test_the_policy_may_stand_in_three_places(
    accepted: Path,
    job: Job,
    monkeypatch: pytest.MonkeyPatch,
    policy: str,
    expected: int,
    place: str,
) -> None:
    run_cli(["run"])
    job.begin()
    if place == "config":
        text = f"{CONFIG}report: {{comment: {policy}}}\n"
        Path("evalci.yaml").write_text(text, encoding="utf-8")
    elif place == "variable":
        monkeypatch.setenv("EVALCI_COMMENT", policy)

    job.publish(*(["--comment", policy] if place == "option" else []))

    assert len(job.comments) == expected


def test_never_keeps_even_a_regression_out_of_the_comments(regressed: Path, job: Job) -> None:
    job.begin()

    code = job.publish("--comment", "never")

    assert (code, job.comments, job.checks) == (0, [], {"evalci / desk": "failure"})


# Others at work


def test_it_is_found_behind_60_others_and_forgeries_are_left_alone(
    regressed: Path, job: Job
) -> None:
    for number in range(60):
        job.server.repository.comment(7, f"remark {number}", ADA)
    job.server.repository.comment(7, f"{MARKER}\n### 🟢 evalci: no regression", ADA)
    job.begin()
    job.publish()
    job.begin(run_id=101)

    job.publish()

    assert len(job.comments) == 1
    assert len(job.server.repository.comments) == 62


def test_a_comment_that_was_deleted_by_hand_is_made_again(regressed: Path, job: Job) -> None:
    job.begin()
    job.publish()
    job.server.repository.comments.clear()
    job.begin(run_id=101)

    job.publish()

    assert len(job.comments) == 1


def test_two_legs_of_a_matrix_share_the_comment(
    tmp_path: Path, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = SHOP["evalci.yaml"].replace(
        "main: {id: scripted/echo}", "main: {id: scripted/echo}\n  small: {id: scripted/echo}"
    )
    write_desk(tmp_path, {**SHOP, "evalci.yaml": two})
    monkeypatch.chdir(tmp_path)
    for model in ("main", "small"):
        run_cli(["run", "--no-gate", "--model", model])
        job.begin()
        job.publish()
        job.end()

    (comment,) = job.comments
    assert [name in comment for name in ("desk.main", "shop.main", "desk.small", "shop.small")] == [
        True
    ] * 4
    assert set(job.checks) == {
        "evalci / desk",
        "evalci / shop",
        "evalci / desk / small",
        "evalci / shop / small",
    }


def test_of_two_quick_pushes_the_newer_one_has_the_last_word(regressed: Path, job: Job) -> None:
    edit(HARMLESS)
    job.begin(run_id=102, head="d" * 40)
    job.publish()
    newest = job.comments
    job.end()
    edit()
    job.begin(run_id=101, head="e" * 40)

    code = job.publish()

    assert (code, job.comments) == (0, newest)
    assert job.outputs["check-run"] == "written"


# Size


@pytest.mark.parametrize("existing", [0, 300_000], ids=["long report", "long old comment too"])
def test_a_report_of_300_000_characters_fits_and_the_summary_has_more(
    accepted: Path, job: Job, existing: int
) -> None:
    edit(f"Reply with exactly: {'wrong ' * 50_000}{{{{ q }}}}\n")
    if existing:
        body = f"{MARKER}\n{'x' * existing}"
        job.server.repository.comments[9] = {
            **job.server.repository.comment(7, "long", BOT),
            "id": 9,
            "body": body,
        }
    job.begin()

    code = job.publish()

    assert code == 0
    (*_, comment) = sorted(job.comments, key=len)
    assert MARKER in comment
    assert len(comment) <= LIMIT
    assert "To proceed" in comment
    assert len(job.summary) > 100
