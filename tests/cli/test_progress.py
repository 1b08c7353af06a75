"""Progress off a terminal: few lines, and none that moves the goal."""

from collections.abc import Sequence

import pytest

from evalci.cli.progress import Progress
from evalci.core.trial import JudgedBy, Score, Spend
from tests.calls import make_output, make_request
from tests.runs import make_trial

FREE = make_output(cost_usd=0.0)


def lines_of(
    replicates: Sequence[int],
    capsys: pytest.CaptureFixture[str],
    *,
    total: int,
    looks: Sequence[int] = (),
) -> list[str]:
    """Return what is printed while trials of some replicates come in."""
    with Progress(total, "desk", looks=looks) as progress:
        for number in replicates:
            progress(make_trial(trial=number, output=FREE), make_request())
    return capsys.readouterr().err.splitlines()


def test_looks_have_one_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    taken = [n for n in range(4) for _ in range(10)]

    lines = lines_of(taken, capsys, total=10, looks=(1, 2, 4, 8, 16))

    assert lines == [f"desk: {done} trials, $0.00" for done in (10, 20, 40)]


def test_a_fixed_number_is_counted_in_five_lines(capsys: pytest.CaptureFixture[str]) -> None:
    taken = [n for n in range(8) for _ in range(10)]

    lines = lines_of(taken, capsys, total=80, looks=(8,))

    assert lines == [f"desk: {done}/80 trials, $0.00" for done in (16, 32, 48, 64, 80)]


def test_confirmations_do_not_move_the_goal(capsys: pytest.CaptureFixture[str]) -> None:
    lines = lines_of([0] * 10 + [1, 2, 3, 4], capsys, total=10)

    assert lines[-1] == "desk: 10/10 trials, $0.00"


def test_nothing_is_said_when_nothing_was_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert lines_of([], capsys, total=0, looks=(1, 2)) == []


def test_a_cost_that_nobody_knows_is_never_no_cost(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(1, "desk", looks=(1, 2)) as progress:
        progress(make_trial(output=make_output(cost_usd=None)), make_request())

    assert capsys.readouterr().err.splitlines() == ["desk: 1 trial, unknown†"]


def test_a_cost_below_a_cent_is_not_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(1, "desk", looks=(1, 2)) as progress:
        progress(make_trial(output=make_output(cost_usd=0.004)), make_request())

    assert capsys.readouterr().err.splitlines() == ["desk: 1 trial, < $0.01"]


def test_what_the_judge_cost_is_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    by = JudgedBy(model="openai/judge", spend=Spend(calls=2, usd=0.5))
    score = Score(scorer="judge", value=1.0, judge=by)
    paid = make_trial(scores=(score,), output=make_output(cost_usd=0.25))

    with Progress(1, "desk", looks=(1, 2)) as progress:
        progress(paid, make_request())

    assert capsys.readouterr().err.splitlines() == ["desk: 1 trial, $0.75 (judge $0.50)"]
