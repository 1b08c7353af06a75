"""How far a judge's own noise moves a category that nothing else scores."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import fmean

from evalci.core.run import Run, RunCase
from evalci.core.summary import Summary
from evalci.core.trial import Score

STANDARD_ERRORS = 2.0
# Of scores from 0 to 1, the largest standard deviation there is: where no repeats tell.
UNKNOWN_SPREAD = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeNoise:
    """What a judge's repeats say of a category, in points of 1.

    ``margin`` is the smallest movement that is more than the judge's noise; ``partly`` tells that
    other scorers decide some of its cases.
    """

    category: str
    margin: float
    spread: float
    repeats: int
    partly: bool


def judge_noise(run: Run) -> tuple[JudgeNoise, ...]:
    """Return the noise of each category with compared cases that only a judge scores.

    The margin is two standard errors of the movement, ``2 / n * sqrt(s^2 / k * sum(1 + 1 / b))``
    over the judged of its n compared cases: s the pooled spread of k repeats, b the baseline
    trials of a case. It is that of one trial a case, so that it is the same at every look.
    """
    names = [category.name for category in run.gate.categories]
    groups = run.by_category() if any(case.judged for case in run.cases) else {}
    found = (_noise(name, groups.get(name, ())) for name in names)
    return tuple(noise for noise in found if noise is not None)


def noise_of(summary: Summary, run: Run) -> float:
    """Return the smallest movement of a category that is more than a judge's noise, else 0."""
    name = summary.category.name
    return next((noise.margin for noise in judge_noise(run) if noise.category == name), 0.0)


def _noise(name: str, cases: Sequence[RunCase]) -> JudgeNoise | None:
    compared = [case for case in cases if case.compared]
    judged = [(case, case.baseline) for case in compared if case.judged and case.baseline]
    if not judged:
        return None
    scores = [score for case, _ in judged for score in _scores(case)]
    spreads = [score.spread for score in scores if score.spread is not None]
    spread = math.sqrt(fmean(s * s for s in spreads)) if spreads else UNKNOWN_SPREAD
    repeats = max((score.judge.repeats for score in scores if score.judge), default=1)
    trials = sum(1.0 + 1.0 / len(baseline.trials) for _, baseline in judged)
    error = spread * math.sqrt(trials / repeats) / len(compared)
    return JudgeNoise(
        category=name,
        margin=STANDARD_ERRORS * error,
        spread=spread,
        repeats=repeats,
        partly=len(judged) < len(compared),
    )


def _scores(case: RunCase) -> Iterator[Score]:
    for trial in case.trials:
        yield from (score for score in trial.scores if score.judge is not None)
