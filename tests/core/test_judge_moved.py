"""Another judge than the baseline's: noticed, named, and not held against a prompt."""

from dataclasses import replace

import pytest

from evalci.core.judge_moved import JudgeMove, judge_move, with_moved_judges
from evalci.core.run import RunCase, Standing
from evalci.core.trial import JudgedBy, Score
from tests.runs import make_run, make_run_case


def judged(before: tuple[str, ...], now: tuple[str, ...], *, id: str = "case-1") -> RunCase:
    """Return a case that these judges scored for the baseline, and now."""
    case = make_run_case((0.5,), (1.0,), id=id)
    assert case.baseline is not None
    by = JudgedBy(model="openai/judge", resolved=now)
    score = Score(scorer="judge", value=0.5, judge=by)
    known = tuple(replace(trial, judges=before) for trial in case.baseline.trials)
    return replace(
        case,
        trials=tuple(replace(trial, scores=(score,)) for trial in case.trials),
        baseline=replace(case.baseline, trials=known),
    )


@pytest.mark.parametrize(
    ("before", "now", "standing"),
    [
        pytest.param(("a",), ("a",), Standing.COMPARABLE, id="the same judge"),
        pytest.param(("a",), ("b",), Standing.RESCORED, id="another judge"),
        pytest.param(("a",), ("a", "b"), Standing.RESCORED, id="another one now and then"),
        pytest.param(("a", "b"), ("b",), Standing.COMPARABLE, id="one of those before"),
        pytest.param((), ("b",), Standing.COMPARABLE, id="an older baseline does not know"),
        pytest.param(("a",), (), Standing.COMPARABLE, id="the vendor does not say"),
    ],
)
def test_only_the_judges_of_the_baseline_are_held_against_it(
    before: tuple[str, ...], now: tuple[str, ...], standing: Standing
) -> None:
    run = with_moved_judges(make_run(judged(before, now)))

    assert run.cases[0].standing is standing


def test_a_move_names_both_sides_of_the_cases_that_moved() -> None:
    run = make_run(judged(("a",), ("b",)), judged(("c",), ("c",), id="case-2"))

    assert judge_move(with_moved_judges(run)) == JudgeMove(before=("a",), now=("b",))
