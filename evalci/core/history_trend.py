"""How a model scored on some cases from one period to the next."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from statistics import fmean, stdev
from typing import assert_never

from evalci.core.history import CaseRecord, RunRecord
from evalci.core.stats.intervals import t_quantile
from evalci.errors import UsageError

_FORM = re.compile(r"(\d{4})(?:-(?:(Q)([1-4])|(W)(\d\d)|(\d\d)(?:-(\d\d))?))?", re.ASCII)


class Span(StrEnum):
    """The length of a period; weeks begin on Monday (ISO 8601)."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def digits(self) -> int:
        """Return how much of an ISO 8601 moment tells in which period it lies."""
        match self:
            case Span.DAY | Span.WEEK:
                return len("2026-07-14")
            case Span.MONTH | Span.QUARTER:
                return len("2026-07")
            case Span.YEAR:
                return len("2026")
            case _:
                assert_never(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMean:
    """What the runs of a while say of one case; ``since`` is a day, a month, or a year.

    ``mean`` is over the ``runs`` that scored it, of the mean composite in each; ``trials`` counts
    the scored ones.
    """

    golden_set: str
    model: str
    since: str
    case: str
    mean: float
    runs: int
    trials: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """How far the cases that both periods have moved, in points of 1; negative is worse.

    ``low`` and ``high`` are the 95 % interval over those cases, None for fewer than two.
    """

    points: float
    low: float | None
    high: float | None
    cases: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodScore:
    """One period of one golden set with one model; each case counts the same.

    ``runs`` is how many measured the case that was measured most often.
    ``change`` is against the period before that has any run, None for the first one and where no
    case is in both.
    """

    golden_set: str
    model: str
    period: str
    runs: int
    cases: int
    trials: int
    mean: float
    change: Change | None = None


def require_since(since: str, span: Span) -> None:
    """Raise ValueError for what tells not in which period it lies: no day, no month, no year."""
    day = date.fromisoformat(f"{since}-01-01"[:10]).isoformat()
    if day[: span.digits] != since:
        raise ValueError("not the beginning of an ISO 8601 moment")


def period_of(at: str, span: Span) -> str:
    """Return the name of the period in which an ISO 8601 moment lies, such as `2026-Q3`."""
    match span:
        case Span.DAY:
            return at[:10]
        case Span.WEEK:
            year, week, _ = date.fromisoformat(at[:10]).isocalendar()
            return f"{year}-W{week:02}"
        case Span.MONTH:
            return at[:7]
        case Span.QUARTER:
            return f"{at[:4]}-Q{(int(at[5:7]) + 2) // 3}"
        case Span.YEAR:
            return at[:4]
        case _:
            assert_never(span)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """The first day of a period, and the first one after it (ISO 8601)."""

    start: str
    end: str


def bounds_of(period: str) -> Bounds:
    """Return where a period begins and ends: `2026`, `2026-Q3`, `2026-W30`, `2026-07`, a day.

    Raises UsageError for anything else.
    """
    found = _FORM.fullmatch(period)
    if found is None:
        raise _no_period(period)
    try:
        start, end = _days(found)
    except (ValueError, OverflowError):
        raise _no_period(period) from None
    return Bounds(start=start.isoformat(), end=end.isoformat())


def _days(found: re.Match[str]) -> tuple[date, date]:
    year, quarter, week, month, day = (int(found[n] or 0) for n in (1, 3, 5, 6, 7))
    if week or found[4]:
        start = date.fromisocalendar(year, week, 1)
        return start, start + timedelta(days=7)
    if day or found[7]:
        start = date(year, month, day)
        return start, start + timedelta(days=1)
    if quarter:
        return _months(year, 3 * quarter - 2, 3)
    return _months(year, month, 1) if found[6] else _months(year, 1, 12)


def _months(year: int, first: int, count: int) -> tuple[date, date]:
    after = first + count
    return date(year, first, 1), date(year + (after - 1) // 12, (after - 1) % 12 + 1, 1)


def _no_period(text: str) -> UsageError:
    known = "2026, 2026-Q3, 2026-07, 2026-W30 or 2026-07-14"
    return UsageError(f"`{text}` is no period", hint=f"write it like {known}")


def case_means(records: Iterable[RunRecord], span: Span) -> tuple[CaseMean, ...]:
    """Return what runs say of their cases; a case without a scored trial says nothing."""
    found: dict[tuple[str, str, str, str], list[CaseRecord]] = {}
    for record in records:
        for case in record.cases:
            if case.scored:
                key = (record.golden_set, record.model, record.at[: span.digits], case.id)
                found.setdefault(key, []).append(case)
    return tuple(
        CaseMean(
            golden_set=golden_set,
            model=model,
            since=since,
            case=case,
            mean=fmean(fmean(one.scored) for one in cases),
            runs=len(cases),
            trials=sum(len(one.scored) for one in cases),
        )
        for (golden_set, model, since, case), cases in sorted(found.items())
    )


def period_scores(means: Iterable[CaseMean], span: Span) -> tuple[PeriodScore, ...]:
    """Return the score of each period, oldest first, golden set by golden set, model by model."""
    groups: dict[tuple[str, str], dict[str, list[CaseMean]]] = {}
    for one in means:
        periods = groups.setdefault((one.golden_set, one.model), {})
        periods.setdefault(period_of(one.since, span), []).append(one)
    return tuple(score for _, group in sorted(groups.items()) for score in _scores(group))


def _scores(periods: Mapping[str, Sequence[CaseMean]]) -> Iterable[PeriodScore]:
    before: dict[str, float] = {}
    for period, means in sorted(periods.items()):
        cases: dict[str, list[CaseMean]] = {}
        for one in means:
            cases.setdefault(one.case, []).append(one)
        now = {case: _joined(found) for case, found in cases.items()}
        yield PeriodScore(
            golden_set=means[0].golden_set,
            model=means[0].model,
            period=period,
            runs=max(sum(one.runs for one in found) for found in cases.values()),
            cases=len(now),
            trials=sum(one.trials for one in means),
            mean=fmean(now.values()),
            change=_change(before, now),
        )
        before = now


def _joined(means: Sequence[CaseMean]) -> float:
    """Return the mean of a case over all runs of a period."""
    return sum(one.mean * one.runs for one in means) / sum(one.runs for one in means)


def _change(before: Mapping[str, float], now: Mapping[str, float]) -> Change | None:
    moved = [now[case] - before[case] for case in now if case in before]
    if not moved:
        return None
    points, half = fmean(moved), None
    if len(moved) > 1:
        half = t_quantile(0.975, len(moved) - 1) * stdev(moved) / len(moved) ** 0.5
    return Change(
        points=points,
        low=None if half is None else points - half,
        high=None if half is None else points + half,
        cases=len(moved),
    )
