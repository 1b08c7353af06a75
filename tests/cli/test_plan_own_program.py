"""`evalci plan` where a program of one's own answers: what is not known, and what it may cost."""

import sys
from pathlib import Path
from typing import Any

import pytest

from evalci.cli import run_cli
from evalci.errors import ExitCode
from tests.cli.desk import BASELINE, CONFIG, accept_baseline, amend, write_desk
from tests.cli.plans import causes, every, planned

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
    amend("answer.py", '["q"]', '["q"][::-1]')
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
    amend("evalci.yaml", "id: command/own,", f"id: command/own, {price},")
    Path(BASELINE).unlink()

    found = planned(capsys)

    calls, tokens = found["calls"]["most"], found["worst"]["tokens"]
    assert (found["usd"], found["worst"]["usd"]) == (None, pytest.approx(calls * 5 / 1000))
    assert tokens > calls * 5


def test_a_plan_says_that_a_run_would_refuse_a_model_without_a_price(
    pipeline: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    amend("evalci.yaml", "run:", "budget: {usd: 1}\nrun:")
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
    amend("evalci.yaml", "run:", "inputs_hashed: [answer.py]\nrun:")
    accept_baseline()
    amend("evalci.yaml", old, new)

    assert causes(planned(capsys)) == expected
