"""`evalci baseline`: what is accepted, what is refused, what is shown."""

import subprocess
from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.desk import (
    BASELINE,
    BROKEN,
    RUN,
    SHOP,
    accept_baseline,
    baseline_json,
    run_json,
    trial_counts,
    write_desk,
)


def git(folder: Path, *arguments: str) -> None:
    """Run git as somebody, in a folder, untouched by the settings of this machine."""
    who = ("-c", "user.name=Ana", "-c", "user.email=ana@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)


def means() -> dict[str, float]:
    """Return the mean of each accepted case."""
    return {
        case["id"]: sum(trial["score"] for trial in case["trials"]) / len(case["trials"])
        for case in baseline_json()["cases"]
    }


@pytest.fixture
def broken(accepted: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Return a repository with a baseline and a later run in which everything is worse."""
    for name in ("triage", "reply"):
        (accepted / f"prompts/{name}.md").write_text(BROKEN, encoding="utf-8")
    assert run_cli(["run", "--all"]) == 1
    capsys.readouterr()
    return accepted


def test_accepting_a_run_writes_every_case_and_says_so(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_cli(["run"])
    capsys.readouterr()

    code = run_cli(["baseline", "accept", "--reason", "first ever"])

    assert code == 0
    assert capsys.readouterr().out == f"{BASELINE}: 4 cases accepted; commit it\n"
    assert means() == dict.fromkeys(["reply-1", "reply-2", "triage-1", "triage-2"], 1.0)
    assert baseline_json()["accepted"]["reason"] == "first ever"


@pytest.mark.parametrize(
    ("arguments", "worse"),
    [
        pytest.param([], {"reply-1", "reply-2", "triage-1", "triage-2"}, id="all"),
        pytest.param(["--category", "triage"], {"triage-1", "triage-2"}, id="category"),
        pytest.param(["--case", "reply-2"], {"reply-2"}, id="case"),
        pytest.param(
            ["--case", "reply-2", "--case", "triage-1"], {"reply-2", "triage-1"}, id="cases"
        ),
        pytest.param(
            ["--category", "reply", "--case", "reply-1"], {"reply-1"}, id="case-of-a-category"
        ),
        pytest.param([RUN], {"reply-1", "reply-2", "triage-1", "triage-2"}, id="named-run"),
    ],
)
def test_only_the_chosen_part_is_taken_over(
    broken: Path, arguments: list[str], worse: set[str]
) -> None:
    code = run_cli(["baseline", "accept", "--reason", "on purpose", *arguments])

    assert code == 0
    assert {id_ for id_, mean in means().items() if mean == 0.0} == worse
    assert {id_ for id_, mean in means().items() if mean == 1.0} == set(means()) - worse
    assert len(means()) == 4


def test_what_was_accepted_on_purpose_passes_and_the_rest_still_fails(broken: Path) -> None:
    run_cli(["baseline", "accept", "--reason", "on purpose", "--category", "triage"])

    codes = [run_cli(["run", "--match", f"task_type={name}"]) for name in ("triage", "reply")]

    assert codes == [0, 1]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        pytest.param([], 2, "--reason", id="no-reason"),
        pytest.param(["--reason", ""], 2, "--reason", id="empty-reason"),
        pytest.param(["--reason", "  \t"], 2, "--reason is empty", id="blank-reason"),
        pytest.param(
            ["--reason", "x", "--category", "traige"],
            3,
            "did you mean `triage`?",
            id="unknown-category",
        ),
        pytest.param(
            ["--reason", "x", "--case", "reply-3"], 3, "no case `reply-3`", id="unknown-case"
        ),
        pytest.param(["--reason", "x", "nowhere"], 3, "cannot read nowhere", id="no-such-run"),
    ],
)
def test_a_refusal_names_its_cause_and_leaves_the_baseline(
    broken: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    words: str,
) -> None:
    before = Path(BASELINE).read_bytes()

    got = run_cli(["baseline", "accept", *arguments])

    (line,) = capsys.readouterr().err.splitlines()
    assert got == code
    assert words in line
    assert Path(BASELINE).read_bytes() == before


def test_a_case_outside_the_chosen_category_is_refused(
    broken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run_cli(
        ["baseline", "accept", "--reason", "x", "--category", "triage", "--case", "reply-1"]
    )

    streams = capsys.readouterr()
    assert code == 3
    assert "none of the chosen cases" in streams.err
    assert streams.out == ""


def test_too_few_trials_are_refused(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_cli(["run", "--trials", "2"])
    capsys.readouterr()

    code = run_cli(["baseline", "accept", "--reason", "x"])

    err = capsys.readouterr().err
    assert code == 3
    assert "has 2 trials, a baseline needs at least 3" in err
    assert "`evalci baseline accept --top-up` runs what is missing" in err
    assert not Path(BASELINE).exists()


def test_a_baseline_folder_that_links_outside_is_refused(
    desk: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    run_cli(["run"])
    (desk / "baselines").symlink_to(outside, target_is_directory=True)

    code = run_cli(["baseline", "accept", "--reason", "x"])

    assert code == 3
    assert list(outside.iterdir()) == []


def test_the_reason_is_read_from_its_variable(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_cli(["run"])
    monkeypatch.setenv("EVALCI_REASON", "from the workflow")

    code = run_cli(["baseline", "accept"])

    assert code == 0
    assert baseline_json()["accepted"]["reason"] == "from the workflow"


def test_an_empty_reason_variable_counts_as_unset(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_cli(["run"])
    monkeypatch.setenv("EVALCI_REASON", "")

    assert run_cli(["baseline", "accept"]) == 2


@pytest.mark.parametrize(
    ("name", "value", "worse"),
    [
        pytest.param("EVALCI_CATEGORY", "triage", {"triage-1", "triage-2"}, id="category"),
        pytest.param("EVALCI_CASE", "reply-2\ntriage-1", {"reply-2", "triage-1"}, id="case"),
    ],
)
def test_the_part_to_accept_is_read_from_its_variable(
    broken: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, worse: set[str]
) -> None:
    monkeypatch.setenv(name, value)

    run_cli(["baseline", "accept", "--reason", "on purpose"])

    assert {id_ for id_, mean in means().items() if mean == 0.0} == worse


def test_accepting_twice_changes_nothing(accepted: Path) -> None:
    before = Path(BASELINE).read_bytes()
    run_cli(["run", "--all"])

    code = run_cli(["baseline", "accept", "--reason", "again"])

    assert code == 0
    assert Path(BASELINE).read_bytes() == before


def test_every_golden_set_gets_its_baseline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_desk(tmp_path, SHOP)
    monkeypatch.chdir(tmp_path)
    run_cli(["run"])
    capsys.readouterr()

    run_cli(["baseline", "accept", "--reason", "first"])

    assert capsys.readouterr().out.splitlines() == [
        "baselines/desk.main.json: 4 cases accepted; commit it",
        "baselines/shop.main.json: 1 case accepted; commit it",
    ]
    assert Path("baselines/shop.main.json").is_file()


def test_show_prints_who_accepted_it_and_each_category(
    broken: Path, capsys: pytest.CaptureFixture[str]
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
    git(desk, "init", "--quiet")
    accept_baseline()
    git(desk, "add", "--all")
    git(desk, "commit", "--quiet", "-m", "baseline")
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
    git(desk, "init", "--quiet")
    git(desk, "add", "--all")
    git(desk, "commit", "--quiet", "-m", "prompts")
    accept_baseline()
    capsys.readouterr()

    code = run_cli(["baseline", "diff"])

    assert code == 0
    expected = "desk with scripted/echo: only in the working tree, HEAD has no baseline\n"
    assert capsys.readouterr().out == expected


def test_diff_of_a_baseline_that_is_gone_is_bad_input(
    accepted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    git(accepted, "init", "--quiet")
    git(accepted, "add", "--all")
    git(accepted, "commit", "--quiet", "-m", "baseline")
    (accepted / "baselines/desk.main.json").unlink()

    code = run_cli(["baseline", "diff"])

    assert code == 3
    error = capsys.readouterr().err
    assert "no baseline for desk with main in the working tree; HEAD has one" in error


def test_diff_before_the_first_commit_says_to_commit(
    accepted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    git(accepted, "init", "--quiet")

    code = run_cli(["baseline", "diff"])

    assert code == 3
    assert "commit first: git add -A && git commit" in capsys.readouterr().err


@pytest.mark.parametrize("ref", ["no-such-branch", "--output=stolen.txt", ""])
def test_diff_with_a_commit_that_is_none_is_bad_input(
    accepted: Path, capsys: pytest.CaptureFixture[str], ref: str
) -> None:
    git(accepted, "init", "--quiet")
    git(accepted, "add", "--all")
    git(accepted, "commit", "--quiet", "-m", "baseline")

    code = run_cli(["baseline", "diff", f"--ref={ref}"])

    assert code == 3
    assert "git knows no commit" in capsys.readouterr().err
    assert not (accepted / "stolen.txt").exists()


def test_diff_outside_git_is_bad_input(accepted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run_cli(["baseline", "diff"])

    assert code == 3
    assert "`HEAD`" in capsys.readouterr().err


def test_a_top_up_runs_what_is_missing_to_the_trials_of_the_policy(desk: Path) -> None:
    run_cli(["run", "--all", "--trials", "1"])

    code = run_cli(["baseline", "accept", "--reason", "first", "--top-up"])

    assert code == 0
    assert {case["id"]: len(case["trials"]) for case in baseline_json()["cases"]} == {
        "reply-1": 4,
        "reply-2": 4,
        "triage-1": 4,
        "triage-2": 4,
    }
    assert set(trial_counts(run_json()).values()) == {4}


def test_a_top_up_of_a_part_asks_nothing_else(desk: Path) -> None:
    run_cli(["run", "--all", "--trials", "1"])

    run_cli(["baseline", "accept", "--reason", "x", "--top-up", "--case", "reply-1"])

    assert trial_counts(run_json()) == {"reply-1": 4, "reply-2": 1, "triage-1": 1, "triage-2": 1}


def test_a_top_up_of_files_that_were_edited_since_is_refused(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_cli(["run", "--all", "--trials", "1"])
    (desk / "prompts/reply.md").write_text(BROKEN)
    capsys.readouterr()

    code = run_cli(["baseline", "accept", "--reason", "first", "--top-up"])

    assert code == 3
    assert "`reply-1` was edited since the run" in capsys.readouterr().err
    assert not (desk / BASELINE).exists()
