"""`evalci baseline accept`: what is taken over, what is refused, what is run before."""

from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.desk import (
    BASELINE,
    BROKEN,
    RUN,
    SHOP,
    baseline_json,
    run_json,
    trial_counts,
    write_desk,
)


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
