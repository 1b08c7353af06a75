"""What the dashboard shows of a history: every number, order, sentence and choice of cases."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from evalci.core.history import CategoryRecord
from evalci.core.history_events import events_of
from evalci.core.history_gathering import Gathered
from evalci.core.history_points import ALL, RunPoint, names_of
from evalci.core.history_watch import Monitor, Monitored, Spell
from evalci.report.dashboard_cases import CaseView, mondays_of, weeks_of, worst_cases
from evalci.report.dashboard_verdict import (
    Standing,
    silent_categories,
    standing_of,
    standing_of_category,
)
from evalci.report.dashboard_words import Note, event_note, spell_notes
from evalci.report.numbers import score, signed

EWMA_LIMIT = 3.0  # standard deviations
_NOTES_OF_ALL = {
    "Latency": "seconds; over the median call of each case",
    "Drift monitor": "of the category nearest to its limit; the CUSUM raises alarm at 100 %",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryView:
    """One category, or all cases; ``lines`` have a value a run, None where unknown.

    ``notes`` say by the title of a chart what it shows where that is not the usual.
    """

    name: str
    label: str
    standing: Standing
    latest: str
    change: str
    lines: Mapping[str, tuple[float | None, ...]]
    notes: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    """Something that happened; ``time`` is in Unix seconds, no ``categories`` mean every one."""

    time: int
    day: str
    kind: str
    label: str
    text: str
    categories: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FallView:
    """A time in which a category was down, in Unix seconds from its first run to its last."""

    category: str
    since: int
    until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesView:
    """One golden set with one model; ``times`` are the Unix seconds of its runs.

    ``mondays`` are those of the ``weeks``. ``cases`` are for each category the worst ones,
    ``measured`` how many it has in all.
    """

    golden_set: str
    model: str
    asked: str
    standing: Standing
    times: tuple[int, ...]
    days: tuple[str, ...]
    weeks: tuple[str, ...]
    mondays: tuple[str, ...]
    categories: tuple[CategoryView, ...]
    events: tuple[EventView, ...]
    falls: tuple[FallView, ...]
    cases: tuple[CaseView, ...]
    measured: Mapping[str, int]


def build_series(found: Gathered, *, made: datetime) -> SeriesView:
    """Return what is shown of one golden set with one model, as it stands at a moment.

    Only whole runs of the default branch lie on the lines; what the others saw happen is shown.
    """
    drawn = found.drawn
    watched = _watched(found)
    notes = [event_note(event) for event in events_of(found.points)]
    asked = found.newest.model_id
    notes += [note for spell in watched[ALL].spells for note in spell_notes(spell, asked=asked)]
    return SeriesView(
        golden_set=found.newest.golden_set,
        model=found.newest.model,
        asked=asked,
        standing=standing_of(found, watched, made=made),
        times=tuple(_seconds(point.record.at) for point in drawn),
        days=tuple(point.record.at[:10] for point in drawn),
        weeks=weeks_of(drawn),
        mondays=mondays_of(drawn),
        categories=_categories(drawn, watched, silent=silent_categories(drawn, watched, made)),
        events=tuple(_event(note) for note in sorted(notes, key=lambda note: note.at)),
        falls=tuple(_fall(spell) for spell in watched[ALL].spells if not spell.judge),
        cases=worst_cases(drawn, found.homes, _falls(watched)),
        measured=_measured(drawn),
    )


def _watched(found: Gathered) -> dict[str, Monitored]:
    """Return the monitors of each category; those of `ALL` are the nearest to their limit."""
    names = names_of(found.drawn)
    now = len(found.drawn[-1].record.categories) if found.drawn else 0
    each = {name: found.watching.monitored(name, categories=now) for name in names}
    nearest: dict[str, Monitor] = {}
    for one in each.values():
        for run, monitor in one.monitors.items():
            if run not in nearest or monitor.cusum > nearest[run].cusum:
                nearest[run] = monitor
    spells = sorted(
        (spell for one in each.values() for spell in one.spells), key=lambda spell: spell.raised
    )
    return {ALL: Monitored(monitors=nearest, spells=tuple(spells)), **each}


def _categories(
    drawn: Sequence[RunPoint], watched: Mapping[str, Monitored], *, silent: Sequence[str]
) -> tuple[CategoryView, ...]:
    """Return all cases, then those categories that drift, and last those that are gone.

    All cases are silent with any of the ``silent`` categories.
    """
    names = (ALL, *names_of(drawn))
    mute = {ALL, *silent} if silent else set()
    views = [_category(drawn, name, watched[name], silent=name in mute) for name in names]
    return tuple(sorted(views, key=lambda view: (view.name != ALL, view.standing.rank)))


def _category(
    drawn: Sequence[RunPoint], name: str, watched: Monitored, *, silent: bool
) -> CategoryView:
    rows = [point.categories.get(name) for point in drawn]
    newest = next((row for row in reversed(rows) if _has_score(row)), None)
    monitors = [watched.monitors.get(point.record.id) for point in drawn]
    return CategoryView(
        name=name,
        label=name or "all cases",
        standing=standing_of_category(rows, watched, silent=silent),
        latest=score(newest.mean if newest else None),
        change=_change(rows, [point.record.at[:10] for point in drawn]),
        lines={**_scores(rows), **_monitor_lines(monitors), **_operation(rows)},
        notes={} if name else _NOTES_OF_ALL,
    )


def _has_score(row: CategoryRecord | None) -> bool:
    return row is not None and row.mean is not None


def _change(rows: Sequence[CategoryRecord | None], days: Sequence[str]) -> str:
    """Return how far those cases moved that the baseline knows, too, or of which day a score is."""
    newest = rows[-1] if rows else None
    if not _has_score(newest):
        known = [day for row, day in zip(rows, days, strict=True) if _has_score(row)]
        return f"as of {known[-1]}" if known else "no baseline"
    if newest is None or newest.drop is None:
        return "no baseline"
    return f"{signed(-newest.drop * 100, 1)} pp vs. baseline"


def _scores(rows: Sequence[CategoryRecord | None]) -> dict[str, tuple[float | None, ...]]:
    names = ("mean", "p10", "p90", "baseline", "anchor")
    return {name: _line(getattr(row, name, None) for row in rows) for name in names}


def _monitor_lines(watched: Sequence[Monitor | None]) -> dict[str, tuple[float | None, ...]]:
    """Return the monitors as shares of their limits: 1 is an alarm."""
    return {
        "cusum": _line(None if one is None else one.cusum / one.limit for one in watched),
        "ewma": _line(None if one is None else one.ewma / EWMA_LIMIT for one in watched),
        "judge": _line(None if one is None else one.judge for one in watched),
    }


def _operation(rows: Sequence[CategoryRecord | None]) -> dict[str, tuple[float | None, ...]]:
    """Return seconds, dollars for 1,000 answers, and shares of the answers in percent."""
    prices = (getattr(row, "cost_usd", None) for row in rows)
    return {
        "p50": _line(getattr(row, "latency_p50_s", None) for row in rows),
        "p95": _line(getattr(row, "latency_p95_s", None) for row in rows),
        "cost": _line(None if price is None else price * 1000 for price in prices),
        "refused": _line(_percent("refused", row) for row in rows),
        "truncated": _line(_percent("truncated", row) for row in rows),
        "malformed": _line(_percent("malformed", row) for row in rows),
    }


def _percent(name: str, row: CategoryRecord | None) -> float | None:
    """Return the share of the answers that a field of a category counts."""
    return 100 * getattr(row, name) / row.trials if row and row.trials else None


def _line(values: Iterable[float | None]) -> tuple[float | None, ...]:
    return tuple(None if value is None else round(value, 4) for value in values)


def _event(note: Note) -> EventView:
    return EventView(
        time=_seconds(note.at),
        day=note.at[:10],
        kind=note.kind,
        label=note.label,
        text=note.text,
        categories=note.categories,
    )


def _falls(watched: Mapping[str, Monitored]) -> dict[str, str]:
    """Return since when those categories are down that are down now."""
    lasting = [spell for spell in watched[ALL].spells if spell.lasts and not spell.judge]
    return {spell.category: spell.since for spell in lasting}


def _fall(spell: Spell) -> FallView:
    since, until = _seconds(spell.since), _seconds(spell.until)
    return FallView(category=spell.category, since=since, until=until)


def _measured(drawn: Sequence[RunPoint]) -> dict[str, int]:
    newest = drawn[-1].categories if drawn else {}
    return {name: one.cases for name, one in newest.items()}


def _seconds(at: str) -> int:
    found = datetime.fromisoformat(at)
    return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp())
