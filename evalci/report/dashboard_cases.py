"""The worst cases of a history, week by week: what the table and the heatmap show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean

from evalci.core.history_points import RunPoint
from evalci.core.history_trend import Span, period_of
from evalci.report.numbers import score, signed

MAX_CASES = 40
FEW_CASES = 12  # of each category, however many there are
MOST_IN_ALL = 1200
RECENT_WEEKS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """One case; ``cells`` has its score in percent a week, None where it was not measured."""

    id: str
    category: str
    tone: str
    latest: str
    earlier: str
    change: str
    cells: tuple[int | None, ...]


def weeks_of(drawn: Sequence[RunPoint]) -> tuple[str, ...]:
    """Return the ISO weeks that have a run."""
    return tuple(sorted({_week(point) for point in drawn}))


def mondays_of(drawn: Sequence[RunPoint]) -> tuple[str, ...]:
    """Return the days on which those weeks began."""
    days = (date.fromisoformat(point.record.at[:10]) for point in drawn)
    return tuple(sorted({(day - timedelta(days=day.weekday())).isoformat() for day in days}))


def _week(point: RunPoint) -> str:
    return period_of(point.record.at, Span.WEEK)


def worst_cases(
    drawn: Sequence[RunPoint], homes: Mapping[str, str], falls: Mapping[str, str]
) -> tuple[CaseView, ...]:
    """Return the worst cases of each category: those that fell most, then the lowest ones.

    ``homes`` are the categories of the cases that there still are, ``falls`` says since which
    moment those are down that drift: what was before is held against what is since then.
    """
    found = _means(drawn)
    weeks = {home: _weeks(drawn, falls.get(home)) for home in set(homes.values())}
    ranked = sorted(
        (*_ranks(found[case], weeks[home]), case) for case, home in homes.items() if case in found
    )
    limit = max(FEW_CASES, min(MAX_CASES, MOST_IN_ALL // max(1, len(weeks))))
    kept: dict[str, list[str]] = {}
    for *_, case in ranked:
        place = kept.setdefault(homes[case], [])
        if len(place) < limit:
            place.append(case)
    chosen = {case for cases in kept.values() for case in cases}
    return tuple(
        _case(case, homes[case], found[case], weeks[homes[case]])
        for *_, case in ranked
        if case in chosen
    )


def _means(drawn: Sequence[RunPoint]) -> dict[str, dict[str, float]]:
    """Return the newest mean of each case in each week."""
    found: dict[str, dict[str, float]] = {}
    for point in drawn:
        week = _week(point)
        for case, mean in point.means.items():
            found.setdefault(case, {})[week] = mean
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Weeks:
    """All weeks in their order; the recent ones begin at ``recent``."""

    names: tuple[str, ...]
    recent: int

    def sides(self, means: Mapping[str, float]) -> tuple[float | None, float | None]:
        """Return the mean of the weeks before the recent ones, and of the recent ones."""
        sides = (self.names[: self.recent], self.names[self.recent :])
        known = [[means[week] for week in side if week in means] for side in sides]
        earlier, recent = (fmean(side) if side else None for side in known)
        return earlier, recent


def _weeks(drawn: Sequence[RunPoint], fell: str | None) -> _Weeks:
    names = weeks_of(drawn)
    if fell:
        return _Weeks(names=names, recent=names.index(period_of(fell, Span.WEEK)))
    return _Weeks(names=names, recent=max(0, len(names) - RECENT_WEEKS))


def _ranks(means: Mapping[str, float], weeks: _Weeks) -> tuple[float, float]:
    earlier, recent = weeks.sides(means)
    if recent is None:
        return 1.0, 1.0
    return (0.0 if earlier is None else recent - earlier), recent


def _case(case: str, category: str, means: Mapping[str, float], weeks: _Weeks) -> CaseView:
    earlier, recent = weeks.sides(means)
    known = earlier is not None and recent is not None
    moved = recent - earlier if earlier is not None and recent is not None else 0.0
    return CaseView(
        id=case,
        category=category,
        tone="bad" if moved <= -0.1 else "good" if moved >= 0.1 else "dull",
        latest=score(recent),
        earlier=score(earlier),
        change=f"{signed(moved * 100, 1)} pp" if known else "–",
        cells=tuple(_percent(means.get(week)) for week in weeks.names),
    )


def _percent(mean: float | None) -> int | None:
    return None if mean is None else round(100 * min(1.0, max(0.0, mean)))
