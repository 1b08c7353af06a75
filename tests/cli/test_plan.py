"""`evalci plan`: what a run would ask, why, and what it would cost, without a call."""

import json
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from evalci.cli import run_cli
from evalci.errors import ExitCode
from evalci.schemas import load_schema
from tests.cli.desk import (
    BASELINE,
    BROKEN,
    CONFIG,
    SHOP,
    accept_baseline,
    run_json,
    trial_counts,
    write_desk,
)


def planned(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    """Return the forecast of the only golden set, as JSON that fits its schema."""
    capsys.readouterr()
    assert run_cli(["plan", *arguments, "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    jsonschema.validate(data, load_schema("plan"))
    (found,) = data["golden_sets"]
    return found


def causes(found: Any) -> dict[str, list[str]]:
    return {case["case"]: [why["cause"] for why in case["why"]] for case in found["cases"]}


def every(cause: str) -> dict[str, list[str]]:
    return {name: [cause] for name in ("triage-1", "triage-2", "reply-1", "reply-2")}


def edit(path: str, old: str, new: str) -> None:
    text = Path(path).read_text(encoding="utf-8")
    assert old in text
    Path(path).write_text(text.replace(old, new), encoding="utf-8")


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
    edit(path, old, new)

    assert causes(planned(capsys)) == expected


def test_an_edit_that_no_file_of_the_baseline_explains_is_said_loudly(
    accepted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit("evalci.yaml", "run: {", "inputs_hashed: [notes.txt]\nrun: {")
    Path("notes.txt").write_text("anything", encoding="utf-8")

    found = planned(capsys)

    assert causes(found)["reply-1"] == ["unrecorded"]
    assert "desk with main: no prompt, model or case explains" in found["warnings"][0]


PIPELINE = """\
import json, sys
print(json.dumps({"text": json.load(sys.stdin)["inputs"]["q"]}))
"""


@pytest.fixture
def pipeline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a desk whose answers a program of its own gives, with a baseline."""
    monkeypatch.chdir(tmp_path)
    command = f'{{id: command/own, command: ["{sys.executable}", -I, -S, answer.py]}}'
    text = CONFIG.replace("{id: scripted/echo}", command).replace("trials: 4", "trials: 3")
    write_desk(tmp_path, {"evalci.yaml": text, "answer.py": PIPELINE})
    accept_baseline()
    return tmp_path


def test_an_edit_of_ones_own_program_is_measured_and_said(
    pipeline: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit("answer.py", '["q"]', '["q"][::-1]')
    capsys.readouterr()

    code = run_cli(["run"])

    assert code == ExitCode.GATE_FAILED
    assert "as in the baseline (4)" in capsys.readouterr().err


def test_a_plan_says_that_nothing_is_known_of_ones_own_program(
    pipeline: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert causes(planned(capsys)) == every("untraced")


def test_before_a_baseline_there_is_the_worst_case(
    pipeline: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    price = "price: {input_per_mtok: 0, output_per_mtok: 1000}, params: {max_tokens: 5}"
    edit("evalci.yaml", "id: command/own,", f"id: command/own, {price},")
    Path(BASELINE).unlink()

    found = planned(capsys)

    calls, tokens = found["calls"]["most"], found["worst"]["tokens"]
    assert (found["usd"], found["worst"]["usd"]) == (None, pytest.approx(calls * 5 / 1000))
    assert tokens > calls * 5


def test_a_plan_says_that_a_run_would_refuse_a_model_without_a_price(
    pipeline: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit("evalci.yaml", "run:", "budget: {usd: 1}\nrun:")
    Path(BASELINE).unlink()

    warnings = planned(capsys)["warnings"]

    code = run_cli(["run"])
    (said,) = capsys.readouterr().err.splitlines()
    assert code == ExitCode.BAD_INPUT
    assert f"`evalci run` would end at once: {said.removeprefix('evalci: ')}" in warnings


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param("run:", "run:", {}, id="nothing edited"),
        pytest.param("-I, -S", "-I, -S, -B", every("unrecorded"), id="the command edited"),
    ],
)
def test_named_inputs_let_cases_of_ones_own_program_be_carried(
    pipeline: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, expected: Any
) -> None:
    edit("evalci.yaml", "run:", "inputs_hashed: [answer.py]\nrun:")
    accept_baseline()
    edit("evalci.yaml", old, new)

    assert causes(planned(capsys)) == expected


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
    edit("prompts/triage.md", "Reply", "Do reply")
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
    edit("golden/desk/cases.yaml", "exact: {}", "exakt: {}")

    code = run_cli(["plan"])

    assert (code, "did you mean `exact`?" in capsys.readouterr().err) == (3, True)


def test_a_secret_does_not_get_into_a_plan(
    desk: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESK_API_KEY", "triage-word-that-is-secret")
    edit("golden/desk/cases.yaml", "id: triage-1", "id: triage-word-that-is-secret")

    run_cli(["plan"])

    assert "triage-word-that-is-secret" not in capsys.readouterr().out


def test_an_empty_variable_counts_as_unset(
    accepted: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ALL", "CASE", "MATCH", "TRIALS", "JSON", "GOLDEN_SET", "MODEL", "CONFIG"):
        monkeypatch.setenv(f"EVALCI_{name}", "")

    assert run_cli(["plan"]) == 0
    assert "0 of 4 cases would run" in capsys.readouterr().out
