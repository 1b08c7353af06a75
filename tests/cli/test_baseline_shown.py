"""`evalci baseline show` and `diff`: who accepted what, and what became of it since a commit."""

from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.desk import BROKEN, accept_baseline
from tests.cli.history import commit, git


def test_show_prints_who_accepted_it_and_each_category(
    regressed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_cli(["baseline", "accept", "--reason", "on purpose", "--case", "triage-1"])
    capsys.readouterr()

    code = run_cli(["baseline", "show"])

    lines = capsys.readouterr().out.splitlines()
    assert code == 0
    assert lines[0] == "desk 1.0 with scripted/echo"
    assert lines[1].endswith(": on purpose")
    assert lines[2:] == [
        "  reply: 1.00, 2 cases × 4 trials",
        "  triage: 0.50, 2 cases × 4 trials",
    ]


def test_show_without_a_baseline_says_how_to_get_one(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run_cli(["baseline", "show"])

    assert code == 3
    assert "evalci baseline accept --reason" in capsys.readouterr().err


def test_diff_compares_with_the_last_commit(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    git("init", "--quiet")
    accept_baseline()
    commit("baseline")
    (desk / "prompts/triage.md").write_text(BROKEN, encoding="utf-8")
    run_cli(["run"])
    run_cli(["baseline", "accept", "--reason", "on purpose"])
    capsys.readouterr()

    code = run_cli(["baseline", "diff"])

    assert code == 0
    assert capsys.readouterr().out.splitlines() == [
        "desk with scripted/echo: 2 cases changed, 0 new, 0 gone since HEAD",
        "  reply: 1.00 → 1.00",
        "  triage: 1.00 → 0.00",
        "    triage-1: 1.00 → 0.00",
        "    triage-2: 1.00 → 0.00",
    ]


def test_diff_of_a_baseline_that_was_never_committed_says_so(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    git("init", "--quiet")
    commit("prompts")
    accept_baseline()
    capsys.readouterr()

    code = run_cli(["baseline", "diff"])

    assert code == 0
    expected = "desk with scripted/echo: only in the working tree, HEAD has no baseline\n"
    assert capsys.readouterr().out == expected


def test_diff_of_a_baseline_that_is_gone_is_bad_input(
    accepted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    git("init", "--quiet")
    commit("baseline")
    (accepted / "baselines/desk.main.json").unlink()

    code = run_cli(["baseline", "diff"])

    assert code == 3
    error = capsys.readouterr().err
    assert "no baseline for desk with main in the working tree; HEAD has one" in error


def test_diff_before_the_first_commit_says_to_commit(
    accepted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    git("init", "--quiet")

    code = run_cli(["baseline", "diff"])

    assert code == 3
    assert "commit first: git add -A && git commit" in capsys.readouterr().err


def test_diff_outside_git_says_how_to_begin(
    accepted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run_cli(["baseline", "diff"])

    said = capsys.readouterr().err
    assert (code, (accepted / ".git").exists()) == (3, False)
    assert "`HEAD`" in said
    assert "commit first: git init && git add -A && git commit" in said


@pytest.mark.parametrize("ref", ["no-such-branch", "--output=stolen.txt", ""])
def test_diff_with_a_commit_that_is_none_is_bad_input(
    accepted: Path, capsys: pytest.CaptureFixture[str], ref: str
) -> None:
    git("init", "--quiet")
    commit("baseline")

    code = run_cli(["baseline", "diff", f"--ref={ref}"])

    assert code == 3
    assert "git knows no commit" in capsys.readouterr().err
    assert not (accepted / "stolen.txt").exists()
