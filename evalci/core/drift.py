"""Drift of one golden set with one model: what its weekly runs say, and since when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evalci.core.drift_origin import Origin, origin_of
from evalci.core.drift_series import (
    baseline_weeks,
    comparable,
    judge_observations,
    observations,
)
from evalci.core.drift_sides import SideMove, side_moves
from evalci.core.drift_watch import Alarm, Watch, watch
from evalci.core.history import CategoryRecord, RunRecord
from evalci.core.stats.drift import alarm_limit

FORMAT = 1
ALARMS_A_YEAR = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """A level that fell, in scores from 0 to 1, with the moments of the runs (ISO 8601, UTC).

    ``since`` is the first run at the new level, ``raised`` the one that told; ``back`` and
    ``recovered`` the same for the return, empty while it lasts.
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
    what the judge alone moved; ``shift`` and ``judge`` are their newest alarms.
    """

    name: str
    now: float | None
    baseline: float | None
    anchor: float | None
    drop: float | None
    judge_shift: float | None
    cusum: float = 0.0
    ewma: float = 0.0
    shift: Shift | None = None
    judge: Shift | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftReport:
    """What a drift run found; with an ``error`` it could not measure, and knows nothing else.

    ``runs`` counts those of the series, ``limit`` is that of the CUSUM. ``confirmed`` says that
    the newest run was measured twice because of an alarm.
    """

    golden_set: str
    model: str
    model_id: str
    at: str
    run: str = ""
    runs: int = 0
    limit: float = 0.0
    confirmed: bool = False
    baseline_at: str = ""
    categories: tuple[CategoryDrift, ...] = ()
    sides: tuple[SideMove, ...] = ()
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


def _lasts(shift: Shift | None) -> bool:
    return shift is not None and shift.lasts


def drift_report(past: Iterable[RunRecord], now: RunRecord) -> DriftReport:
    """Return what a run says in the light of the earlier ones of its golden set and model."""
    records = comparable(past, now)
    limit = alarm_limit(max(1, len(now.categories)), alarms_a_year=ALARMS_A_YEAR)
    return DriftReport(
        golden_set=now.golden_set,
        model=now.model,
        model_id=now.model_id,
        at=now.at,
        run=now.id,
        runs=len(records),
        limit=limit,
        baseline_at=now.baseline.accepted_at if now.baseline else "",
        categories=tuple(_category(records, one, limit) for one in now.categories),
        sides=side_moves(records, alarms_a_year=ALARMS_A_YEAR),
    )


def _category(records: Sequence[RunRecord], newest: CategoryRecord, limit: float) -> CategoryDrift:
    runs, series = observations(records, newest.name)
    found = watch(series, baseline_weeks=baseline_weeks(records), limit=limit)
    judged_in, judged = judge_observations(records, newest.name)
    judge = watch(judged, baseline_weeks=1.0, limit=limit)
    level = newest.baseline
    shift = newest.judge_shift
    drop = None if newest.drop is None else newest.drop + (shift or 0.0)
    return CategoryDrift(
        name=newest.name,
        now=newest.mean,
        baseline=level,
        anchor=newest.anchor,
        drop=drop,
        judge_shift=shift,
        cusum=found.cusum[-1] if found.cusum else 0.0,
        ewma=found.ewma[-1] if found.ewma else 0.0,
        shift=_newest(runs, found, level),
        judge=_newest(judged_in, judge, level),
    )


def _newest(runs: Sequence[RunRecord], found: Watch, level: float | None) -> Shift | None:
    alarm = found.alarm
    return None if alarm is None else _shift(runs, alarm, level or 0.0)


def _shift(runs: Sequence[RunRecord], alarm: Alarm, level: float) -> Shift:
    last = len(runs) if alarm.back is None else alarm.back
    return Shift(
        since=runs[alarm.change].at,
        raised=runs[alarm.raised].at,
        before=level - alarm.before,
        after=level - alarm.after,
        origin=origin_of(runs, alarm.change, last - 1),
        back="" if alarm.back is None else runs[alarm.back].at,
        recovered="" if alarm.recovered is None else runs[alarm.recovered].at,
    )
