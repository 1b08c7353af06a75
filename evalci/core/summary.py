"""What a run says of each category: means, drop, interval, how much is missing."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from evalci.core.category import Category
from evalci.core.run import Run, RunCase, Standing
from evalci.core.stats.intervals import Interval, mean_interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A category in numbers, scores from 0 to 1; None where there is nothing to average.

    ``mean``, ``interval`` and ``baseline`` are for display: over all cases that have a value,
    carried-forward ones included; ``now``, ``now_interval`` and ``now_se`` (its standard error)
    are over the cases measured now, compared or not. ``drop``, ``compared_mean`` and
    ``compared_baseline`` use only cases measured on both sides; a positive drop is worse.
    ``trials`` is the largest number of scored trials of a compared case (of a measured one where
    nothing is compared). ``lost`` counts the base's cases that the change took out.
    """

    category: Category
    cases: int
    measured: int
    carried: int
    compared: int
    standings: dict[Standing, int]
    mean: float | None
    baseline: float | None
    interval: Interval | None
    now: float | None
    now_interval: Interval | None
    now_se: float | None
    compared_mean: float | None
    compared_baseline: float | None
    drop: float | None
    trials: int
    planned: int
    unscored: int
    lost: int = 0

    @property
    def relative(self) -> float | None:
        """Return the drop as a share of the compared baseline, None where it has no meaning."""
        if self.drop is None or not self.compared_baseline or self.compared_baseline <= 0:
            return None
        return self.drop / self.compared_baseline


def summarise(run: Run) -> tuple[Summary, ...]:
    """Return the summary of each category of a run, in the order of the gate's categories."""
    groups = run.by_category()
    return tuple(
        summary_of(one, groups.get(one.name, ()), lost=run.lost.get(one.name, 0))
        for one in run.gate.categories
    )


def summary_of(category: Category, cases: Sequence[RunCase], *, lost: int = 0) -> Summary:
    """Return the numbers of one group of cases."""
    measured = [case for case in cases if not case.carried]
    compared = [(c, c.baseline) for c in measured if c.compared and c.baseline is not None]
    fresh = [fmean(case.values) for case in measured if case.values]
    now = [fmean(case.values) for case, _ in compared]
    before = [baseline.mean for _, baseline in compared]
    shown = [mean for mean in map(shown_mean, cases) if mean is not None]
    known = [
        c.baseline.mean
        for c in cases
        if c.baseline is not None and c.standing is Standing.COMPARABLE
    ]
    standings = Counter([case.standing for case in cases])
    return Summary(
        category=category,
        cases=len(cases),
        measured=len(measured),
        carried=len(cases) - len(measured),
        compared=len(compared),
        standings={standing: standings[standing] for standing in Standing},
        mean=fmean(shown) if shown else None,
        baseline=fmean(known) if known else None,
        interval=mean_interval(shown),
        now=fmean(fresh) if fresh else None,
        now_interval=mean_interval(fresh),
        now_se=stdev(fresh) / math.sqrt(len(fresh)) if len(fresh) > 1 else None,
        compared_mean=fmean(now) if now else None,
        compared_baseline=fmean(before) if before else None,
        drop=fmean(before) - fmean(now) if now else None,
        trials=max((len(c.values) for c in measured if c.compared or not compared), default=0),
        planned=sum(max(case.planned, len(case.trials)) for case in measured),
        unscored=sum(case.unscored for case in measured),
        lost=lost,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Overall:
    """The mean over all compared cases of several categories, in the baseline and now."""

    before: float
    now: float
    cases: int


def overall(summaries: Iterable[Summary]) -> Overall | None:
    """Return the means over everything that was compared, None when nothing was."""
    known = [
        (s.compared_baseline, s.compared_mean, s.compared)
        for s in summaries
        if s.compared_baseline is not None and s.compared_mean is not None
    ]
    cases = sum(count for _, _, count in known)
    if not cases:
        return None
    return Overall(
        before=sum(before * count for before, _, count in known) / cases,
        now=sum(now * count for _, now, count in known) / cases,
        cases=cases,
    )


def shown_mean(case: RunCase) -> float | None:
    """Return the score a report shows for a case: measured now, else carried forward."""
    if case.values:
        return fmean(case.values)
    if case.carried and case.baseline is not None:
        return case.baseline.mean
    return None
