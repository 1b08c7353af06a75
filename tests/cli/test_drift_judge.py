"""`evalci drift` with a judge: frozen answers tell when the judge moved, and not the model."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evalci.cli import run_cli
from tests.cli.desk import RUN
from tests.cli.judge_desk import judge_requests, judging, write_judge_desk
from tests.vendor_server import VendorServer, serving

ANSWERS = tuple(f"answer number {n}" for n in range(3))


@pytest.fixture(scope="module")
def shared_server() -> Iterator[VendorServer]:
    with serving() as running:
        yield running


@pytest.fixture
def frozen(
    shared_server: VendorServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> VendorServer:
    """Return a judge whose opinion of three answers is frozen, and in the baseline."""
    monkeypatch.chdir(tmp_path)
    shared_server.start_over(judging(2))
    write_judge_desk(tmp_path, shared_server, cases=ANSWERS, more="drift: {trials: 2}")
    assert run_cli(["run", "--all", "--trials", "1"]) == 0
    assert run_cli(["baseline", "accept", "--reason", "first"]) == 0
    assert run_cli(["drift", "--freeze"]) == 0
    shared_server.start_over(judging(2))
    return shared_server


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


def test_without_a_judge_there_is_nothing_to_freeze(
    accepted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_cli(["drift", "--freeze"]) == 3

    assert "no answer of desk was judged" in capsys.readouterr().err
