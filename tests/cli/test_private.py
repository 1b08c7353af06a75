"""`report.private`: prompts and answers stay in the job that measured them."""

from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.based_desk import Propose, desk, propose
from tests.cli.desk import BROKEN, RUN, write
from tests.cli.history import STRICT, commit

__all__ = ["desk", "propose"]

PRIVATE = STRICT + "report: {private: true}\n"
# What the prompt says, what the answer says, and what was expected.
TEXTS = ("Reply with exactly", "wrong billing", "'billing'", '"billing"')


@pytest.fixture
def private(desk: Path) -> Path:
    """Return the desk after it became private."""
    write("evalci.yaml", PRIVATE)
    commit("private from now on")
    return desk


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
    private: Path,
    propose: Propose,
    capsys: pytest.CaptureFixture[str],
    edits: dict[str, str | None],
) -> None:
    propose(edits)
    pages = ["--html", ".evalci/runs/page.html", "--junit", ".evalci/runs/page.xml"]
    capsys.readouterr()

    code = run_cli(["run", *pages])

    said = capsys.readouterr()
    left = uploaded(private) + said.out + said.err
    assert code == 1
    assert "triage-1" in left
    assert [text for text in TEXTS if text in left] == []


def test_a_private_report_says_why_it_shows_no_text(private: Path, propose: Propose) -> None:
    propose({"prompts/triage.md": BROKEN})

    run_cli(["run"])

    assert "prompts and answers are private here" in (private / RUN / "report.md").read_text()


def test_on_ones_own_machine_everything_is_shown(private: Path) -> None:
    (private / "prompts/triage.md").write_text(BROKEN, encoding="utf-8")

    run_cli(["run"])

    assert "wrong billing" in uploaded(private)
    assert "Reply with exactly" in uploaded(private)


def test_turning_privacy_off_waits_for_the_merge(private: Path, propose: Propose) -> None:
    propose({"evalci.yaml": STRICT})

    run_cli(["run"])

    assert "`report.private` `true` → `false`" in (private / RUN / "report.md").read_text()


def test_logs_from_before_are_not_uploaded(private: Path, propose: Propose) -> None:
    propose({"prompts/triage.md": BROKEN})
    old = private / RUN / "log.jsonl"
    old.write_text("Reply with exactly: something\n", encoding="utf-8")

    run_cli(["run"])

    assert not list((private / RUN).glob("log*"))


def test_a_private_run_is_accepted_like_any_other(private: Path, propose: Propose) -> None:
    propose({"prompts/triage.md": BROKEN})
    run_cli(["run"])

    code = run_cli(["baseline", "accept", "--reason", "on purpose"])

    assert code == 0
