"""How far a judge's own noise moves a category, by the share that the judge has in its scores."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

from evalci.core.run import Run, RunCase
from evalci.core.summary import Summary
from evalci.core.trial import Score

STANDARD_ERRORS = 2.0
# Of scores from 0 to 1, the largest standard deviation there is: where no repeats tell.
UNKNOWN_SPREAD = 0.5
# What is known before any repeat: as if one pair had differed by the whole scale.
PRIOR_SQUARES = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeNoise:
    """What a judge's repeats say of a category, in points of 1.

    ``margin`` is the smallest movement that is more than the judge's noise; ``partly`` tells that
    other scorers have a part in its scores, ``steady`` that no two repeats differed. ``repeats``
    is 1 where no score has two.
    """

    category: str
    margin: float
    spread: float
    repeats: int
    partly: bool
    steady: bool = False


def judge_noise(run: Run) -> tuple[JudgeNoise, ...]:
    """Return the noise of each category with compared cases that a judge scores, or partly so.

    The margin is two standard errors of the movement,
    ``2 / n * sqrt(s^2 / k * sum(w^2 (1 + 1 / b)))`` over the judged of its n compared cases: s the
    pooled spread of k usable repeats, w the judge's share in the score of a case, b its baseline
    trials. s^2 counts one pair more, which differed by the whole scale: a few repeats that agree
    prove little. It is that of one trial a case, so that it is the same at every look.
    """
    names = [category.name for category in run.gate.categories]
    groups = run.by_category() if any(map(share_of, run.cases)) else {}
    found = (_moved(name, groups.get(name, ())) for name in names)
    return tuple(noise for noise in found if noise is not None)


def noise_of(summary: Summary, run: Run) -> float:
    """Return the smallest movement of a category that is more than a judge's noise, else 0."""
    name = summary.category.name
    return next((noise.margin for noise in judge_noise(run) if noise.category == name), 0.0)


def noise_now(summary: Summary, run: Run) -> JudgeNoise | None:
    """Return how far a judge's noise moves the mean of what was measured now, None without one."""
    cases = run.by_category().get(summary.category.name, ())
    measured = [(case, 1.0) for case in cases if not case.carried and case.values]
    return _noise(summary.category.name, measured)


def share_of(case: RunCase) -> float:
    """Return how far a case's score moves where its judge goes from 0 to 1."""
    return case.judge_share or float(case.judged)


def _moved(name: str, cases: Iterable[RunCase]) -> JudgeNoise | None:
    compared = [(case, case.baseline) for case in cases if case.compared]
    return _noise(name, [(c, 1.0 + 1.0 / len(b.trials)) for c, b in compared if b is not None])


def _noise(name: str, cases: Sequence[tuple[RunCase, float]]) -> JudgeNoise | None:
    """Return the noise of the mean of cases, each with how many single trials its error counts."""
    judged = [(case, share_of(case), trials) for case, trials in cases if share_of(case)]
    if not judged:
        return None
    scores = _scores(case for case, _, _ in judged)
    squares, freedom = _squares(scores)
    spread = math.sqrt((squares + PRIOR_SQUARES) / (freedom + 1)) if freedom else UNKNOWN_SPREAD
    each = fmean(1.0 / _repeats(score) for score in scores) if scores else 1.0
    error = spread * math.sqrt(each * sum(w * w * trials for _, w, trials in judged)) / len(cases)
    return JudgeNoise(
        category=name,
        margin=STANDARD_ERRORS * error,
        spread=spread,
        repeats=max(map(_repeats, scores), default=1),
        partly=len(judged) < len(cases) or not all(case.judged for case, _, _ in judged),
        steady=freedom > 0 and squares == 0.0,
    )


def _squares(scores: Iterable[Score]) -> tuple[float, int]:
    """Return the squares by which repeats lie off their mean, and the degrees of freedom."""
    pairs = [(s.spread, _repeats(s) - 1) for s in scores if s.spread is not None]
    return sum(spread * spread * df for spread, df in pairs), sum(df for _, df in pairs)


def _repeats(score: Score) -> int:
    """Return how many repeats are surely in a score; two where some gave no usable reply."""
    if score.spread is None or score.judge is None:
        return 1
    return 2 if score.judge.unusable else max(2, score.judge.repeats)


def _scores(cases: Iterable[RunCase]) -> list[Score]:
    trials = (trial for case in cases for trial in case.trials)
    return [score for trial in trials for score in trial.scores if score.judge is not None]
