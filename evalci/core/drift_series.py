"""Makes of the records of runs the series that drift is looked for in."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from statistics import median_low

from evalci.core.drift_watch import Observation
from evalci.core.history import CaseRecord, CategoryRecord, RunRecord, Trigger
from evalci.core.stats.drift import week_sigma

MOST_UNSCORED = 0.10
DEFAULT_BASELINE_TRIALS = 10
# What the next trial may still differ by, shared by the trials so far: a case that never failed in
# three is not known to be certain. Without it stable golden sets alarm in their first weeks.
UNSEEN = 0.05
WATCHED = frozenset({Trigger.SCHEDULE, Trigger.MANUAL})


def comparable(records: Iterable[RunRecord], now: RunRecord) -> tuple[RunRecord, ...]:
    """Return the runs up to and with the newest that measured the same against the same baseline.

    A newly accepted baseline begins a new series: what was accepted is no drift.
    """
    return tuple(
        record
        for record in (*(each for each in records if each.id != now.id and each.at <= now.at), now)
        if record.id == now.id or _like(record, now)
    )


def left_out(records: Iterable[RunRecord], now: RunRecord) -> int:
    """Return how many runs would be of the series of a run, had they measured the same cases."""
    return sum(
        record.selection != now.selection and _like(replace(record, selection=now.selection), now)
        for record in records
        if record.id != now.id
    )


def _like(record: RunRecord, now: RunRecord) -> bool:
    return (
        record.series == now.series
        and record.trigger in WATCHED
        and record.complete
        and not record.carried
        and record.selection == now.selection
        and _accepted(record) == _accepted(now)
    )


def _accepted(record: RunRecord) -> str:
    return record.baseline.accepted_at if record.baseline else ""


def baseline_weeks(records: Sequence[RunRecord]) -> float:
    """Return what the baseline is worth in weeks: its trials over those of a usual run."""
    newest = records[-1]
    known = newest.baseline.trials if newest.baseline else None
    usual = median_low([_trials(record) for record in records])
    return (known or DEFAULT_BASELINE_TRIALS) / usual


def _trials(record: RunRecord) -> int:
    return max(1, median_low([len(case.scores) for case in record.cases] or [1]))


def scored(category: CategoryRecord) -> bool:
    """Tell whether enough of a category was scored to say anything of it."""
    missing = category.unscored / category.trials if category.trials else 1.0
    return missing <= MOST_UNSCORED


def measured(category: CategoryRecord) -> bool:
    """Tell whether a category was scored, and could be compared."""
    return category.drop is not None and scored(category)


class Spread:
    """How far the trials of each case lie apart within a week, pooled over the weeks so far."""

    def __init__(self) -> None:
        """Know nothing."""
        self._squares: dict[str, float] = {}
        self._degrees: dict[str, int] = {}

    def error(self, cases: Sequence[CaseRecord]) -> float:
        """Take in a week of a category and return the standard error of its mean.

        It is that of relabelling trials inside each case: only they are alike.
        """
        found = [(case, case.scored) for case in cases if case.baseline is not None]
        compared = [(case, scores) for case, scores in found if scores]
        for case, scores in compared:
            if len(scores) > 1:
                mean = sum(scores) / len(scores)
                squares = sum([(score - mean) ** 2 for score in scores])
                self._squares[case.id] = self._squares.get(case.id, 0.0) + squares
                self._degrees[case.id] = self._degrees.get(case.id, 0) + len(scores) - 1
        total = sum(self._variance(case) / len(scores) for case, scores in compared)
        return math.sqrt(total) / max(1, len(compared))

    def _variance(self, case: CaseRecord) -> float:
        """Return a case's variance; that of a coin with its mean where no week had two trials."""
        if degrees := self._degrees.get(case.id, 0):
            return self._squares[case.id] / degrees + UNSEEN / degrees
        mean = case.baseline if case.baseline is not None else 0.5
        return mean * (1 - mean)


class Observer:
    """Takes in a category run by run, and says of each how far it had dropped.

    What the judge alone moved is taken out of the drop, and its error goes into the error. Once
    that is known, a run in which it is not says nothing: the judge's move would be the model's.
    """

    def __init__(self) -> None:
        """Know nothing."""
        self._spread = Spread()
        self._guarded = False

    def observe(self, category: CategoryRecord, cases: Sequence[CaseRecord]) -> Observation | None:
        """Take in the next run of a category with its cases; None where it says nothing."""
        if category.drop is None or not measured(category):
            return None
        if self._guarded and category.judge_shift is None:
            return None
        self._guarded = category.judge_shift is not None
        sigma = math.hypot(week_sigma(self._spread.error(cases)), category.judge_error or 0.0)
        return Observation(drop=category.drop + (category.judge_shift or 0.0), sigma=sigma)


def observations(
    records: Sequence[RunRecord], name: str
) -> tuple[tuple[RunRecord, ...], tuple[Observation, ...]]:
    """Return the runs that measured a category, and how far it had dropped in each (`Observer`)."""
    observer, runs, found = Observer(), [], []
    for record in records:
        category = next((one for one in record.categories if one.name == name), None)
        cases = [case for case in record.cases if case.category == name]
        seen = category and observer.observe(category, cases)
        if seen:
            runs.append(record)
            found.append(seen)
    return tuple(runs), tuple(found)


def judge_observations(
    records: Sequence[RunRecord], name: str
) -> tuple[tuple[RunRecord, ...], tuple[Observation, ...]]:
    """Return the runs that judged a category's frozen answers, and how far that lowered it."""
    runs, found = [], []
    for record in records:
        category = next((one for one in record.categories if one.name == name), None)
        seen = category and judge_observation(category)
        if seen:
            runs.append(record)
            found.append(seen)
    return tuple(runs), tuple(found)


def judge_observation(category: CategoryRecord) -> Observation | None:
    """Return how far the judge alone lowered a category, None where nothing was judged again."""
    if category.judge_shift is None:
        return None
    return Observation(drop=-category.judge_shift, sigma=week_sigma(category.judge_error or 0.0))
