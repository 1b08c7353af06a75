"""The drift monitors of a whole history, from one baseline to the next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evalci.core.drift import ALARMS_A_YEAR
from evalci.core.drift_origin import Origin, origin_of
from evalci.core.drift_series import (
    baseline_weeks,
    comparable,
    judge_observations,
    observations,
)
from evalci.core.drift_watch import Alarm, watch
from evalci.core.history import RunRecord, Trigger
from evalci.core.stats.drift import alarm_limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor:
    """The monitors after one run; ``limit`` is where a CUSUM raises alarm.

    ``judge`` is the CUSUM of what the judge alone moved, None where nothing was judged again.
    """

    cusum: float
    ewma: float
    limit: float
    judge: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """One alarm of a category, with the moments of runs (ISO 8601, UTC).

    ``since`` is the first run at the new level, ``raised`` the one that told, ``recovered`` the one
    that told of the return, empty while it lasts or when a new baseline ended it. ``points`` is how
    far the level moved, negative is worse. ``judge`` says that only the judge moved.
    """

    category: str
    since: str
    raised: str
    recovered: str
    points: float
    judge: bool
    lasts: bool
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitored:
    """What the monitors of a category say: after each run, by its id, and each alarm."""

    monitors: Mapping[str, Monitor]
    spells: tuple[Spell, ...] = ()

    @property
    def alarm(self) -> bool:
        """Tell whether the category is down now."""
        return any(spell.lasts for spell in self.spells)


def monitored(records: Sequence[RunRecord], category: str, *, categories: int) -> Monitored:
    """Return what the monitors of a category say of its runs with their cases, oldest first.

    ``categories`` is how many are watched: the more, the higher the limit of each.
    """
    limit = alarm_limit(max(1, categories), alarms_a_year=ALARMS_A_YEAR)
    found: dict[str, Monitor] = {}
    spells: list[Spell] = []
    stretches = _stretches(records)
    for runs in stretches:
        monitors, alarms = _stretch(runs, category, limit, newest=runs is stretches[-1])
        found |= monitors
        spells += alarms
    return Monitored(monitors=found, spells=tuple(spells))


def _stretches(records: Sequence[RunRecord]) -> list[tuple[RunRecord, ...]]:
    """Return the runs that can be compared with each other, baseline by baseline."""
    newest = {
        record.baseline.accepted_at if record.baseline else "": record
        for record in records
        if record.trigger in {Trigger.SCHEDULE, Trigger.MANUAL} and record.complete
    }
    return [comparable(records, now) for now in newest.values()]


def _stretch(
    records: Sequence[RunRecord], category: str, limit: float, *, newest: bool
) -> tuple[dict[str, Monitor], list[Spell]]:
    runs, series = observations(records, category)
    judged_in, judged = judge_observations(records, category)
    level = watch(series, baseline_weeks=baseline_weeks(records), limit=limit)
    judge = watch(judged, baseline_weeks=1.0, limit=limit)
    shifts = dict(zip((run.id for run in judged_in), judge.cusum, strict=True))
    monitors = {
        run.id: Monitor(cusum=cusum, ewma=ewma, limit=limit, judge=shifts.get(run.id))
        for run, cusum, ewma in zip(runs, level.cusum, level.ewma, strict=True)
    }
    spells = [
        *(_spell(runs, alarm, category, newest=newest) for alarm in level.alarms),
        *(_spell(judged_in, alarm, category, newest=newest, judge=True) for alarm in judge.alarms),
    ]
    return monitors, spells


def _spell(
    runs: Sequence[RunRecord], alarm: Alarm, category: str, *, newest: bool, judge: bool = False
) -> Spell:
    last = len(runs) if alarm.back is None else alarm.back
    return Spell(
        category=category,
        since=runs[alarm.change].at,
        raised=runs[alarm.raised].at,
        recovered="" if alarm.recovered is None else runs[alarm.recovered].at,
        points=alarm.before - alarm.after,
        judge=judge,
        lasts=alarm.lasts and newest,
        origin=origin_of(runs, alarm.change, last - 1),
    )
