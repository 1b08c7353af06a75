"""What lines are drawn from: each run of a history, with all its cases as one more category."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean
from sys import intern

from evalci.core.history import CategoryRecord, RunRecord, Trigger
from evalci.core.history_record import quantile

ALL = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPoint:
    """One run without its cases; ``categories`` are its own, and all together under `ALL`.

    ``means`` are those of the cases. ``anew`` are the categories of the cases that are asked
    otherwise than before.
    """

    record: RunRecord
    categories: Mapping[str, CategoryRecord]
    means: Mapping[str, float]
    anew: tuple[str, ...] = ()


def point_of(record: RunRecord, *, anew: tuple[str, ...] = ()) -> RunPoint:
    """Return what is drawn of a run."""
    means = {intern(case.id): mean for case in record.cases if (mean := case.mean) is not None}
    own = {category.name: category for category in record.categories}
    return RunPoint(
        record=replace(record, cases=()),
        categories={ALL: _overall(record, tuple(means.values())), **own},
        means=means,
        anew=anew,
    )


def _overall(record: RunRecord, means: Sequence[float]) -> CategoryRecord:
    """Return all cases as one category; its latencies are quantiles of the cases' medians."""
    cases = record.cases
    times = [case.latency_s for case in cases if case.latency_s is not None]
    prices = [case.cost_usd for case in cases if case.cost_usd is not None]
    return CategoryRecord(
        name=ALL,
        outcome=record.outcome,
        cases=len(means),
        trials=sum(len(case.scores) for case in cases),
        unscored=sum(one.unscored for one in record.categories),
        refused=sum(case.refused for case in cases),
        truncated=sum(case.truncated for case in cases),
        malformed=sum(case.malformed for case in cases),
        mean=record.mean,
        p10=quantile(means, 10),
        p90=quantile(means, 90),
        baseline=_weighted(record, [one.baseline for one in record.categories]),
        drop=_weighted(record, [one.drop for one in record.categories]),
        anchor=_weighted(record, [one.anchor for one in record.categories]),
        latency_p50_s=quantile(times, 50),
        latency_p95_s=quantile(times, 95),
        cost_usd=fmean(prices) if prices and len(prices) == len(cases) else None,
    )


def _weighted(record: RunRecord, values: Sequence[float | None]) -> float | None:
    """Return a mean over cases from one of each category, None when one of them is unknown."""
    pairs = [
        (value, one.cases)
        for value, one in zip(values, record.categories, strict=True)
        if value is not None
    ]
    total = sum(cases for _, cases in pairs)
    if not total or len(pairs) < len(values):
        return None
    return sum(value * cases for value, cases in pairs) / total


def names_of(points: Iterable[RunPoint]) -> tuple[str, ...]:
    """Return the names of the categories that any run measured."""
    return tuple(sorted({name for point in points for name in point.categories} - {ALL}))


def drawn_of(points: Iterable[RunPoint]) -> tuple[RunPoint, ...]:
    """Return the runs that lie on one line: of the default branch, and of all the same cases.

    Those are the cases that the newest scheduled run asked, without one all. No look more is one.
    """
    aside = {Trigger.PULL_REQUEST, Trigger.DISPATCH}
    ours = [point for point in points if point.record.trigger not in aside]
    weekly = [point for point in ours if point.record.trigger is Trigger.SCHEDULE]
    usual = weekly[-1].record.selection if weekly else "all"
    return tuple(
        point
        for point in ours
        if is_whole(point.record) and point.record.selection == usual and point.means
    )


def is_whole(record: RunRecord) -> bool:
    """Tell whether a run asked every case that it was to ask."""
    return record.complete and not record.carried
