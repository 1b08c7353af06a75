"""`evalci run` with recordings, several golden sets, and options from variables."""

from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.desk import (
    BROKEN,
    RUN,
    SHOP,
    accept_baseline,
    composites,
    run_json,
    trial_counts,
    write,
    write_desk,
)


def test_a_replay_scores_what_was_recorded(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write("prompts/triage.md", BROKEN)
    run_cli(["run", "--all", "--record"])
    recorded = composites(run_json())
    capsys.readouterr()

    code = run_cli(["run", "--all", "--replay"])

    assert code == 0
    assert composites(run_json()) == recorded
    assert recorded["triage-1"] == [0.0] * 4
    assert recorded["reply-1"] == [1.0] * 4
    assert "0 live calls, 16 recorded answers" in capsys.readouterr().out


def test_a_replay_takes_its_answers_from_the_file_and_not_from_the_model(desk: Path) -> None:
    run_cli(["run", "--all", "--record"])
    recordings = Path("golden/desk/recordings/main.jsonl")
    text = recordings.read_text(encoding="utf-8")
    recordings.write_text(text.replace('"billing"', '"parcels"'), encoding="utf-8")

    run_cli(["run", "--all", "--replay"])

    assert composites(run_json())["triage-1"] == [0.0] * 4
    assert composites(run_json())["triage-2"] == [1.0] * 4


def test_a_missing_recording_names_the_case(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_cli(["run", "--record", "--case", "triage-1"])
    capsys.readouterr()

    code = run_cli(["run", "--replay", "--case", "triage-1", "--case", "reply-2"])

    assert code == 3
    assert "no recording for trial 1 of `reply-2`" in capsys.readouterr().err


def test_a_replay_without_recordings_is_bad_input(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run_cli(["run", "--replay"])

    line = "no recordings: `golden/desk/recordings/main.jsonl`; `evalci run --record` writes them"
    assert code == 3
    assert line in capsys.readouterr().err


def test_recording_a_part_keeps_the_other_recordings(desk: Path) -> None:
    run_cli(["run", "--all", "--record"])
    run_cli(["run", "--case", "triage-1", "--record"])

    code = run_cli(["run", "--all", "--replay"])

    assert code == 0
    assert set(trial_counts(run_json()).values()) == {4}


def test_a_regression_in_one_golden_set_wins_over_an_error_in_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_desk(tmp_path, SHOP)
    monkeypatch.chdir(tmp_path)
    accept_baseline()
    capsys.readouterr()
    write("prompts/triage.md", BROKEN)
    write("prompts/order.md", "Reply with exactly: {{ nothing_by_this_name }}\n")

    code = run_cli(["run"])

    streams = capsys.readouterr()
    assert code == 1
    assert "this change makes triage worse" in streams.out
    assert "evalci: shop: " in streams.err
    assert "nothing_by_this_name" in streams.err


@pytest.mark.parametrize("broken", ["triage", "order"])
def test_every_golden_set_is_reported_whichever_regresses(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    broken: str,
) -> None:
    write_desk(tmp_path, SHOP)
    monkeypatch.chdir(tmp_path)
    accept_baseline()
    capsys.readouterr()
    write(f"prompts/{broken}.md", BROKEN)

    code = run_cli(["run"])

    out = capsys.readouterr().out
    assert code == 1
    assert f"this change makes {broken} worse" in out
    assert "nothing to measure" in out
    assert "desk.main/run.json" in out
    assert "shop.main/run.json" in out


def test_an_error_in_one_golden_set_leaves_the_exit_code_of_the_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_desk(tmp_path, {**SHOP, "prompts/order.md": "Reply with exactly: {{ nobody }}\n"})
    monkeypatch.chdir(tmp_path)

    code = run_cli(["run"])

    assert code == 3
    assert set(trial_counts(run_json()).values()) == {4}


def test_a_chosen_case_leaves_golden_sets_without_it_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_desk(tmp_path, SHOP)
    monkeypatch.chdir(tmp_path)

    code = run_cli(["run", "--case", "order-1"])

    assert code == 0
    assert trial_counts(run_json("shop.main")) == {"order-1": 4}
    assert not Path(RUN).exists()


@pytest.mark.parametrize(
    ("name", "value", "counts"),
    [
        pytest.param("EVALCI_TRIALS", "2", {"triage-1": 2, "reply-2": 2}, id="trials"),
        pytest.param("EVALCI_TRIALS", "", {"triage-1": 4, "reply-2": 4}, id="empty-trials"),
        pytest.param("EVALCI_REPLAY", "", {"triage-1": 4, "reply-2": 4}, id="empty-flag"),
        pytest.param("EVALCI_MODEL", "", {"triage-1": 4, "reply-2": 4}, id="empty-model"),
        pytest.param("EVALCI_CONFIG", "", {"triage-1": 4, "reply-2": 4}, id="empty-config"),
        pytest.param("EVALCI_MATCH", "", {"triage-1": 4, "reply-2": 4}, id="empty-match"),
        pytest.param("EVALCI_MATCH", "task_type=triage", {"triage-1": 4}, id="match"),
    ],
)
def test_an_option_is_read_from_its_variable_and_an_empty_one_is_unset(
    desk: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str,
    counts: dict[str, int],
) -> None:
    monkeypatch.setenv(name, value)

    code = run_cli(["run", "--case", "triage-1", "--case", "reply-2"])

    assert code == 0
    assert trial_counts(run_json()) == counts


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        pytest.param("triage-1", {"triage-1"}, id="one"),
        pytest.param("triage-1\nreply-2", {"triage-1", "reply-2"}, id="two-lines"),
        pytest.param("\n  triage-1 \r\n\n", {"triage-1"}, id="space-and-empty-lines"),
        pytest.param("", {"triage-1", "triage-2", "reply-1", "reply-2"}, id="empty"),
    ],
)
def test_a_list_in_a_variable_has_one_entry_a_line(
    desk: Path, monkeypatch: pytest.MonkeyPatch, value: str, ids: set[str]
) -> None:
    monkeypatch.setenv("EVALCI_CASE", value)

    code = run_cli(["run"])

    assert code == 0
    assert set(trial_counts(run_json())) == ids


def test_an_option_wins_over_its_variable(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVALCI_TRIALS", "2")

    run_cli(["run", "--trials", "3"])

    assert set(trial_counts(run_json()).values()) == {3}
