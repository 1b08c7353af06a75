"""What happened between the runs of a history: who answered, what was edited and what accepted."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from evalci.core.history import RunRecord
from evalci.core.history_points import RunPoint


class EventKind(StrEnum):
    """What changed."""

    MODEL = "model"
    FINGERPRINT = "fingerprint"
    PROMPT = "prompt"
    JUDGE = "judge"
    GOLDEN_SET = "golden_set"
    SCORING = "scoring"
    BASELINE = "baseline"
    ANCHOR = "anchor"
    OVERRIDE = "override"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that the run at ``at`` (ISO 8601) was the first to see.

    ``before`` and ``after`` are names, hashes or moments. ``categories`` are those that it
    concerns, empty for every one.
    """

    kind: EventKind
    at: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


def events_of(points: Sequence[RunPoint]) -> tuple[Event, ...]:
    """Return what happened in a series of runs, oldest first.

    A run that does not know something, or asked only some cases, is no change of it.
    """
    records = [point.record for point in points]
    found = [*_changes(records), *_fingerprints(records), *_scorings(records), *_edits(points)]
    found += [
        Event(kind=EventKind.OVERRIDE, at=record.at, categories=record.overrides)
        for record in records
        if record.overrides
    ]
    return tuple(sorted(found, key=lambda event: (event.at, event.kind.value)))


def _changes(records: Sequence[RunRecord]) -> Iterator[Event]:
    """Yield each change of what every run tells by itself, against the last that told."""
    last: dict[EventKind, tuple[str, ...]] = {}
    for record in records:
        for kind, now in _told(record):
            before = last.get(kind, now)
            if before != now:
                yield Event(kind=kind, at=record.at, before=before, after=now)
            last[kind] = now


def _told(record: RunRecord) -> Iterator[tuple[EventKind, tuple[str, ...]]]:
    yield EventKind.MODEL, record.resolved_models or (record.model_id,)
    yield EventKind.GOLDEN_SET, (record.golden_set_version, record.golden_set_hash)
    if record.judge:
        yield EventKind.JUDGE, (record.judge.id, *record.judge.resolved)
    if record.baseline:
        yield EventKind.BASELINE, (record.baseline.accepted_at,)
    if record.anchor:
        yield EventKind.ANCHOR, (record.anchor.accepted_at,)


def _fingerprints(records: Sequence[RunRecord]) -> Iterator[Event]:
    """Yield each new fingerprint of the same model; vendors serve several at once."""
    seen: set[str] = set()
    models: tuple[str, ...] = ()
    for record in records:
        new = set(record.fingerprints) - seen
        if seen and new and models == record.resolved_models:
            before, after = tuple(sorted(seen)), tuple(sorted(new))
            yield Event(kind=EventKind.FINGERPRINT, at=record.at, before=before, after=after)
        seen, models = seen | new, record.resolved_models


def _scorings(records: Sequence[RunRecord]) -> Iterator[Event]:
    """Yield each change of the scoring while the golden set and the selection stayed the same."""
    last: dict[tuple[str, str], str] = {}
    for record in records:
        place = (record.selection, record.golden_set_hash)
        before = last.get(place, record.scoring)
        if before != record.scoring:
            after = (record.scoring,)
            yield Event(kind=EventKind.SCORING, at=record.at, before=(before,), after=after)
        last[place] = record.scoring


def _edits(points: Sequence[RunPoint]) -> Iterator[Event]:
    """Yield each edit of prompts, with the categories whose cases are asked anew."""
    prompts: dict[str, str] = {}
    for point in points:
        now = point.record.prompts
        edited = sorted(path for path, hash_ in now.items() if prompts.get(path, hash_) != hash_)
        if edited:
            yield Event(
                kind=EventKind.PROMPT,
                at=point.record.at,
                before=tuple(prompts[path] for path in edited),
                after=tuple(f"{path} {now[path]}" for path in edited),
                categories=point.anew,
            )
        prompts |= now
