"""The statistical modes from the command line: what they ask, how they end, what a re-run does."""

import shlex
from pathlib import Path

import pytest

from evalci.cli import run_cli
from evalci.errors import ExitCode
from tests.cli.desk import (
    BASELINE,
    BROKEN,
    HARMLESS,
    RUN,
    accept_baseline,
    baseline_json,
    composites,
    run_json,
    trial_counts,
)
from tests.cli.evidence import case, config, write_evidence_desk

ANCHOR = "baselines/desk.main.anchor.json"
HALF = "Reply with exactly: {{ 'wrong' if q in ('red', 'blue', 'green') else q }}\n"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory of a desk without a `gate:` section and without a baseline."""
    monkeypatch.chdir(tmp_path)
    write_evidence_desk(tmp_path)
    return tmp_path


def outcomes() -> dict[str, str]:
    """Return the outcome of each category as the run file has it."""
    return {c["name"]: c["outcome"] for c in run_json()["verdict"]["categories"]}


def logged_trials() -> int:
    lines = Path(RUN, "log.jsonl").read_text(encoding="utf-8").splitlines()
    return sum('"trial": {' in line for line in lines)


def test_the_first_run_takes_the_trials_of_a_baseline(desk: Path) -> None:
    assert run_cli(["run"]) == ExitCode.OK

    assert set(trial_counts(run_json()).values()) == {4}


@pytest.mark.parametrize(
    "gate",
    [
        pytest.param("", id="evidence by default"),
        pytest.param("{preset: quick}", id="quick"),
        pytest.param("{preset: quiet}", id="quiet"),
        pytest.param("{preset: strict}", id="strict"),
        pytest.param("{mode: exact}", id="exact"),
        pytest.param("{mode: entropy}", id="entropy"),
        pytest.param("{mode: threshold}", id="threshold"),
    ],
)
def test_every_mode_finds_the_category_that_broke(desk: Path, gate: str) -> None:
    (desk / "evalci.yaml").write_text(config(gate))
    accept_baseline()
    (desk / "prompts/triage.md").write_text(BROKEN)

    code = run_cli(["run"])

    assert code == ExitCode.GATE_FAILED
    assert outcomes() == {"reply": "unchanged", "triage": "regression"}


@pytest.mark.parametrize(
    ("gate", "trials"),
    [
        pytest.param("{mode: exact}", 8, id="exact has a fixed number"),
        pytest.param("{mode: entropy}", 2, id="entropy stops where trials agree"),
        pytest.param("{mode: threshold}", 4, id="threshold takes those of the baseline"),
        pytest.param("{looks: [3, 6]}", 3, id="evidence stops at the look that settles it"),
    ],
)
def test_a_mode_decides_how_many_trials_a_case_gets(desk: Path, gate: str, trials: int) -> None:
    (desk / "evalci.yaml").write_text(config(gate))
    accept_baseline()
    (desk / "prompts/triage.md").write_text(HARMLESS)

    assert run_cli(["run"]) == ExitCode.OK

    counts = trial_counts(run_json())
    assert counts["triage-red"] == trials
    assert counts["reply-red"] == 0


def test_a_re_run_repeats_a_settled_verdict_without_a_call(desk: Path) -> None:
    (desk / "evalci.yaml").write_text(config("{looks: [1, 2], default: {detect_pp: 100}}"))
    accept_baseline()
    (desk / "prompts/triage.md").write_text(HARMLESS)
    counts = []

    for _ in range(3):
        assert run_cli(["run"]) == ExitCode.OK
        counts.append((trial_counts(run_json())["triage-red"], logged_trials()))

    assert counts == [(1, 6), (1, 6), (1, 6)]
    assert outcomes() == {"reply": "unchanged", "triage": "pass"}


@pytest.mark.parametrize("mode", ["evidence", "exact", "entropy", "threshold"])
def test_asking_again_repeats_the_verdict_in_every_mode(
    desk: Path, capsys: pytest.CaptureFixture[str], mode: str
) -> None:
    (desk / "evalci.yaml").write_text(config(f"{{mode: {mode}}}"))
    accept_baseline()
    (desk / "prompts/triage.md").write_text(BROKEN)
    assert run_cli(["run"]) == ExitCode.GATE_FAILED
    before = composites(run_json())
    capsys.readouterr()

    assert run_cli(["run"]) == ExitCode.GATE_FAILED

    assert composites(run_json()) == before
    assert capsys.readouterr().err == ""


def test_another_selection_in_between_costs_no_trial(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    accept_baseline()
    (desk / "prompts/triage.md").write_text(HALF)
    assert run_cli(["run"]) == ExitCode.GATE_FAILED
    before = trial_counts(run_json())
    assert run_cli(["run", "--last-failed", "--no-gate"]) == ExitCode.OK
    capsys.readouterr()

    assert run_cli(["run"]) == ExitCode.GATE_FAILED

    assert trial_counts(run_json()) == before
    assert capsys.readouterr().err == ""


def test_another_edit_starts_from_zero(desk: Path) -> None:
    accept_baseline()
    (desk / "prompts/triage.md").write_text(BROKEN)
    assert run_cli(["run"]) == ExitCode.GATE_FAILED

    (desk / "prompts/triage.md").write_text(HARMLESS)

    assert run_cli(["run"]) == ExitCode.OK
    assert outcomes()["triage"] == "pass"


def test_the_remedy_of_an_edited_category_makes_it_comparable_again(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    accept_baseline()
    path = desk / "golden/desk/cases.yaml"
    path.write_text(path.read_text().replace(" red", " pink").replace(" blue", " grey"))
    assert run_cli(["run"]) == ExitCode.OK
    assert outcomes() == {"reply": "not comparable", "triage": "not comparable"}
    remedy = 'evalci run --all && evalci baseline accept --top-up --reason "…"'
    assert remedy in capsys.readouterr().out

    codes = [run_cli(shlex.split(command)[1:]) for command in remedy.split(" && ")]

    assert codes == [ExitCode.OK, ExitCode.OK]
    assert {len(case["trials"]) for case in baseline_json()["cases"]} == {4}


def test_a_new_case_leaves_its_category_unchanged_and_is_accepted_as_the_report_says(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    accept_baseline()
    path, manifest = desk / "golden/desk/cases.yaml", desk / "golden/desk/manifest.yaml"
    path.write_text(path.read_text() + case("reply", "pink"))
    manifest.write_text(manifest.read_text().replace("12", "13").replace("reply: 6", "reply: 7"))
    capsys.readouterr()
    assert run_cli(["run"]) == ExitCode.OK
    assert outcomes() == {"reply": "unchanged", "triage": "unchanged"}
    said = capsys.readouterr().out
    assert "unchanged: 12 cases carried forward, 1 new or edited case not compared" in said
    assert 'evalci baseline accept --top-up --reason "…"' in said

    assert run_cli(["baseline", "accept", "--top-up", "--reason", "a new case"]) == ExitCode.OK

    counts = {case["id"]: len(case["trials"]) for case in baseline_json()["cases"]}
    assert (len(counts), set(counts.values())) == (13, {4})


def test_all_cases_are_measured_afresh_each_time(desk: Path) -> None:
    accept_baseline()
    assert run_cli(["run", "--all"]) == ExitCode.OK
    first = trial_counts(run_json())

    assert run_cli(["run", "--all"]) == ExitCode.OK

    assert trial_counts(run_json()) == first
    assert logged_trials() == sum(first.values())


def test_a_baseline_below_3_trials_is_accepted_with_a_warning(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (desk / "evalci.yaml").write_text(config().replace("trials: 4", "trials: 2"))

    accept_baseline()

    assert "12 of 12 cases have fewer than 3 trials" in capsys.readouterr().err


def test_a_scheduled_run_on_unchanged_inputs_extends_the_baseline(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    accept_baseline()
    assert run_cli(["run", "--all", "--trials", "3"]) == ExitCode.OK

    assert run_cli(["baseline", "extend"]) == ExitCode.OK

    assert {len(case["trials"]) for case in baseline_json()["cases"]} == {7}
    assert f"{BASELINE}: 36 trials added to 12 cases" in capsys.readouterr().out


def test_a_run_extends_a_baseline_once(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    accept_baseline()

    code = run_cli(["baseline", "extend"])

    assert code == ExitCode.BAD_INPUT
    assert "the baseline has the trials of this run already" in capsys.readouterr().err


def test_there_must_be_a_baseline_to_extend_or_freeze(desk: Path) -> None:
    assert run_cli(["run"]) == ExitCode.OK

    codes = [
        run_cli(["baseline", "extend"]),
        run_cli(["baseline", "anchor", "--reason", "1.0"]),
    ]

    assert codes == [ExitCode.BAD_INPUT, ExitCode.BAD_INPUT]


def test_an_anchor_needs_a_reason(desk: Path) -> None:
    accept_baseline()

    assert run_cli(["baseline", "anchor", "--reason", " "]) == ExitCode.USAGE


def test_a_slide_below_the_anchor_stays_in_sight_after_it_was_accepted(desk: Path) -> None:
    accept_baseline()
    assert run_cli(["baseline", "anchor", "--reason", "release 1.0"]) == ExitCode.OK
    (desk / "prompts/triage.md").write_text(HALF)
    assert run_cli(["run", "--all", "--trials", "4", "--no-gate"]) == ExitCode.OK
    assert run_cli(["baseline", "accept", "--reason", "on purpose"]) == ExitCode.OK

    assert run_cli(["run"]) == ExitCode.OK

    run = run_json()
    assert run["anchor"]["path"] == ANCHOR
    assert {case["anchor"] for case in run["cases"]} == {1.0}
    assert outcomes() == {"reply": "unchanged", "triage": "unchanged"}
