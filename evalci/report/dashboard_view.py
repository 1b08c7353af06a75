"""What the dashboard shows of a history: every number, order, sentence and choice of cases."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from evalci.core.history import CategoryRecord, Trigger
from evalci.core.history_events import events_of
from evalci.core.history_points import ALL, RunPoint, drawn_of, names_of
from evalci.core.history_watch import Monitor, Monitored, monitored
from evalci.report.dashboard_cases import CaseView, weeks_of, worst_cases
from evalci.report.dashboard_words import Note, event_note, spell_notes
from evalci.report.escape import counted, listed
from evalci.report.numbers import score, signed

EWMA_LIMIT = 3.0  # standard deviations


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryView:
    """One category, or all cases; ``lines`` have a value a run, None where unknown."""

    name: str
    label: str
    tone: str
    sign: str
    status: str
    latest: str
    change: str
    lines: Mapping[str, tuple[float | None, ...]]


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
class SeriesView:
    """One golden set with one model; ``times`` are the Unix seconds of its runs.

    ``cases`` are for each category the worst ones, ``measured`` how many it has in all.
    """

    golden_set: str
    model: str
    asked: str
    tone: str
    sign: str
    title: str
    sentence: str
    times: tuple[int, ...]
    days: tuple[str, ...]
    weeks: tuple[str, ...]
    categories: tuple[CategoryView, ...]
    events: tuple[EventView, ...]
    cases: tuple[CaseView, ...]
    measured: Mapping[str, int]


def build_series(points: Sequence[RunPoint]) -> SeriesView:
    """Return what is shown of the runs of one golden set with one model, oldest first.

    Only whole runs of the default branch lie on the lines; what the others saw happen is shown.
    """
    drawn = drawn_of(points)
    watched = _watched(drawn)
    spells = watched[ALL].spells
    ours = [one.record for one in points if one.record.trigger is not Trigger.PULL_REQUEST]
    notes = [event_note(event) for event in events_of(ours)]
    notes += [note for spell in spells for note in spell_notes(spell)]
    categories = tuple(_category(drawn, name, watched[name]) for name in (ALL, *names_of(drawn)))
    tone, sign, title, sentence = _verdict(drawn, watched[ALL])
    newest = points[-1].record
    return SeriesView(
        golden_set=newest.golden_set,
        model=newest.model,
        asked=newest.model_id,
        tone=tone,
        sign=sign,
        title=title,
        sentence=sentence,
        times=tuple(_seconds(point.record.at) for point in drawn),
        days=tuple(point.record.at[:10] for point in drawn),
        weeks=weeks_of(drawn),
        categories=categories,
        events=tuple(_event(note) for note in sorted(notes, key=lambda note: note.at)),
        cases=worst_cases(drawn),
        measured=_measured(drawn),
    )


def _watched(points: Sequence[RunPoint]) -> dict[str, Monitored]:
    """Return the monitors of each category; those of `ALL` are the nearest to their limit."""
    names, records = names_of(points), [point.record for point in points]
    found = {name: monitored(records, name, categories=len(names)) for name in names}
    nearest: dict[str, Monitor] = {}
    for one in found.values():
        for run, monitor in one.monitors.items():
            if run not in nearest or monitor.cusum > nearest[run].cusum:
                nearest[run] = monitor
    spells = sorted(
        (spell for one in found.values() for spell in one.spells), key=lambda spell: spell.raised
    )
    return {ALL: Monitored(monitors=nearest, spells=tuple(spells)), **found}


def _verdict(drawn: Sequence[RunPoint], watched: Monitored) -> tuple[str, str, str, str]:
    """Return colour, sign, title and sentence of a series."""
    if not drawn:
        return "dull", "–", "nothing to draw yet", "No run of every case so far."
    first, last = drawn[0].record.at[:10], drawn[-1].record.at[:10]
    size = f"{counted(len(drawn), 'whole run')}, {first} to {last}."
    lasting = [spell for spell in watched.spells if spell.lasts]
    if lasting:
        names = list(dict.fromkeys(spell.category for spell in lasting))
        told = next(spell_notes(lasting[-1])).text
        return "bad", "×", f"drift in {listed(names)}", f"{told}. {size}"
    if not watched.monitors:
        why = "Drift is watched in weekly runs that have a baseline."
        return "dull", "–", "not watched yet", f"{size} {why}"
    if not watched.spells:
        return "good", "✓", "no drift", f"{size} No alarm so far."
    spell = watched.spells[-1]
    past = f"The last alarm was on {spell.raised[:10]}, in {spell.category}."
    return "good", "✓", "no drift now", f"{size} {past}"


def _category(drawn: Sequence[RunPoint], name: str, watched: Monitored) -> CategoryView:
    rows = [point.categories.get(name) for point in drawn]
    newest = next((row for row in reversed(rows) if row and row.mean is not None), None)
    tone, sign, status = "good", "✓", "steady"
    if watched.alarm:
        tone, sign, status = "bad", "×", "drift"
    elif not watched.monitors:
        tone, sign, status = "dull", "–", "not watched"
    monitors = [watched.monitors.get(point.record.id) for point in drawn]
    return CategoryView(
        name=name,
        label=name or "all cases",
        tone=tone,
        sign=sign,
        status=status,
        latest=score(newest.mean if newest else None),
        change=_change(newest),
        lines={**_scores(rows), **_monitor_lines(monitors), **_operation(rows)},
    )


def _change(newest: CategoryRecord | None) -> str:
    if newest is None or newest.mean is None or newest.baseline is None:
        return "no baseline"
    return f"{signed((newest.mean - newest.baseline) * 100, 1)} pp vs. baseline"


def _scores(rows: Sequence[CategoryRecord | None]) -> dict[str, tuple[float | None, ...]]:
    names = ("mean", "p10", "p90", "baseline", "anchor")
    return {name: _line(getattr(row, name, None) for row in rows) for name in names}


def _monitor_lines(watched: Sequence[Monitor | None]) -> dict[str, tuple[float | None, ...]]:
    """Return the monitors as shares of their limits: 1 is an alarm."""
    return {
        "cusum": _line(None if one is None else one.cusum / one.limit for one in watched),
        "ewma": _line(None if one is None else one.ewma / EWMA_LIMIT for one in watched),
        "judge": _line(
            None if one is None or one.judge is None else one.judge / one.limit for one in watched
        ),
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


def _measured(drawn: Sequence[RunPoint]) -> dict[str, int]:
    newest = drawn[-1].categories if drawn else {}
    return {name: one.cases for name, one in newest.items()}


def _seconds(at: str) -> int:
    found = datetime.fromisoformat(at)
    return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp())
