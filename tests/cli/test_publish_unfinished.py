"""`evalci publish` after runs that did not finish, and from where it cannot speak."""

import json
from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.desk import HARMLESS, RUN, SHOP, accept_baseline, edit, write_desk
from tests.cli.job import Job

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
