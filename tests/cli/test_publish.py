"""`evalci publish` with real files against the GitHub double."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from evalci.cli import run_cli
from evalci.report.markdown import LIMIT, MARKER
from tests.cli.desk import BROKEN, CONFIG, HARMLESS, RUN, SHOP, accept_baseline, write_desk
from tests.cli.job import HEAD, Job, make_payload
from tests.github_server import TOKEN, Fault, rate_limited, serving
from tests.github_state import Account

BOT = Account()
ADA = Account(login="ada", bot=False)
READ_ONLY = Account(rights=frozenset())


def edit(text: str = BROKEN, path: str = "prompts/triage.md") -> None:
    """Edit a prompt and measure."""
    Path(path).write_text(text, encoding="utf-8")
    run_cli(["run", "--no-gate"])


@pytest.fixture
def regressed(accepted: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Return a repository whose last run found a regression."""
    edit()
    capsys.readouterr()
    return accepted


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


# Runs that did not finish


def test_a_run_that_never_started_is_reported(accepted: Path, job: Job) -> None:
    index = accepted / ".evalci/runs/index.json"
    index.unlink()
    job.begin()

    code = job.publish()

    assert code == 0
    (comment,) = job.comments
    assert "never started" in comment
    assert job.checks == {"evalci": "action_required"}
    assert job.outputs["verdict"] == "not measured"


def test_a_killed_run_is_reported_and_nothing_says_passed(regressed: Path, job: Job) -> None:
    place = regressed / ".evalci/runs/index.json"
    data = json.loads(place.read_text(encoding="utf-8"))
    place.write_text(
        json.dumps({"format": 1, "started_at": data["started_at"], "exit_code": None}),
        encoding="utf-8",
    )
    job.begin()

    code = job.publish()

    (comment,) = job.comments
    assert code == 0
    assert "was killed" in comment
    assert ("🟢" in comment, job.checks) == (False, {"evalci": "action_required"})


def test_a_crash_replaces_what_the_comment_said(accepted: Path, job: Job) -> None:
    edit(HARMLESS)
    job.begin()
    job.publish("--comment", "always")
    job.end()
    edit("{{ nothing_like_that }}\n")
    job.begin(run_id=101)

    job.publish()

    (comment,) = job.comments
    assert ("🟢" in comment, "nothing_like_that" in comment) == (False, True)
    assert job.outputs["exit-code"] == "3"


def test_a_broken_run_file_does_not_silence_the_others(
    tmp_path: Path, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_desk(tmp_path, SHOP)
    monkeypatch.chdir(tmp_path)
    accept_baseline()
    edit()
    (tmp_path / ".evalci/runs/shop.main/run.json").write_text('{"format": 1}', encoding="utf-8")
    job.begin()

    code = job.publish()

    (comment,) = job.comments
    assert code == 0
    assert "makes `triage` worse" in comment
    assert job.checks == {"evalci / desk": "failure", "evalci / shop": "action_required"}


@pytest.mark.parametrize("config", [None, "version: 1\nmodels: [\n"], ids=["gone", "broken"])
def test_without_a_config_it_still_says_what_it_knows(
    desk: Path, job: Job, config: str | None
) -> None:
    place = desk / "evalci.yaml"
    place.unlink() if config is None else place.write_text(config, encoding="utf-8")
    run_cli(["run", "--no-gate"])
    job.begin()

    code = job.publish()

    assert (code, len(job.comments), job.checks) == (0, 1, {"evalci": "action_required"})


def test_named_runs_need_neither_index_nor_config(
    regressed: Path,
    job: Job,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    job.begin()

    code = job.publish(str(regressed / RUN))

    assert (code, job.checks) == (0, {"evalci / desk": "failure"})


def test_an_index_that_points_elsewhere_is_not_followed(regressed: Path, job: Job) -> None:
    place = regressed / ".evalci/runs/index.json"
    text = place.read_text(encoding="utf-8")
    place.write_text(text.replace('"desk.main"', '"../../elsewhere"'), encoding="utf-8")
    (regressed / RUN).rename(regressed / "elsewhere")
    job.begin()

    job.publish()

    assert job.checks == {"evalci / desk": "action_required"}


def test_a_run_of_another_golden_set_is_not_taken_for_this_one(regressed: Path, job: Job) -> None:
    place = regressed / ".evalci/runs/index.json"
    text = place.read_text(encoding="utf-8")
    place.write_text(text.replace('"desk"', '"shop"'), encoding="utf-8")
    job.begin()

    job.publish()

    assert job.checks == {"evalci / shop": "action_required"}


def test_a_run_that_no_report_can_be_made_of_does_not_silence_the_others(
    tmp_path: Path, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_desk(tmp_path, SHOP)
    monkeypatch.chdir(tmp_path)
    accept_baseline()
    edit()
    place = tmp_path / ".evalci/runs/shop.main/run.json"
    data = json.loads(place.read_text(encoding="utf-8"))
    data["gate"]["categories"] = []
    data["cases"][0]["category"] = "nowhere"
    place.write_text(json.dumps(data), encoding="utf-8")
    job.begin()

    code = job.publish()

    assert code == 0
    assert job.checks["evalci / desk"] == "failure"
    assert job.checks["evalci / shop"] != "success"


def test_a_secret_in_a_run_file_is_masked_everywhere(regressed: Path, job: Job) -> None:
    place = regressed / RUN / "run.json"
    text = place.read_text(encoding="utf-8")
    secret = "sk-proj-abcdefghijklmnopqrstuvwxyz"  # noqa: S105  # a made-up one
    assert "wrong billing" in text
    place.write_text(text.replace("wrong billing", secret), encoding="utf-8")
    job.begin()

    job.publish()

    said = str(job.comments) + str(job.server.repository.checks) + job.summary
    assert ("[redacted]" in said, secret in said) == (True, False)


# Where it speaks from


def test_outside_of_actions_it_says_what_is_missing(
    regressed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run_cli(["publish"])

    assert code == 3
    assert capsys.readouterr().err == (
        "evalci: `evalci publish` works in a GitHub Actions job; not set: GITHUB_EVENT_NAME,"
        " GITHUB_EVENT_PATH, GITHUB_REPOSITORY, GITHUB_SHA;"
        " `evalci report` shows the report anywhere\n"
    )


@pytest.mark.parametrize(
    "payload",
    ["", "{", "[]", "{}", '{"pull_request": {"number": 7}}', '{"pull_request": {"number": "7"}}'],
)
def test_a_malformed_payload_is_bad_input(
    regressed: Path,
    job: Job,
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
    payload: str,
) -> None:
    place = tmp_path_factory.mktemp("event") / "payload"
    place.write_text(payload, encoding="utf-8")
    job.begin(GITHUB_EVENT_PATH=str(place))

    code = job.publish()

    assert code == 3
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert job.server.received == []
