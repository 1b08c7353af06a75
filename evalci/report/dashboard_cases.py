"""The worst cases of a history, week by week: what the table and the heatmap show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from evalci.core.history_points import RunPoint
from evalci.core.history_trend import Span, period_of
from evalci.report.numbers import score, signed

MAX_CASES = 40
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


def _week(point: RunPoint) -> str:
    return period_of(point.record.at, Span.WEEK)


def worst_cases(drawn: Sequence[RunPoint]) -> tuple[CaseView, ...]:
    """Return the worst cases of each category: those that fell most, then the lowest ones."""
    weeks, found = weeks_of(drawn), _means(drawn)
    homes = drawn[-1].homes if drawn else {}
    ranked = sorted((*_ranks(found[case], weeks), case) for case in homes if case in found)
    kept: dict[str, list[str]] = {}
    for *_, case in ranked:
        place = kept.setdefault(homes[case], [])
        if len(place) < MAX_CASES:
            place.append(case)
    chosen = {case for cases in kept.values() for case in cases}
    return tuple(
        _case(case, homes[case], found[case], weeks) for *_, case in ranked if case in chosen
    )


def _means(drawn: Sequence[RunPoint]) -> dict[str, dict[str, float]]:
    """Return the newest mean of each case in each week."""
    found: dict[str, dict[str, float]] = {}
    for point in drawn:
        week = _week(point)
        for case, mean in point.means.items():
            found.setdefault(case, {})[week] = mean
    return found


def _sides(means: Mapping[str, float], weeks: Sequence[str]) -> tuple[float | None, float | None]:
    """Return the mean of the weeks before the recent ones, and of the recent ones."""
    sides = (weeks[:-RECENT_WEEKS], weeks[-RECENT_WEEKS:])
    known = [[means[week] for week in side if week in means] for side in sides]
    earlier, recent = (fmean(side) if side else None for side in known)
    return earlier, recent


def _ranks(means: Mapping[str, float], weeks: Sequence[str]) -> tuple[float, float]:
    earlier, recent = _sides(means, weeks)
    if recent is None:
        return 1.0, 1.0
    return (0.0 if earlier is None else recent - earlier), recent


def _case(case: str, category: str, means: Mapping[str, float], weeks: Sequence[str]) -> CaseView:
    earlier, recent = _sides(means, weeks)
    known = earlier is not None and recent is not None
    moved = recent - earlier if earlier is not None and recent is not None else 0.0
    return CaseView(
        id=case,
        category=category,
        tone="bad" if moved <= -0.1 else "good" if moved >= 0.1 else "dull",
        latest=score(recent),
        earlier=score(earlier),
        change=f"{signed(moved * 100, 1)} pp" if known else "–",
        cells=tuple(_percent(means.get(week)) for week in weeks),
    )


def _percent(mean: float | None) -> int | None:
    return None if mean is None else round(100 * min(1.0, max(0.0, mean)))
