"""The numbers behind scores, such as precision and recall, as means over a category."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from evalci.core.run import Run, RunCase


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredScorer:
    """What one scorer measured in one category: means over its ``answers``, by name."""

    category: str
    scorer: str
    answers: int
    means: tuple[tuple[str, float], ...]


def measures_of(run: Run) -> tuple[MeasuredScorer, ...]:
    """Return the means of every measure, by category and scorer."""
    found = [one for name, cases in run.by_category().items() for one in _of(name, cases)]
    return tuple(sorted(found, key=lambda one: (one.category, one.scorer)))


def _of(category: str, cases: Sequence[RunCase]) -> list[MeasuredScorer]:
    values: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for score in (s for case in cases for trial in case.trials for s in trial.scores):
        for name, value in score.measures.items():
            values[score.scorer][name].append(value)
    return [
        MeasuredScorer(
            category=category,
            scorer=scorer,
            answers=max(len(numbers) for numbers in own.values()),
            means=tuple((name, fmean(numbers)) for name, numbers in own.items()),
        )
        for scorer, own in values.items()
    ]
