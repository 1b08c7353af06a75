"""What the dashboard calls the things that happen to a golden set, in a word and in a sentence."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from evalci.core.drift_origin import Culprit, Moved, Origin
from evalci.core.hashes import short
from evalci.core.history_events import Event, EventKind
from evalci.core.history_watch import Spell
from evalci.report.drift import OWN, UNNAMED
from evalci.report.escape import listed

_LABELS = {
    EventKind.MODEL: "model",
    EventKind.FINGERPRINT: "fingerprint",
    EventKind.PROMPT: "prompt",
    EventKind.JUDGE: "judge",
    EventKind.GOLDEN_SET: "golden set",
    EventKind.SCORING: "scoring",
    EventKind.BASELINE: "baseline",
    EventKind.ANCHOR: "anchor",
    EventKind.OVERRIDE: "override",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something that happened at a moment (ISO 8601); no ``categories`` mean every one.

    ``kind`` is what the page colours it by.
    """

    at: str
    kind: str
    label: str
    text: str
    categories: tuple[str, ...]


def event_note(event: Event) -> Note:
    """Return an event of the history in words."""
    return Note(
        at=event.at,
        kind=event.kind.value,
        label=_LABELS[event.kind],
        text=_text(event),
        categories=event.categories,
    )


def spell_notes(spell: Spell, *, asked: str) -> Iterator[Note]:
    """Yield the alarm, and the recovery where there was one, in words.

    ``asked`` is the id of the model, which may be a pipeline of our own.
    """
    yield Note(
        at=spell.raised,
        kind="alarm",
        label="alarm",
        text=_alarm(spell, asked),
        categories=(spell.category,),
    )
    if spell.recovered:
        yield Note(
            at=spell.recovered,
            kind="recovery",
            label="recovery",
            text=f"{spell.category} is back",
            categories=(spell.category,),
        )


def _alarm(spell: Spell, asked: str) -> str:
    size, since = f"{abs(spell.points) * 100:.1f} pp", spell.since[:10]
    if spell.judge:
        way = "lower" if spell.points < 0 else "higher"
        return f"{spell.category} is judged {size} {way} since about {since}; the judge moved"
    return f"{spell.category} fell {size} about {since}; {_cause(spell.origin, asked)}"


def _cause(origin: Origin, asked: str) -> str:
    """Return who moved, as `evalci drift` says it, in fewer words."""
    who = "your pipeline, or a vendor behind it," if asked.startswith(OWN) else "the vendor"
    match origin.culprit:
        case Culprit.OURS:
            also = f", and the vendor moved{_how(origin.vendor)}" if origin.vendor else ""
            return f"we changed {listed([moved.what for moved in origin.ours])}{also}"
        case Culprit.VENDOR if origin.vendor:
            return f"{who} moved{_how(origin.vendor)}; of ours, nothing changed"
        case Culprit.VENDOR:
            return f"{who} moved, {UNNAMED}"


def _how(moved: tuple[Moved, ...]) -> str:
    return f" ({moved[0].what} {moved[0].before} → {moved[0].after})"


def _text(event: Event) -> str:
    before, after = listed(event.before), listed(event.after)
    match event.kind:
        case EventKind.MODEL | EventKind.JUDGE | EventKind.FINGERPRINT:
            return f"{after} answers, before {before}"
        case EventKind.PROMPT:
            return f"edited: {listed([_edit(one) for one in event.after])}"
        case EventKind.GOLDEN_SET:
            return f"version {_version(event.after)}, before {_version(event.before)}"
        case EventKind.BASELINE | EventKind.ANCHOR:
            return f"accepted on {after[:10]}, the one before on {before[:10]}"
        case EventKind.OVERRIDE:
            return f"{listed(event.categories)} let through, with a reason"
        case EventKind.SCORING:
            return "scorers, or what they expect, were edited"
        case _:
            assert_never(event.kind)


def _edit(one: str) -> str:
    path, _, hash_ = one.rpartition(" ")
    return f"{path} ({short(hash_)})"


def _version(found: tuple[str, ...]) -> str:
    version, hash_ = found
    return f"{version} ({short(hash_)})"
