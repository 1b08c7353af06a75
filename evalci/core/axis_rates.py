"""Correctness, quality and cost of each category, apart from the composite that joins them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from evalci.core.baseline import BaselineTrial
from evalci.core.composite import Axis
from evalci.core.run import Run, RunCase
from evalci.core.trial import Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """One number now and in the baseline, None where it is unknown."""

    before: float | None
    now: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisRate:
    """The axes of a category: scores from 0 to 1, the cost in dollars an answer.

    Each case counts the same. As soon as cases can be compared, the numbers are theirs alone.
    """

    category: str
    cases: int
    composite: Sides
    correctness: Sides
    quality: Sides
    cost: Sides


_Values = Mapping[str, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draw:
    """One scored trial of either side; ``zero`` says that it has no scores and counts as zero."""

    composite: float
    scores: _Values
    cost: float | None
    zero: bool


def axis_rates(run: Run) -> tuple[AxisRate, ...]:
    """Return the axes of every category, none for a run whose scorers all speak of one axis."""
    if len(run.axes) < len(Axis):
        return ()
    rates = (_rate(name, cases, run.axes) for name, cases in run.by_category().items())
    return tuple(sorted((rate for rate in rates if rate), key=lambda rate: rate.category))


def _rate(
    category: str, cases: Sequence[RunCase], axes: Mapping[str, Sequence[str]]
) -> AxisRate | None:
    measured = [case for case in cases if not case.carried and case.values]
    chosen = [case for case in measured if case.compared] or measured
    if not chosen:
        return None

    def sides(value: Callable[[RunCase, _Draw], float | None]) -> Sides:
        return Sides(
            before=_mean([_of_case(case, _before(case), value) for case in chosen]),
            now=_mean([_of_case(case, _now(case), value) for case in chosen]),
        )

    return AxisRate(
        category=category,
        cases=len(chosen),
        composite=sides(lambda _, draw: draw.composite),
        correctness=sides(lambda case, draw: _axis(case, draw, axes[Axis.CORRECTNESS])),
        quality=sides(lambda case, draw: _axis(case, draw, axes[Axis.QUALITY])),
        cost=sides(lambda _, draw: draw.cost),
    )


def _axis(case: RunCase, draw: _Draw, scorers: Sequence[str]) -> float | None:
    """Return the weighted mean of the scorers of an axis, None where the case has none of them."""
    weights = {name: case.weights.get(name, 0.0) for name in scorers}
    total = sum(weights.values())
    if not total:
        return None
    if draw.zero:
        return 0.0
    values = {name: draw.scores.get(name) for name, weight in weights.items() if weight}
    if any(value is None for value in values.values()):
        return None
    return sum(weights[name] * (value or 0.0) for name, value in values.items()) / total


def _now(case: RunCase) -> list[_Draw]:
    return [_of_trial(trial) for trial in case.trials if trial.composite is not None]


def _of_trial(trial: Trial) -> _Draw:
    return _Draw(
        composite=trial.composite or 0.0,
        scores={score.scorer: score.value for score in trial.scores},
        cost=trial.output.cost_usd if trial.output else None,
        zero=not trial.scores,
    )


def _before(case: RunCase) -> list[_Draw]:
    if not case.compared or case.baseline is None:
        return []
    return [_accepted(trial) for trial in case.baseline.trials]


def _accepted(trial: BaselineTrial) -> _Draw:
    return _Draw(
        composite=trial.score, scores=trial.scores, cost=trial.cost_usd, zero=not trial.scores
    )


def _of_case(
    case: RunCase, draws: Sequence[_Draw], value: Callable[[RunCase, _Draw], float | None]
) -> float | None:
    return _mean([value(case, draw) for draw in draws])


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None
