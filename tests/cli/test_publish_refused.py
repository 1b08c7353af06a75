"""`evalci publish` where GitHub does not take it: rights, outages, limits."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.job import BOT, Job
from tests.github_server import TOKEN, Fault, rate_limited, serving
from tests.github_state import Account

READ_ONLY = Account(rights=frozenset())


# What GitHub does not take


@pytest.fixture(params=["read-only", "none", "wrong"])
def refused(request: pytest.FixtureRequest, regressed: Path, job: Job) -> str:
    """Begin a job with a token that may write nothing, and say which one."""
    job.server.tokens[TOKEN] = READ_ONLY
    tokens = {"read-only": TOKEN, "none": "", "wrong": "ghs_notAToken0123456789abc"}
    job.begin(token=tokens[request.param])
    return str(request.param)


def test_without_a_token_that_writes_there_is_a_summary_and_exit_5(
    refused: str, job: Job, capsys: pytest.CaptureFixture[str]
) -> None:
    code = job.publish()

    said = capsys.readouterr()
    assert code == 5
    assert "makes `triage` worse" in job.summary
    assert job.outputs["verdict"] == "regression"
    assert (job.outputs["check-run"], job.outputs["comment-url"]) == ("", "")
    assert "::error file=prompts/triage.md" in said.out
    assert len(said.err.splitlines()) == 1
    reasons = {"read-only": "403", "none": "GITHUB_TOKEN is not set", "wrong": "401"}
    assert reasons[refused] in said.err


@pytest.mark.usefixtures("refused")
def test_a_token_is_never_printed(job: Job, capsys: pytest.CaptureFixture[str]) -> None:
    job.publish()

    said = "".join(capsys.readouterr()) + job.summary + str(job.outputs)
    assert (TOKEN in said, "ghs_" in said) == (False, False)


def test_a_token_without_checks_is_no_failure_where_there_is_a_comment(
    regressed: Path, job: Job, capsys: pytest.CaptureFixture[str]
) -> None:
    job.server.tokens[TOKEN] = replace(BOT, rights=frozenset({"comments"}))
    job.begin()

    code = job.publish()

    said = capsys.readouterr().out
    assert (code, len(job.comments), job.outputs["check-run"]) == (0, 1, "")
    assert "any other job needs `checks: write`" in said
    assert "::error file=prompts/triage.md" in said


def test_a_token_without_checks_has_nothing_to_say_on_a_push(regressed: Path, job: Job) -> None:
    job.server.tokens[TOKEN] = replace(BOT, rights=frozenset({"comments"}))
    job.begin("push")

    assert job.publish() == 5


def test_an_outage_of_20_seconds_is_survived(regressed: Path, job: Job) -> None:
    job.server.faults = [Fault(status=503, until=20.0)]
    job.begin()

    code = job.publish()

    assert (code, len(job.comments), job.checks) == (0, 1, {"evalci / desk": "failure"})


@pytest.mark.parametrize("kind", ["503", "dropped"])
def test_a_longer_outage_ends_in_exit_5_with_the_summary(
    regressed: Path, job: Job, kind: str
) -> None:
    job.server.faults = [
        Fault(status=503, until=1e9) if kind == "503" else Fault(dropped=True, until=1e9)
    ]
    job.begin()

    code = job.publish()

    assert code == 5
    assert job.time.seconds < 80.0
    assert "makes `triage` worse" in job.summary
    assert job.outputs["exit-code"] == "1"


@pytest.mark.parametrize("status", [403, 429])
@pytest.mark.parametrize("match", ["GET", "POST .*comments", "POST .*check-runs", "graphql"])
def test_a_secondary_rate_limit_is_waited_for(
    regressed: Path, job: Job, match: str, status: int
) -> None:
    job.server.faults = [rate_limited("20", status=status, match=match)]
    job.begin()

    code = job.publish()

    assert (code, len(job.comments), job.checks) == (0, 1, {"evalci / desk": "failure"})
    assert job.time.seconds >= 20.0


def test_a_rate_limit_of_an_hour_is_not_waited_for(regressed: Path, job: Job) -> None:
    job.server.faults = [rate_limited("3600", match=".", times=1000)]
    job.begin()

    assert (job.publish(), job.time.seconds) == (5, 0.0)


def test_an_enterprise_server_is_reached_under_its_path(
    regressed: Path,
    job: Job,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with serving(prefix="/api/v3") as server:
        other = Job(server, job.time, tmp_path_factory.mktemp("runner"), monkeypatch)
        other.begin()

        code = other.publish()

        assert (code, len(other.comments), other.checks) == (0, 1, {"evalci / desk": "failure"})
        assert server.graphql_url.endswith("/api/graphql")
