"""`evalci history add`: which runs are kept, what of them, and where."""

import json
from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.desk import CONFIG, SHOP, run_json, write_desk
from tests.cli.job import Job
from tests.cli.kept_history import FILE, said


@pytest.fixture
def measured(desk: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Return a repository with one finished run."""
    assert run_cli(["run", "--all", "--trials", "1"]) == 0
    capsys.readouterr()
    return desk


def test_the_last_run_is_kept_once(measured: Path, capsys: pytest.CaptureFixture[str]) -> None:
    del measured
    run = run_json()["id"]

    first, second = said(capsys, "add"), said(capsys, "add")

    assert first == f"desk with main, run {run}: kept\n"
    assert second == f"desk with main, run {run}: was kept already\n"
    assert run in said(capsys, "list")


def test_a_golden_set_that_is_not_measured_keeps_no_other_out(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_desk(desk, {**SHOP, "prompts/order.md": "{{ nobody }}\n"})
    assert run_cli(["run", "--all", "--trials", "1"]) == 3
    capsys.readouterr()

    lines = said(capsys, "add").splitlines()

    assert [line.partition(", run")[0] for line in lines] == [
        "shop with main: not kept: it was not measured",
        "desk with main",
    ]
    assert lines[-1].endswith(": kept")


def test_what_is_kept_has_no_answer_in_it(measured: Path) -> None:
    assert run_cli(["history", "add"]) == 0

    data = (measured / FILE).read_bytes()

    assert [word for word in (b"billing", b"sorry", b"Reply with") if word in data] == []


def test_the_config_says_where_it_is(measured: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = "history: {url: 'sqlite:///kept/runs.sqlite'}\n"
    (measured / "evalci.yaml").write_text(CONFIG + url, encoding="utf-8")

    said(capsys, "add")

    assert (measured / "kept" / "runs.sqlite").is_file()


def test_an_option_goes_before_the_config(
    measured: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVALCI_HISTORY", "sqlite:///other.sqlite")

    said(capsys, "add")

    assert (measured / "other.sqlite").is_file()
    assert not (measured / FILE).exists()


@pytest.mark.parametrize(
    ("url", "message"),
    [
        pytest.param("postgresql://ada:hunter22@db/runs", "a password in a file", id="a password"),
        pytest.param("postgresql://ada:a/hunter22@db/r", "a password in a file", id="with a slash"),
        pytest.param("postgresql://db/r?password=hunter22", "a password in a", id="as an option"),
        pytest.param("sqlite:///../runs.sqlite", "is outside the repository", id="elsewhere"),
        pytest.param("mongodb://db", "what stands here is not valid here", id="another kind"),
    ],
)
def test_a_place_that_no_config_may_name(
    measured: Path, capsys: pytest.CaptureFixture[str], url: str, message: str
) -> None:
    text = CONFIG + f"history: {{url: '{url}'}}\n"
    (measured / "evalci.yaml").write_text(text, encoding="utf-8")

    code = run_cli(["history", "list"])
    error = capsys.readouterr().err

    assert (code, message in error, "hunter22" in error) == (3, True, False)


def test_a_weekly_run_that_is_added_later_is_one(
    desk: Path, capsys: pytest.CaptureFixture[str], job: Job
) -> None:
    del desk
    job.begin("schedule")
    assert run_cli(["run", "--all", "--trials", "1"]) == 0
    job.end()
    capsys.readouterr()

    said(capsys, "add")

    kept = json.loads(said(capsys, "export"))
    assert kept["trigger"] == "schedule"


def test_in_a_pull_request_nothing_is_kept_on_the_branch(
    measured: Path, capsys: pytest.CaptureFixture[str], job: Job
) -> None:
    del measured
    job.begin("pull_request")

    text = said(capsys, "add")

    assert text.endswith("not kept: the branch takes runs of the default branch only\n")
