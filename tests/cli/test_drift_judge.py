"""`evalci drift` with a judge: frozen answers tell when the judge moved, and not the model."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evalci.cli import run_cli
from tests.cli.desk import RUN
from tests.cli.judge_desk import is_judged, judge_requests, judging, said, write_judge_desk
from tests.vendor_replies import GOOD
from tests.vendor_server import VendorServer

FROZEN = "golden/desk/frozen/main.jsonl"
ANSWERS = tuple(f"answer number {n}" for n in range(3))


@pytest.fixture
def frozen(
    vendor_server: VendorServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> VendorServer:
    """Return a judge whose opinion of three answers is frozen, and in the baseline."""
    monkeypatch.chdir(tmp_path)
    vendor_server.start_over(judging(2))
    write_judge_desk(tmp_path, vendor_server, cases=ANSWERS, more="drift: {trials: 2}")
    assert run_cli(["run", "--all", "--trials", "1"]) == 0
    assert run_cli(["baseline", "accept", "--reason", "first"]) == 0
    assert run_cli(["drift", "--freeze"]) == 0
    vendor_server.start_over(judging(2))
    return vendor_server


def category() -> Any:
    (found,) = json.loads(Path(RUN, "drift.json").read_text(encoding="utf-8"))["categories"]
    return found


@pytest.mark.slow
def test_a_steady_judge_has_not_moved(frozen: VendorServer) -> None:
    assert run_cli(["drift"]) == 0

    assert (category()["judge_shift"], "judge" in category()) == (0.0, False)


def test_a_stricter_judge_is_told_apart_from_the_model(
    frozen: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    frozen.start_over(judging(1))

    assert run_cli(["drift"]) == 0

    assert category()["judge_shift"] == pytest.approx(-0.5)
    assert category()["drop"] == pytest.approx(0.0)
    assert "shift" not in category()
    assert "the judge of desk with main moved: reply" in capsys.readouterr().out


@pytest.mark.slow
def test_the_frozen_answers_cost_judge_calls_and_no_answer(frozen: VendorServer) -> None:
    assert run_cli(["drift"]) == 0

    asked = len(frozen.received) - len(judge_requests(frozen))
    assert asked == 2 * len(ANSWERS)
    assert len(judge_requests(frozen)) == 3 * len(ANSWERS) * 2 * 2


@pytest.mark.slow
def test_the_frozen_answers_are_paid_out_of_the_budget(
    frozen: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    calls = 2 * len(ANSWERS) * (1 + 2 * 2) + 3
    config = Path("evalci.yaml")
    text = config.read_text(encoding="utf-8")
    config.write_text(f"{text}budget: {{calls: {calls}}}\n", encoding="utf-8")

    code = run_cli(["drift"])

    assert (code, len(frozen.received)) == (4, calls)
    assert f"judging frozen answers: the budget of {calls} calls" in capsys.readouterr().err


def test_frozen_answers_that_cannot_be_read_cost_nothing(frozen: VendorServer) -> None:
    Path(FROZEN).write_text("{}\n", encoding="utf-8")

    assert (run_cli(["drift"]), frozen.received) == (3, [])


@pytest.mark.slow
def test_a_judge_under_another_name_leaves_the_model_comparable(frozen: VendorServer) -> None:
    frozen.start_over(
        lambda got: replace(said(got, 1), version="2026-07-02") if is_judged(got) else GOOD
    )

    assert run_cli(["drift"]) == 0

    assert category()["judge_shift"] == pytest.approx(-0.5)
    assert category()["drop"] == pytest.approx(0.0)
    assert "gap" not in category()


@pytest.mark.slow
def test_a_judge_that_moved_is_not_frozen_over(
    frozen: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    frozen.start_over(judging(1))
    assert run_cli(["drift"]) == 0

    code = run_cli(["drift", "--freeze"])

    assert code == 3
    assert "has moved since answers were frozen; accept what it says now" in capsys.readouterr().err


@pytest.mark.slow
def test_without_frozen_answers_the_judge_is_a_suspect(
    frozen: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(FROZEN).unlink()
    frozen.start_over(judging(0))

    assert run_cli(["drift"]) == 0

    assert "or the judge did: evalci drift --freeze tells from now on" in capsys.readouterr().out


def test_without_a_judge_there_is_nothing_to_freeze(
    accepted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(["drift", "--freeze"]) == 3

    assert "no answer of desk was judged" in capsys.readouterr().err


@pytest.mark.slow
def test_freezing_over_a_judge_that_nobody_looked_at_is_refused(
    frozen: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    frozen.start_over(judging(1))
    assert run_cli(["run", "--all", "--no-cache", "--trials", "1"]) in {0, 1}

    code = run_cli(["drift", "--freeze"])

    assert code == 3
    assert "did not have frozen answers judged again" in capsys.readouterr().err


@pytest.mark.slow
def test_freezing_what_a_part_of_the_cases_said_keeps_the_others(
    frozen: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    before = Path(FROZEN).read_text(encoding="utf-8")
    run_cli(["run", "--case", json.loads(before.splitlines()[0])["case"]])

    code = run_cli(["drift", "--freeze"])

    assert code == 3
    assert Path(FROZEN).read_text(encoding="utf-8") == before
