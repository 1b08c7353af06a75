"""The drift monitors of a whole history, from one baseline to the next."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from evalci.core.drift import ALARMS_A_YEAR
from evalci.core.drift_origin import Origin, origin_of
from evalci.core.drift_series import WATCHED, Observer, baseline_weeks, judge_observation
from evalci.core.drift_watch import Alarm, Observation, watch, watch_both
from evalci.core.history import CaseRecord, RunRecord
from evalci.core.stats.drift import alarm_limit, judge_limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor:
    """The monitors after one run; ``limit`` is where a CUSUM raises alarm.

    ``judge`` is the CUSUM of what the judge alone moved, as a share of its own limit, None where
    nothing was judged again.
    """

    cusum: float
    ewma: float
    limit: float
    judge: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """One alarm of a category, with the moments of runs (ISO 8601, UTC).

    ``since`` is the first run at the new level and ``until`` the last so far, ``raised`` the one
    that told, ``recovered`` the one that told of the return, empty while it lasts or when a new
    baseline ended it. ``points`` is how far the level moved, negative is worse. ``judge`` says
    that only the judge moved, which may be upwards, too.
    """

    category: str
    since: str
    until: str
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


class Watching:
    """Takes in the runs of one series, oldest first, and keeps what the monitors need of them.

    Only weekly runs and those by hand are watched. Of a case its hashes are kept, not its scores.
    """

    def __init__(self) -> None:
        """Know nothing."""
        self._stretches: dict[str, _Stretch] = {}
        self._known: dict[tuple[str, str, str, str, int], CaseRecord] = {}
        self._now = ""

    def take(self, record: RunRecord) -> None:
        """Take in the next run, which measured the same cases as those before it."""
        if record.trigger not in WATCHED:
            return
        self._now = record.baseline.accepted_at if record.baseline else ""
        head = replace(record, cases=tuple(map(self._slim, record.cases)))
        self._stretches.setdefault(self._now, _Stretch()).take(record, head)

    def _slim(self, case: CaseRecord) -> CaseRecord:
        """Return what tells whether a case was edited; the same one for all runs that agree."""
        key = (case.id, case.category, case.request, case.harness, len(case.scores))
        if key not in self._known:
            self._known[key] = CaseRecord(
                id=case.id,
                category=case.category,
                request=case.request,
                harness=case.harness,
                scores=(None,) * len(case.scores),
            )
        return self._known[key]

    def monitored(self, category: str, *, categories: int) -> Monitored:
        """Return what the monitors of a category say of the runs so far.

        ``categories`` is how many are watched: the more, the higher the limit of each. A new
        baseline begins anew, and ends every alarm.
        """
        found: dict[str, Monitor] = {}
        spells: list[Spell] = []
        for baseline, stretch in self._stretches.items():
            newest = baseline == self._now
            monitors, raised = stretch.monitored(category, max(1, categories), newest=newest)
            found |= monitors
            spells += raised
        return Monitored(monitors=found, spells=tuple(spells))


@dataclass
class _Seen:
    """What one category showed in the runs that measured it, and in those that judged it again."""

    observer: Observer = field(default_factory=Observer)
    runs: list[RunRecord] = field(default_factory=list)
    drops: list[Observation] = field(default_factory=list)
    judged_in: list[RunRecord] = field(default_factory=list)
    judged: list[Observation] = field(default_factory=list)


class _Stretch:
    """The runs that are held against the same baseline."""

    def __init__(self) -> None:
        self._runs: list[RunRecord] = []
        self._seen: dict[str, _Seen] = {}

    def take(self, record: RunRecord, head: RunRecord) -> None:
        """Take in a run; its ``head`` is what is kept of it."""
        self._runs.append(head)
        cases = _by_category(record.cases)
        slim = _by_category(head.cases)
        for category in record.categories:
            seen = self._seen.setdefault(category.name, _Seen())
            own = replace(head, cases=tuple(slim.get(category.name, ())))
            if drop := seen.observer.observe(category, cases.get(category.name, ())):
                seen.runs.append(own)
                seen.drops.append(drop)
            if judged := judge_observation(category):
                seen.judged_in.append(own)
                seen.judged.append(judged)

    def monitored(
        self, name: str, categories: int, *, newest: bool
    ) -> tuple[dict[str, Monitor], list[Spell]]:
        """Return the monitors of a category after each run, by its id, and the alarms."""
        seen = self._seen.get(name, _Seen())
        limit, judges = (
            alarm_limit(categories, alarms_a_year=ALARMS_A_YEAR),
            judge_limit(categories),
        )
        weeks = baseline_weeks(self._runs)
        level = watch(seen.drops, baseline_weeks=weeks, limit=limit)
        judge = watch_both(seen.judged, baseline_weeks=1.0, limit=judges)
        shares = [value / judges for value in judge.cusum]
        shifts = dict(zip((run.id for run in seen.judged_in), shares, strict=True))
        monitors = {
            run.id: Monitor(cusum=cusum, ewma=ewma, limit=limit, judge=shifts.get(run.id))
            for run, cusum, ewma in zip(seen.runs, level.cusum, level.ewma, strict=True)
        }
        spells = [_spell(seen.runs, alarm, name) for alarm in level.alarms]
        spells += [_spell(seen.judged_in, alarm, name, judge=True) for alarm in judge.alarms]
        return monitors, spells if newest else [replace(one, lasts=False) for one in spells]


def _by_category(cases: Iterable[CaseRecord]) -> dict[str, list[CaseRecord]]:
    found: dict[str, list[CaseRecord]] = {}
    for case in cases:
        found.setdefault(case.category, []).append(case)
    return found


def _spell(runs: Sequence[RunRecord], alarm: Alarm, category: str, *, judge: bool = False) -> Spell:
    last = len(runs) if alarm.back is None else alarm.back
    return Spell(
        category=category,
        since=runs[alarm.change].at,
        until=runs[last - 1].at,
        raised=runs[alarm.raised].at,
        recovered="" if alarm.recovered is None else runs[alarm.recovered].at,
        points=alarm.before - alarm.after,
        judge=judge,
        lasts=alarm.lasts,
        origin=origin_of(runs, alarm.change, last - 1, raised=alarm.raised),
    )
