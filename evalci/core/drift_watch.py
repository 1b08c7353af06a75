"""Watches a level week by week: when it fell, since when, and when it was back."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from evalci.core.stats.drift import DOUBT, Drift, drift_of

# The way back is believed at odds of 100 to 1 (Page 1954): once in 100 weeks at most by chance.
RECOVERY_LIMIT = math.log(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One run's drop against the baseline in points of 1, positive is worse, and its error."""

    drop: float
    sigma: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A level that fell: ``change`` is the first run at the new one, ``raised`` the one that told.

    ``before`` and ``after`` are the mean drops at the two levels. ``back`` is the first run at the
    old level again and ``recovered`` the one that told; both None as long as the alarm lasts.
    """

    change: int
    raised: int
    before: float
    after: float
    back: int | None = None
    recovered: int | None = None

    @property
    def lasts(self) -> bool:
        """Tell whether the level is still down."""
        return self.recovered is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """The monitors run by run (`Drift`), and every alarm so far, oldest first."""

    cusum: tuple[float, ...]
    ewma: tuple[float, ...]
    alarms: tuple[Alarm, ...] = ()

    @property
    def alarm(self) -> Alarm | None:
        """Return the newest alarm, lasting or not."""
        return self.alarms[-1] if self.alarms else None

    def doubts(self, limit: float) -> tuple[int, ...]:
        """Return the runs that were in doubt (`in_doubt`) when each was the newest."""
        told = {
            index
            for alarm in self.alarms
            for index in range(alarm.raised + 1, alarm.recovered or len(self.cusum))
        }
        return tuple(
            index
            for index, cusum in enumerate(self.cusum)
            if in_doubt(cusum, limit=limit, told=index in told)
        )


def in_doubt(cusum: float, *, limit: float, told: bool) -> bool:
    """Tell whether a run is worth as many trials again before anything is said of it.

    It is where its CUSUM is past `DOUBT` of the limit, unless an earlier run ``told`` that the
    level is down.
    """
    return cusum > DOUBT * limit and not told


def watch(runs: Sequence[Observation], *, baseline_weeks: float, limit: float) -> Watch:
    """Return what a CUSUM with this limit says of a series of runs, oldest first.

    After a recovery the runs at the other level are forgotten and the watch begins anew, so that
    the next fall is held against the old level, too. ``baseline_weeks`` as in `drift_of`.
    """
    quiet = list(range(len(runs)))
    cusum, ewma = [0.0] * len(runs), [0.0] * len(runs)
    alarms: list[Alarm] = []
    while True:
        found = [runs[index] for index in quiet]
        monitor = _monitor(found, baseline_weeks)
        for place, index in enumerate(quiet):
            cusum[index], ewma[index] = monitor.cusum[place], monitor.ewma[place]
        raised = monitor.first_alarm(limit)
        if raised is None:
            break
        change = _change(found, monitor, raised, baseline_weeks)
        alarm = _alarm(found, change, raised, baseline_weeks)
        alarms.append(_numbered(alarm, quiet))
        if alarm.back is None:
            break
        quiet = quiet[:change] + quiet[alarm.back :]
    return Watch(cusum=tuple(cusum), ewma=tuple(ewma), alarms=tuple(alarms))


def watch_both(runs: Sequence[Observation], *, baseline_weeks: float, limit: float) -> Watch:
    """Return what two CUSUMs with this limit say of a series: one for falls, one for rises.

    An alarm that lasts stands after those that are over; in a rise ``after`` is below ``before``.
    """
    falls = watch(runs, baseline_weeks=baseline_weeks, limit=limit)
    turned = [replace(run, drop=-run.drop) for run in runs]
    rises = watch(turned, baseline_weeks=baseline_weeks, limit=limit)
    risen = (replace(one, before=-one.before, after=-one.after) for one in rises.alarms)
    return Watch(
        cusum=tuple(map(max, falls.cusum, rises.cusum)),
        ewma=falls.ewma,
        alarms=tuple(sorted((*falls.alarms, *risen), key=lambda one: (one.lasts, one.raised))),
    )


def _monitor(runs: Sequence[Observation], baseline_weeks: float) -> Drift:
    drops, sigmas = [run.drop for run in runs], [run.sigma for run in runs]
    return drift_of(drops, sigmas, baseline_weeks=baseline_weeks)


def _change(runs: Sequence[Observation], monitor: Drift, raised: int, baseline_weeks: float) -> int:
    """Return where the level most likely changed, after the CUSUM was last at zero."""
    zeros = (0.0, *monitor.cusum[:raised])
    start = max(index for index, value in enumerate(zeros) if value == 0.0)

    def likelihood(change: int) -> float:
        before, after = _levels(runs[: raised + 1], change, baseline_weeks)
        return (after - before) ** 2 / (1 / (raised + 1 - change) + 1 / (change + baseline_weeks))

    return max(range(start, raised + 1), key=likelihood)


def _levels(runs: Sequence[Observation], change: int, baseline_weeks: float) -> tuple[float, float]:
    """Return the mean drop before a change, the baseline's zero included, and since."""
    before = sum(run.drop for run in runs[:change]) / (change + baseline_weeks)
    return before, fmean(run.drop for run in runs[change:])


def _alarm(runs: Sequence[Observation], change: int, raised: int, baseline_weeks: float) -> Alarm:
    before, after = _levels(runs[: raised + 1], change, baseline_weeks)
    down, total, back = after - before, 0.0, raised + 1
    for index in range(raised + 1, len(runs)):
        run = runs[index]
        if total <= 0.0:
            total, back = 0.0, index
        total += down / run.sigma**2 * (before + down / 2 - run.drop)
        if total > RECOVERY_LIMIT:
            after = fmean(run.drop for run in runs[change:back])
            return Alarm(
                change=change,
                raised=raised,
                before=before,
                after=after,
                back=back,
                recovered=index,
            )
    after = fmean(run.drop for run in runs[change:])
    return Alarm(change=change, raised=raised, before=before, after=after)


def _numbered(alarm: Alarm, quiet: Sequence[int]) -> Alarm:
    """Return an alarm with the places of all runs, not of those that are still watched."""
    back, recovered = alarm.back, alarm.recovered
    return Alarm(
        change=quiet[alarm.change],
        raised=quiet[alarm.raised],
        before=alarm.before,
        after=alarm.after,
        back=None if back is None else quiet[back],
        recovered=None if recovered is None else quiet[recovered],
    )
