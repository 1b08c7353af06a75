"""Drift of one golden set with one model: what its weekly runs say, and since when."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from evalci.core.drift_origin import Origin, origin_of
from evalci.core.drift_series import (
    baseline_weeks,
    comparable,
    judge_observations,
    left_out,
    observations,
    scored,
)
from evalci.core.drift_sides import SideLevel, SideMove, side_levels, side_moves
from evalci.core.drift_watch import Alarm, Watch, in_doubt, watch, watch_both
from evalci.core.history import CategoryRecord, RunRecord
from evalci.core.stats.drift import DOUBT, alarm_limit, judge_limit
from evalci.core.trial import Spend

FORMAT = 1
ALARMS_A_YEAR = 0.2


class Gap(StrEnum):
    """Why the newest run says nothing of a category."""

    UNSCORED = "unscored"
    UNCOMPARED = "not compared"
    UNGUARDED = "judge unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A level that fell, in scores from 0 to 1, with the moments of the runs (ISO 8601, UTC).

    ``since`` is the first run at the new level, ``raised`` the one that told; ``back`` and
    ``recovered`` the same for the return, empty while it lasts. A judge's level may have risen.
    """

    since: str
    raised: str
    before: float
    after: float
    origin: Origin
    back: str = ""
    recovered: str = ""

    @property
    def lasts(self) -> bool:
        """Tell whether the level is still down."""
        return not self.recovered

    @property
    def points(self) -> float:
        """Return how far the level moved, in points of 1; negative is worse."""
        return self.after - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryDrift:
    """One category: its score now, the baseline's and the anchor's, and what the monitors say.

    ``drop`` is what the model alone lost against the baseline in the newest run, ``judge_shift``
    what the judge alone moved; ``shift`` and ``judge`` are their newest alarms. ``gap`` says why
    the newest run does not count; ``unguarded`` that a judge scores, and no frozen answer tells
    whether it moved.
    """

    name: str
    now: float | None
    baseline: float | None
    anchor: float | None
    drop: float | None
    judge_shift: float | None
    cusum: float = 0.0
    ewma: float = 0.0
    gap: Gap | None = None
    unguarded: bool = False
    shift: Shift | None = None
    judge: Shift | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftReport:
    """What a drift run found; with an ``error`` it could not measure, and knows nothing else.

    ``runs`` counts those of the series, ``left_out`` those that measured other cases, ``limit`` is
    that of the CUSUM. ``confirmed`` says that the newest run was measured twice because of a
    doubt, ``unconfirmed`` why it could not be. ``spend`` is all that was paid, ``rejudging`` the
    part of it for frozen answers.
    """

    golden_set: str
    model: str
    model_id: str
    at: str
    run: str = ""
    runs: int = 0
    left_out: int = 0
    limit: float = 0.0
    confirmed: bool = False
    unconfirmed: str = ""
    baseline_at: str = ""
    categories: tuple[CategoryDrift, ...] = ()
    sides: tuple[SideMove, ...] = ()
    levels: tuple[SideLevel, ...] = ()
    spend: Spend = field(default_factory=Spend)
    rejudging: Spend = field(default_factory=Spend)
    error: str = ""
    format: int = FORMAT

    @property
    def lasting(self) -> tuple[CategoryDrift, ...]:
        """Return the categories that are down, by the model's doing or the judge's."""
        return tuple(one for one in self.categories if _lasts(one.shift) or _lasts(one.judge))

    @property
    def shifts(self) -> tuple[Shift, ...]:
        """Return every alarm, of the model and of the judge."""
        found = (shift for one in self.categories for shift in (one.shift, one.judge))
        return tuple(shift for shift in found if shift is not None)

    @property
    def news(self) -> bool:
        """Tell whether an alarm was raised by the newest run."""
        return any(shift.raised == self.at for shift in self.shifts)

    @property
    def doubtful(self) -> bool:
        """Tell whether the newest run is worth as many trials again before anything is said."""
        return self.news or any(self._doubts(one) for one in self.categories)

    @property
    def undecided(self) -> bool:
        """Tell whether nothing is known to be over, and a category may well be down.

        So it is where a series began anew because other cases are measured, or its history is gone.
        """
        over = any(not shift.lasts for shift in self.shifts)
        least = DOUBT * self.limit if self.runs > 1 else 0.0
        return not over and any(one.gap is None and one.cusum > least for one in self.categories)

    def _doubts(self, one: CategoryDrift) -> bool:
        told = _lasts(one.shift)
        return one.gap is None and in_doubt(one.cusum, limit=self.limit, told=told)

    @property
    def gaps(self) -> frozenset[str]:
        """Return the names of the categories of which the newest run says nothing."""
        return frozenset(one.name for one in self.categories if one.gap is not None)

    @property
    def blind(self) -> bool:
        """Tell whether the newest run says nothing of any category."""
        return len(self.gaps) == len(self.categories)


def _lasts(shift: Shift | None) -> bool:
    return shift is not None and shift.lasts


def drift_report(
    past: Iterable[RunRecord], now: RunRecord, *, unguarded: Collection[str] = ()
) -> DriftReport:
    """Return what a run says in the light of the earlier ones of its golden set and model.

    ``unguarded`` names the categories whose judge was not held against frozen answers.
    """
    earlier = tuple(past)
    records = comparable(earlier, now)
    found = (_category(records, one) for one in now.categories)
    return DriftReport(
        golden_set=now.golden_set,
        model=now.model,
        model_id=now.model_id,
        at=now.at,
        run=now.id,
        runs=len(records),
        left_out=left_out(earlier, now),
        limit=_limit(records),
        baseline_at=now.baseline.accepted_at if now.baseline else "",
        categories=tuple(replace(one, unguarded=one.name in unguarded) for one in found),
        sides=side_moves(records, alarms_a_year=ALARMS_A_YEAR),
        levels=side_levels(now),
    )


def _limit(records: Sequence[RunRecord]) -> float:
    return alarm_limit(max(1, len(records[-1].categories)), alarms_a_year=ALARMS_A_YEAR)


def _category(records: Sequence[RunRecord], newest: CategoryRecord) -> CategoryDrift:
    runs, series = observations(records, newest.name)
    found = watch(series, baseline_weeks=baseline_weeks(records), limit=_limit(records))
    judged_in, judged = judge_observations(records, newest.name)
    limit = judge_limit(max(1, len(records[-1].categories)))
    judge = watch_both(judged, baseline_weeks=1.0, limit=limit)
    level, moved = _level(records, newest.name), newest.judge_shift
    return CategoryDrift(
        name=newest.name,
        now=newest.mean,
        baseline=newest.baseline,
        anchor=newest.anchor,
        drop=None if newest.drop is None else newest.drop + (moved or 0.0),
        judge_shift=moved,
        cusum=found.cusum[-1] if found.cusum else 0.0,
        ewma=found.ewma[-1] if found.ewma else 0.0,
        gap=None if runs and runs[-1] is records[-1] else _gap(newest),
        shift=_newest(_narrowed(runs, newest.name), found, level),
        judge=_newest(_narrowed(judged_in, newest.name), judge, level),
    )


def _gap(newest: CategoryRecord) -> Gap:
    if not scored(newest):
        return Gap.UNSCORED
    return Gap.UNCOMPARED if newest.drop is None else Gap.UNGUARDED


def _level(records: Sequence[RunRecord], name: str) -> float:
    """Return what a category has in the baseline, as the newest run that knows it says."""
    found = (one for run in reversed(records) for one in run.categories if one.name == name)
    return next((one.baseline for one in found if one.baseline is not None), 0.0)


def _narrowed(runs: Sequence[RunRecord], name: str) -> list[RunRecord]:
    """Return runs with the cases of one category alone."""
    return [replace(r, cases=tuple(c for c in r.cases if c.category == name)) for r in runs]


def _newest(runs: Sequence[RunRecord], found: Watch, level: float) -> Shift | None:
    alarm = found.alarm
    return None if alarm is None else _shift(runs, alarm, level)


def _shift(runs: Sequence[RunRecord], alarm: Alarm, level: float) -> Shift:
    last = len(runs) if alarm.back is None else alarm.back
    return Shift(
        since=runs[alarm.change].at,
        raised=runs[alarm.raised].at,
        before=level - alarm.before,
        after=level - alarm.after,
        origin=origin_of(runs, alarm.change, last - 1, raised=alarm.raised),
        back="" if alarm.back is None else runs[alarm.back].at,
        recovered="" if alarm.recovered is None else runs[alarm.recovered].at,
    )
