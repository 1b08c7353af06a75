"""Axes: correctness, quality and cost of each category beside the composite."""

from typing import Any

import pytest

from evalci.core.axis_rates import AxisRate, Sides, axis_rates
from evalci.core.baseline import BaselineTrial
from evalci.core.run import RunCase
from evalci.core.trial import Score
from tests.baselines import make_baseline_case
from tests.calls import make_output
from tests.runs import make_run, make_run_case, make_trial

AXES = {"correctness": ("tests",), "quality": ("lint", "types")}
WEIGHTS = {"tests": 0.6, "types": 0.3, "lint": 0.1}


def case_of(*scores: dict[str, float], cost: float | None = 0.01, **changes: Any) -> RunCase:
    """Return a case with a trial for each set of scores; no scores are a zero."""
    trials = tuple(
        make_trial(
            trial=n,
            composite=sum(WEIGHTS[name] * value for name, value in own.items()),
            scores=tuple(Score(scorer=name, value=value) for name, value in own.items()),
            output=make_output(cost_usd=cost),
        )
        for n, own in enumerate(scores)
    )
    return make_run_case(before=None, **{"trials": trials, "weights": WEIGHTS, **changes})


def rates_of(*cases: RunCase) -> tuple[AxisRate, ...]:
    return axis_rates(make_run(*cases, axes=AXES))


def test_an_axis_is_the_weighted_mean_of_its_own_scorers() -> None:
    (rate,) = rates_of(case_of({"tests": 0.5, "types": 1.0, "lint": 0.0}))

    assert rate.correctness == Sides(before=None, now=0.5)
    assert rate.quality.now == pytest.approx(0.75)
    assert rate.composite.now == pytest.approx(0.6)
    assert rate.cost.now == pytest.approx(0.01)


def test_an_answer_that_was_zeroed_is_zero_on_both_axes() -> None:
    perfect = {"tests": 1.0, "types": 1.0, "lint": 1.0}

    (rate,) = rates_of(case_of(perfect, {}))

    assert (rate.correctness.now, rate.quality.now) == (0.5, 0.5)


def test_the_baseline_stands_beside_it() -> None:
    before = BaselineTrial(
        score=1.0, scores={"tests": 1.0, "types": 1.0, "lint": 1.0}, cost_usd=0.02
    )
    case = case_of({"tests": 1.0, "types": 0.0, "lint": 0.0})
    compared = make_run_case(
        trials=case.trials,
        weights=WEIGHTS,
        baseline=make_baseline_case(id="a-1", trials=(before,)),
    )

    (rate,) = rates_of(compared)

    assert rate.quality == Sides(before=1.0, now=0.0)
    assert rate.correctness == Sides(before=1.0, now=1.0)
    assert rate.cost == Sides(before=0.02, now=0.01)


def test_an_unknown_cost_is_unknown() -> None:
    (rate,) = rates_of(case_of({"tests": 1.0, "types": 1.0, "lint": 1.0}, cost=None))

    assert rate.cost == Sides(before=None, now=None)


def test_a_case_without_a_scorer_of_an_axis_leaves_it_unknown() -> None:
    (rate,) = rates_of(case_of({"tests": 1.0}, weights={"tests": 1.0}))

    assert rate.quality.now is None


def test_one_axis_alone_is_the_composite_and_not_shown() -> None:
    assert axis_rates(make_run(make_run_case(), axes={"correctness": ("exact",)})) == ()
