"""`evalci publish` in a `workflow_run` job: about which pull request it writes, and when not."""

from pathlib import Path
from typing import Any

import pytest

from evalci.report.markdown import MARKER
from tests.cli.desk import RUN
from tests.cli.fork_posts import NOT_RUN, good_run, index, passed, post, zipped
from tests.cli.job import Job
from tests.github_forks import CHECK_RUN, HEAD, propose, pull_request
from tests.github_server import TOKEN, Fault
from tests.github_state import Account
from tests.inputs import make_files

__all__ = ["good_run", "passed"]

CHECK = {"name": "evalci / desk", "status": "completed", "conclusion": "failure"}


@pytest.mark.parametrize(
    ("proposed", "changes", "line"),
    [
        pytest.param([], {}, "no open pull requests have the head", id="no pull request"),
        pytest.param([{}, {"number": 8, "base": "next"}], {}, "2 open pull requests", id="two"),
        pytest.param([{"head": "e" * 40}], {}, "no open pull requests", id="the head moved"),
        pytest.param([{"state": "closed"}], {}, "no open pull requests", id="closed"),
        pytest.param(
            [{"home": None}], {"home": None}, "no open pull requests", id="a deleted fork"
        ),
        pytest.param([{}], {"home": "octo/shop"}, "no run of a fork's", id="our own branch"),
        pytest.param(
            [{}],
            {"home": "octo/shop", "actor": {"login": "dependabot[bot]"}},
            "no run of a fork's",
            id="dependabot, whose job may write",
        ),
        pytest.param([{}], {"event": "push"}, "no run of a fork's", id="a push in the fork"),
        pytest.param([{}], {"event": "merge_group"}, "no run of a fork's", id="a merge queue"),
    ],
)
def test_where_no_single_pull_request_is_meant_nothing_is_posted(
    desk: Path,
    job: Job,
    capsys: pytest.CaptureFixture[str],
    proposed: list[dict[str, Any]],
    changes: dict[str, Any],
    line: str,
) -> None:
    for one in proposed:
        propose(job.server.repository, **one)

    code = post(job, **changes)

    said = capsys.readouterr().out
    assert (code, job.server.writes()) == (0, [])
    assert (line in said, len(said.splitlines())) == (True, 1)


def test_a_pull_request_into_another_branch_gets_a_check_that_names_it(
    job: Job, passed: dict[str, Any]
) -> None:
    propose(job.server.repository, base="next")

    post(job, zipped(passed))

    assert job.checks == {"evalci / desk -> next": "neutral"}


@pytest.mark.parametrize("draft", [False, True])
def test_the_one_pull_request_gets_comment_and_check(
    job: Job, passed: dict[str, Any], draft: bool
) -> None:
    propose(job.server.repository, draft=draft)

    code = post(job, zipped(passed))

    assert (code, job.checks) == (0, NOT_RUN)
    (comment,) = job.comments
    assert comment.startswith(MARKER)
    assert "unverified: reported by the fork's own job" in comment
    assert f"/evalci run {HEAD}" in comment


def test_the_check_belongs_to_the_head_of_the_fork(job: Job, passed: dict[str, Any]) -> None:
    propose(job.server.repository)

    post(job, zipped(passed))

    (check,) = job.server.repository.checks.values()
    assert check["head_sha"] == HEAD
    assert check["details_url"] == f"https://github.test/octo/shop/actions/runs/{CHECK_RUN}"


@pytest.mark.parametrize(
    "ref", ["heads/feature", "heads/gh-readonly-queue/main/pr-9-0123"], ids=["branch", "queue"]
)
def test_a_commit_of_our_own_gets_no_word_of_a_fork(
    job: Job, passed: dict[str, Any], ref: str
) -> None:
    propose(job.server.repository)
    job.server.repository.refs[ref] = HEAD

    code = post(job, zipped(passed))

    assert (code, job.server.writes()) == (0, [])


def test_a_verdict_that_somebody_trusted_gave_stays(job: Job, passed: dict[str, Any]) -> None:
    propose(job.server.repository)
    output = {"title": "worse", "summary": "worse"}
    job.server.repository.check({**CHECK, "head_sha": HEAD, "output": output})

    code = post(job, zipped(passed))

    assert (code, job.checks, job.comments) == (0, {"evalci / desk": "failure"}, [])


def test_a_second_report_of_the_fork_replaces_the_first(job: Job, passed: dict[str, Any]) -> None:
    propose(job.server.repository)
    post(job)

    post(job, zipped(passed), run_attempt=2)

    (comment,) = job.comments
    assert "unverified" in comment
    assert len(job.server.repository.checks) == 2


def test_without_the_right_to_read_artifacts_it_says_so(
    desk: Path, job: Job, capsys: pytest.CaptureFixture[str]
) -> None:
    propose(job.server.repository)
    job.server.faults = [Fault(match="artifacts", status=403, message="no integration", times=9)]

    code = post(job)

    assert (code, job.server.writes()) == (5, [])
    assert "no integration" in capsys.readouterr().err


def test_a_token_that_may_only_read_ends_in_exit_5(
    desk: Path, job: Job, capsys: pytest.CaptureFixture[str]
) -> None:
    propose(job.server.repository)
    job.server.tokens[TOKEN] = Account(rights=frozenset())

    assert post(job) == 5


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param({}, id="no run"),
        pytest.param({"workflow_run": {"id": 1, "run_attempt": 1}}, id="no head"),
        pytest.param({"workflow_run": {"id": "1", "head_sha": HEAD}}, id="no number"),
    ],
)
def test_a_malformed_payload_is_bad_input(desk: Path, job: Job, payload: Any) -> None:
    job.begin("workflow_run", payload=payload)

    assert (job.publish(), job.server.received) == (3, [])


@pytest.fixture
def measured(desk: Path, good_run: str) -> None:
    """Leave a run that passed where the job of a pull request leaves it."""
    entry = {"golden_set": "desk", "model": "main", "folder": "desk.main", "exit_code": 0}
    done = index(exit_code=0, entries=[entry])
    make_files(desk, {f"{RUN}/run.json": good_run, ".evalci/runs/index.json": done})


@pytest.mark.parametrize(
    ("changes", "writes"),
    [
        pytest.param({"action": "synchronize"}, True, id="a push to our own branch"),
        pytest.param({"action": "reopened"}, True, id="reopened"),
        pytest.param({"draft": True}, True, id="a draft"),
        pytest.param({"home": "mallory/shop"}, False, id="a fork"),
        pytest.param({"home": None}, False, id="a fork that was deleted"),
    ],
)
def test_only_a_branch_of_our_own_is_written_about_at_once(
    job: Job, measured: None, changes: dict[str, Any], writes: bool
) -> None:
    job.begin(payload=pull_request(**{"home": "octo/shop", "head": "a" * 40} | changes))

    code = job.publish()

    assert (code, bool(job.server.writes())) == (0, writes)


def test_a_merge_queue_is_judged_like_a_branch_of_our_own(job: Job, measured: None) -> None:
    job.begin("merge_group")

    job.publish()

    assert job.checks == {"evalci / desk": "success"}
