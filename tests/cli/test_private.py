"""`report.private`: prompts and answers stay in the job that measured them."""

from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.desk import BROKEN, RUN
from tests.cli.history import (
    STRICT,
    change,
    check_out_merge,
    commit,
    git,
    start_history,
)

PRIVATE = STRICT + "report: {private: true}\n"
# What the prompt says, what the answer says, and what was expected.
TEXTS = ("Reply with exactly", "wrong billing", "'billing'", '"billing"')


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a private desk under git, with a baseline, which is the working directory."""
    folder = tmp_path / "desk"
    folder.mkdir()
    monkeypatch.chdir(folder)
    start_history(folder)
    (folder / "evalci.yaml").write_text(PRIVATE, encoding="utf-8")
    commit("private from now on")
    return folder


def be_job(monkeypatch: pytest.MonkeyPatch, place: Path, files: dict[str, str | None]) -> None:
    """Check out the merge commit of a pull request with some edits, as its job does."""
    base = git("rev-parse", "HEAD")
    head = change(Path.cwd(), files)
    check_out_merge(monkeypatch, place, base=base, head=head)


def uploaded(desk: Path) -> str:
    """Return everything in the folder that the action uploads and keeps."""
    files = [path for path in (desk / ".evalci" / "runs").rglob("*") if path.is_file()]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


@pytest.mark.parametrize(
    "edits",
    [
        pytest.param({"prompts/triage.md": BROKEN}, id="the prompt"),
        pytest.param(
            {"prompts/triage.md": BROKEN, "evalci.yaml": STRICT}, id="and the setting itself"
        ),
    ],
)
def test_a_job_leaves_and_prints_no_text(
    desk: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    edits: dict[str, str | None],
) -> None:
    be_job(monkeypatch, tmp_path / "event.json", edits)
    pages = ["--html", ".evalci/runs/page.html", "--junit", ".evalci/runs/page.xml"]
    capsys.readouterr()

    code = run_cli(["run", *pages])

    said = capsys.readouterr()
    left = uploaded(desk) + said.out + said.err
    assert code == 1
    assert "triage-1" in left
    assert [text for text in TEXTS if text in left] == []


def test_a_private_report_says_why_it_shows_no_text(
    desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_job(monkeypatch, tmp_path / "event.json", {"prompts/triage.md": BROKEN})

    run_cli(["run"])

    assert "prompts and answers are private here" in (desk / RUN / "report.md").read_text()


def test_on_ones_own_machine_everything_is_shown(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (desk / "prompts/triage.md").write_text(BROKEN, encoding="utf-8")

    run_cli(["run"])

    assert "wrong billing" in uploaded(desk)
    assert "Reply with exactly" in uploaded(desk)


def test_turning_privacy_off_waits_for_the_merge(
    desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_job(monkeypatch, tmp_path / "event.json", {"evalci.yaml": STRICT})

    run_cli(["run"])

    assert "`report.private` `true` → `false`" in (desk / RUN / "report.md").read_text()


def test_logs_from_before_are_not_uploaded(
    desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_job(monkeypatch, tmp_path / "event.json", {"prompts/triage.md": BROKEN})
    old = desk / RUN / "log.jsonl"
    old.write_text("Reply with exactly: something\n", encoding="utf-8")

    run_cli(["run"])

    assert not list((desk / RUN).glob("log*"))


def test_a_private_run_is_accepted_like_any_other(
    desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    be_job(monkeypatch, tmp_path / "event.json", {"prompts/triage.md": BROKEN})
    run_cli(["run"])

    code = run_cli(["baseline", "accept", "--reason", "on purpose"])

    assert code == 0
