"""`evalci run` from its arguments to its exit code, its output and the files it leaves."""

from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.desk import (
    BROKEN,
    ECHO,
    HARMLESS,
    RUN,
    run_json,
    trial_counts,
    write,
)


def test_without_a_baseline_everything_is_measured_and_nothing_fails(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run_cli(["run"])

    assert code == 0
    assert trial_counts(run_json()) == dict.fromkeys(
        ["triage-1", "triage-2", "reply-1", "reply-2"], 4
    )
    assert "no baseline yet" in capsys.readouterr().out
    assert "no baseline" in (desk / RUN / "report.md").read_text(encoding="utf-8")


def test_with_a_fresh_baseline_every_case_is_carried_and_nobody_is_asked(
    accepted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run_cli(["run"])

    streams = capsys.readouterr()
    assert code == 0
    assert set(trial_counts(run_json()).values()) == {0}
    assert "all 4 cases carried forward" in streams.out
    assert "0 live calls" in streams.out
    assert "trials" not in streams.err


def test_an_edit_that_breaks_a_category_fails_and_names_it(
    accepted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write("prompts/triage.md", BROKEN)

    code = run_cli(["run"])

    assert code == 1
    assert "this change makes triage worse" in capsys.readouterr().out
    assert trial_counts(run_json()) == {"triage-1": 4, "triage-2": 4, "reply-1": 0, "reply-2": 0}
    outcomes = {c["name"]: c["outcome"] for c in run_json()["verdict"]["categories"]}
    assert outcomes == {"triage": "regression", "reply": "unchanged"}


def test_a_harmless_edit_passes_after_asking_what_it_touches(
    accepted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write("prompts/triage.md", HARMLESS)

    code = run_cli(["run"])

    assert code == 0
    assert trial_counts(run_json()) == {"triage-1": 4, "triage-2": 4, "reply-1": 0, "reply-2": 0}
    assert "no regression" in capsys.readouterr().out


def test_a_repaired_prompt_passes_again(accepted: Path) -> None:
    write("prompts/triage.md", BROKEN)
    broken = run_cli(["run"])
    write("prompts/triage.md", ECHO)

    repaired = run_cli(["run"])

    assert (broken, repaired) == (1, 0)


def test_no_gate_keeps_the_verdict_and_never_exits_1(accepted: Path) -> None:
    write("prompts/triage.md", BROKEN)

    code = run_cli(["run", "--no-gate"])

    assert code == 0
    assert run_json()["verdict"]["exit_code"] == 1


def test_no_gate_does_not_hide_bad_input(accepted: Path) -> None:
    write("prompts/triage.md", "Reply with exactly: {{ nothing_by_this_name }}\n")

    assert run_cli(["run", "--no-gate"]) == 3


@pytest.mark.parametrize(
    ("arguments", "counts"),
    [
        pytest.param(
            ["--all"],
            {"triage-1": 4, "triage-2": 4, "reply-1": 4, "reply-2": 4},
            id="all",
        ),
        pytest.param(["--case", "reply-1"], {"reply-1": 4}, id="one-case"),
        pytest.param(
            ["--case", "reply-1", "--case", "triage-2"],
            {"reply-1": 4, "triage-2": 4},
            id="two-cases",
        ),
        pytest.param(
            ["--match", "task_type=triage"], {"triage-1": 4, "triage-2": 4}, id="dimension"
        ),
        pytest.param(
            ["--match", "task_type=triage", "--case", "triage-1"],
            {"triage-1": 4},
            id="dimension-and-case",
        ),
        pytest.param(["--case", "reply-1", "--trials", "2"], {"reply-1": 2}, id="trials-of-a-case"),
        pytest.param(
            ["--all", "--trials", "1"],
            {"triage-1": 1, "triage-2": 1, "reply-1": 1, "reply-2": 1},
            id="trials-of-all",
        ),
    ],
)
def test_a_selection_asks_its_cases_even_when_nothing_changed(
    accepted: Path, arguments: list[str], counts: dict[str, int]
) -> None:
    code = run_cli(["run", *arguments])

    assert code == 0
    assert trial_counts(run_json()) == counts


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        pytest.param(["--case", "triag-1"], 2, "did you mean `triage-1`?", id="unknown-case"),
        pytest.param(["--match", "task_type=nobody"], 2, "no case matches", id="no-match"),
        pytest.param(["--match", "task_type=triag"], 2, "did you mean `triage`?", id="near-match"),
        pytest.param(["--match", "task_typ=triage"], 2, "task_type", id="unknown-dimension"),
        pytest.param(["--match", "triage"], 2, "dimension=value", id="match-without-value"),
        pytest.param(["--model", "mian"], 2, "did you mean `main`?", id="unknown-model"),
        pytest.param(["--golden-set", "dsk"], 2, "did you mean `desk`?", id="unknown-set"),
        pytest.param(["--trials", "0"], 2, "--trials", id="no-trials"),
        pytest.param(["--trials", "many"], 2, "--trials", id="trials-no-number"),
        pytest.param(["--replay", "--record"], 2, "exclude each other", id="replay-and-record"),
        pytest.param(["--alll"], 2, "--all", id="unknown-option"),
    ],
)
def test_a_wrong_option_ends_in_one_line_that_says_what_is_right(
    desk: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    words: str,
) -> None:
    got = run_cli(["run", *arguments])

    (line,) = capsys.readouterr().err.splitlines()
    assert got == code
    assert line.startswith("evalci: ")
    assert words in line
    assert not list((desk / ".evalci").rglob("run.json"))
