"""`evalci run` from its arguments to its exit code, its output and the files it leaves."""

import json
import socket
from collections import Counter
from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.desk import (
    BROKEN,
    CASES,
    CONFIG,
    ECHO,
    HARMLESS,
    RUN,
    SHOP,
    accept_baseline,
    composites,
    run_json,
    trial_counts,
    write_desk,
)

KEY = "q9Zr7LmX2vKd8TfWb4"


def write(path: str, text: str) -> None:
    """Write a file of the working directory."""
    Path(path).write_text(text, encoding="utf-8")


def read(path: str) -> str:
    """Return a file of the working directory."""
    return Path(path).read_text(encoding="utf-8")


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

    assert code == 3
    assert "golden/desk/recordings/main.jsonl" in capsys.readouterr().err


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


def answered(line: str, trials: list[str]) -> bool:
    """Tell whether a line of a log holds the answer of one of some trials."""
    places = [json.loads(trial)["trial"] for trial in trials]
    answer = json.loads(line).get("answer")
    return answer is not None and any(
        (answer["case"], answer["trial"]) == (place["case"], place["trial"]) for place in places
    )


@pytest.mark.parametrize(
    "tail",
    [
        pytest.param("", id="between-two-lines"),
        pytest.param('{"trial": {"case": "tri', id="within-a-line"),
    ],
)
def test_a_broken_off_run_is_continued_and_asks_only_the_rest(
    desk: Path, capsys: pytest.CaptureFixture[str], tail: str
) -> None:
    run_cli(["run", "--all"])
    log = desk / RUN / "log.jsonl"
    lines = log.read_text(encoding="utf-8").splitlines(keepends=True)
    done = [line for line in lines if line.startswith('{"trial"')][:8]
    kept = "".join([lines[0], *(line for line in lines if answered(line, done)), *done])
    log.write_text(kept + tail, encoding="utf-8")
    capsys.readouterr()

    code = run_cli(["run", "--all"])

    text = log.read_text(encoding="utf-8")
    assert len(lines) == 1 + 16 + 16 + 1
    assert code == 0
    assert text.startswith(kept)
    assert len(text.splitlines()) == len(lines)
    assert "desk: 8/8 trials" in capsys.readouterr().err
    assert set(trial_counts(run_json()).values()) == {4}
    numbers = {(c["id"], t["trial"]) for c in run_json()["cases"] for t in c["trials"]}
    assert len(numbers) == 16


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"prompts/triage.md": HARMLESS}, id="other-prompt"),
        pytest.param({"evalci.yaml": CONFIG.replace("echo", "other")}, id="other-model"),
        pytest.param(
            {"golden/desk/cases.yaml": CASES.replace("expected: thanks", "expected: Thanks")},
            id="other-expectation",
        ),
    ],
)
def test_a_broken_off_run_of_other_inputs_is_not_continued(
    desk: Path, capsys: pytest.CaptureFixture[str], change: dict[str, str]
) -> None:
    run_cli(["run", "--all"])
    log = desk / RUN / "log.jsonl"
    lines = log.read_text(encoding="utf-8").splitlines(keepends=True)
    log.write_text("".join(lines[:9]), encoding="utf-8")
    capsys.readouterr()
    for path, text in change.items():
        write(path, text)

    run_cli(["run", "--all"])

    said = capsys.readouterr().err
    assert "desk: 16/16 trials" in said
    assert len(log.read_text(encoding="utf-8").splitlines()) == len(lines)


def test_a_finished_run_is_measured_anew(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_cli(["run", "--all"])
    capsys.readouterr()

    run_cli(["run", "--all"])

    assert "desk: 16/16 trials" in capsys.readouterr().err
    assert Counter(line[:8] for line in read(f"{RUN}/log.jsonl").splitlines()) == {
        '{"format': 1,
        '{"answer': 16,
        '{"trial"': 16,
        '{"finish': 1,
    }


def test_a_key_in_prompt_and_answer_reaches_no_file_and_no_stream(
    accepted: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MY_SERVICE_API_KEY", KEY)
    write("prompts/triage.md", f"Reply with exactly: {KEY} {{{{ q }}}}\n")

    code = run_cli(["run", "--record"])
    for kind in ("terminal", "markdown", "json"):
        run_cli(["report", "--format", kind])
    run_cli(["baseline", "accept", "--reason", f"with {KEY}"])
    run_cli(["baseline", "show"])

    streams = capsys.readouterr()
    written = [
        place
        for folder in (".evalci", "baselines", "golden/desk/recordings")
        for place in Path(folder).rglob("*")
        if place.is_file()
    ]
    assert code == 1
    assert {"run.json", "report.md", "log.jsonl", "main.jsonl"} <= {p.name for p in written}
    assert [str(p) for p in written if KEY.encode() in p.read_bytes()] == []
    assert KEY not in streams.out + streams.err
    assert "[redacted] billing" in streams.out


def test_a_key_in_an_error_message_is_masked(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MY_SERVICE_API_KEY", KEY)

    code = run_cli(["run", "--case", KEY])

    err = capsys.readouterr().err
    assert code == 2
    assert KEY not in err
    assert "[redacted]" in err


@pytest.mark.parametrize(
    "link",
    [
        pytest.param(".evalci", id="evalci-folder"),
        pytest.param(".evalci/runs", id="runs-folder"),
        pytest.param(RUN, id="run-folder"),
    ],
)
def test_a_folder_that_links_outside_is_refused(
    desk: Path,
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
    link: str,
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    place = desk / link
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(outside, target_is_directory=True)

    code = run_cli(["run"])

    assert code == 3
    assert "outside the repository" in capsys.readouterr().err
    assert list(outside.iterdir()) == []


def test_a_log_that_links_outside_is_refused(
    desk: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path_factory.mktemp("outside") / "precious.txt"
    target.write_text("precious\n", encoding="utf-8")
    (desk / RUN).mkdir(parents=True)
    (desk / RUN / "log.jsonl").symlink_to(target)

    code = run_cli(["run"])

    assert code == 3
    assert "log.jsonl" in capsys.readouterr().err
    assert target.read_text(encoding="utf-8") == "precious\n"


@pytest.mark.parametrize("name", ["run.json", "report.md"])
def test_a_result_file_that_links_outside_is_never_written_through(
    desk: Path, tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    target = tmp_path_factory.mktemp("outside") / "precious.txt"
    target.write_text("precious\n", encoding="utf-8")
    (desk / RUN).mkdir(parents=True)
    (desk / RUN / name).symlink_to(target)

    code = run_cli(["run"])

    assert code == 0
    assert target.read_text(encoding="utf-8") == "precious\n"


@pytest.mark.parametrize("value", [None, ""], ids=["unset", "empty"])
def test_an_unset_key_variable_is_bad_input(
    desk: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    value: str | None,
) -> None:
    model = "{id: openai/echo, api_key_env: NOT_A_VARIABLE_OF_THIS_MACHINE}"
    write("evalci.yaml", CONFIG.replace("{id: scripted/echo}", model))
    if value is not None:
        monkeypatch.setenv("NOT_A_VARIABLE_OF_THIS_MACHINE", value)

    code = run_cli(["run"])

    (line,) = capsys.readouterr().err.splitlines()
    assert code == 3
    assert "NOT_A_VARIABLE_OF_THIS_MACHINE" in line


def test_an_address_where_nobody_listens_is_not_measured(
    desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "")
        monkeypatch.setenv(name.upper(), "")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{closed.getsockname()[1]}/v1"
    monkeypatch.setenv("DESK_SERVER_KEY", "any key at all")
    model = f"{{id: openai/echo, api_base: '{base}', api_key_env: DESK_SERVER_KEY}}"
    write("evalci.yaml", CONFIG.replace("{id: scripted/echo}", model))

    code = run_cli(["run"])

    streams = capsys.readouterr()
    assert code == 4
    assert len(streams.err.splitlines()) == 1
    assert f"cannot reach {base}" in streams.err
    assert streams.out == ""
