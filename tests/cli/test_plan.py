"""`evalci plan`: what a run would ask, why, and what it would cost, without a call."""

from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.desk import BROKEN, SHOP, accept_baseline, amend, run_json, trial_counts, write_desk
from tests.cli.plans import causes, every, planned


def test_it_asks_nothing_and_writes_nothing(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = sorted(desk.rglob("*"))

    planned(capsys)

    assert sorted(desk.rglob("*")) == before


def test_without_a_baseline_it_warns_that_every_case_runs(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(["plan"]) == 0

    out = capsys.readouterr().out
    assert "Warning: no baseline for desk with main: every selected case runs\n" in out
    assert "4 of 4 cases would run. Why: no baseline 4\n" in out


def test_an_unchanged_golden_set_has_nothing_to_run(
    accepted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = planned(capsys)

    assert (found["cases"], found["carried"], found["calls"]["most"]) == ([], 4, 0)


@pytest.mark.parametrize(
    ("path", "old", "new", "expected"),
    [
        pytest.param(
            "prompts/triage.md",
            "Reply",
            "Do reply",
            {"triage-1": ["prompt"], "triage-2": ["prompt"]},
            id="prompt",
        ),
        pytest.param(
            "golden/desk/cases.yaml",
            "inputs: {q: sorry}",
            "inputs: {q: no}",
            {"reply-1": ["golden set"]},
            id="inputs",
        ),
        pytest.param(
            "golden/desk/cases.yaml",
            "exact: {}",
            "exact: {ignore_case: true}",
            every("scoring"),
            id="scorers",
        ),
        pytest.param(
            "evalci.yaml",
            "scripted/echo",
            "scripted/other",
            every("model"),
            id="model",
        ),
        pytest.param(
            "evalci.yaml",
            "{id: scripted/echo}",
            "{id: scripted/echo, params: {top_p: 0.5}}",
            every("params"),
            id="parameters",
        ),
        pytest.param(
            "golden/desk/cases.yaml",
            "id: reply-2",
            "id: reply-3",
            {"reply-3": ["new case"]},
            id="new case",
        ),
    ],
)
def test_an_edit_affects_its_cases_and_says_why(
    accepted: Path,
    capsys: pytest.CaptureFixture[str],
    path: str,
    old: str,
    new: str,
    expected: dict[str, list[str]],
) -> None:
    amend(path, old, new)

    assert causes(planned(capsys)) == expected


def test_an_edit_that_no_file_of_the_baseline_explains_is_said_loudly(
    accepted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    amend("evalci.yaml", "run: {", "inputs_hashed: [notes.txt]\nrun: {")
    Path("notes.txt").write_text("anything", encoding="utf-8")

    found = planned(capsys)

    assert causes(found)["reply-1"] == ["unrecorded"]
    assert "desk with main: no prompt, model or case explains" in found["warnings"][0]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        pytest.param(["--all"], 4, id="all"),
        pytest.param(["--case", "reply-1"], 1, id="case"),
        pytest.param(["--match", "task_type=triage"], 2, id="match"),
        pytest.param(["--golden-set", "desk", "--model", "main"], 0, id="names"),
    ],
)
def test_a_selection_is_that_of_a_run(
    accepted: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], expected: int
) -> None:
    assert len(planned(capsys, *arguments)["cases"]) == expected


@pytest.mark.parametrize("arguments", [[], ["--all"], ["--all", "--trials", "2"]], ids=" ".join)
def test_a_run_does_what_was_planned(
    accepted: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    amend("prompts/triage.md", "Reply", "Do reply")
    found = planned(capsys, *arguments)

    run_cli(["run", *arguments])

    counts = {case: n for case, n in trial_counts(run_json()).items() if n}
    assert {case["case"] for case in found["cases"]} == set(counts)
    assert found["calls"]["usual"] == sum(counts.values())


def test_tokens_and_dollars_are_those_of_the_baseline(
    accepted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = planned(capsys, "--case", "triage-1")

    outputs = [trial["output"] for trial in run_json()["cases"][0]["trials"]]
    used = sum(output["input_tokens"] + output["output_tokens"] for output in outputs)
    assert found["tokens"]["usual"] == used
    assert found["usd"] == {"least": 0, "usual": 0, "most": 0}


def test_every_golden_set_has_a_forecast(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_desk(tmp_path, SHOP)
    accept_baseline()
    Path("prompts/order.md").write_text(BROKEN, encoding="utf-8")
    capsys.readouterr()

    run_cli(["plan"])

    out = capsys.readouterr().out
    assert "desk with scripted/echo, gate mode threshold\n0 of 4 cases would run" in out
    assert "shop with scripted/echo, gate mode threshold\n1 of 1 case would run" in out


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        pytest.param(["--model", "mian"], 2, "did you mean `main`?", id="unknown model"),
        pytest.param(["--golden-set", "dusk"], 2, "did you mean `desk`?", id="unknown set"),
        pytest.param(["--match", "type=triage"], 2, "write dimension=value", id="wrong match"),
        pytest.param(["--match", "tags"], 2, "; such as tags=…", id="match without a value"),
        pytest.param(["--case", "triage"], 2, "no golden set has a case", id="unknown case"),
        pytest.param(["--config", "none.yaml"], 3, "no config", id="no config"),
    ],
)
def test_a_wrong_word_ends_in_one_line(
    desk: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, words: str
) -> None:
    got = run_cli(["plan", *arguments])

    (line,) = capsys.readouterr().err.splitlines()
    assert (got, words in line) == (code, True)


def test_a_golden_set_that_is_not_valid_is_refused(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    amend("golden/desk/cases.yaml", "exact: {}", "exakt: {}")

    code = run_cli(["plan"])

    assert (code, "did you mean `exact`?" in capsys.readouterr().err) == (3, True)


def test_a_secret_does_not_get_into_a_plan(
    desk: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESK_API_KEY", "triage-word-that-is-secret")
    amend("golden/desk/cases.yaml", "id: triage-1", "id: triage-word-that-is-secret")

    run_cli(["plan"])

    assert "triage-word-that-is-secret" not in capsys.readouterr().out


def test_an_empty_variable_counts_as_unset(
    accepted: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ALL", "CASE", "MATCH", "TRIALS", "JSON", "GOLDEN_SET", "MODEL", "CONFIG"):
        monkeypatch.setenv(f"EVALCI_{name}", "")

    assert run_cli(["plan"]) == 0
    assert "0 of 4 cases would run" in capsys.readouterr().out
