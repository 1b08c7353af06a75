"""How a golden set and each of its categories stand, in a colour, a sign and words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from evalci.core.drift_origin import Culprit
from evalci.core.history import CategoryRecord
from evalci.core.history_gathering import Gathered
from evalci.core.history_watch import Monitored, Spell
from evalci.report.dashboard_words import spell_notes
from evalci.report.escape import counted, listed

SILENT_DAYS = 15  # two weekly runs are missing
_RANKS = {"bad": 0, "good": 1, "dull": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """``tone`` is bad, good or dull, ``sign`` says the same without a colour."""

    tone: str
    sign: str
    title: str
    sentence: str = ""

    @property
    def rank(self) -> int:
        """Return what comes first: what is wrong."""
        return _RANKS[self.tone]


def standing_of(found: Gathered, watched: Monitored, *, made: datetime) -> Standing:
    """Return how a series stands at a moment; ``watched`` has the alarms of all categories."""
    size = _size(found)
    if not found.drawn:
        return _dull("nothing to draw yet", f"No run of every case so far. {size}".strip())
    lasting = _lasting(found, watched)
    if lasting:
        notes = [next(spell_notes(spell, asked=found.newest.model_id)) for spell in lasting]
        told = " ".join(f"{note.text}." for note in notes)
        return Standing(tone="bad", sign="×", title=_title(lasting), sentence=f"{told} {size}")
    if silent := silent_days(found, made):
        return _dull(f"no whole run for {silent} days", f"Nobody knows of drift since. {size}")
    if not watched.monitors:
        return _dull("not watched yet", f"{size} Drift is watched in weekly runs with a baseline.")
    return _quiet(watched.spells, size)


def silent_days(found: Gathered, made: datetime) -> int:
    """Return for how many days nothing was measured, 0 for a usual while."""
    if not found.drawn:
        return 0
    days = (made.date() - datetime.fromisoformat(found.drawn[-1].record.at).date()).days
    return days if days > SILENT_DAYS else 0


def _lasting(found: Gathered, watched: Monitored) -> list[Spell]:
    """Return the alarms that last, without those of categories that are no more."""
    now = found.drawn[-1].categories
    return [spell for spell in watched.spells if spell.lasts and spell.category in now]


def _title(lasting: Sequence[Spell]) -> str:
    """Return which categories drift, which fell by our doing, and in which only the judge moved."""
    groups = {
        "drift in": [one for one in lasting if not one.judge and not _ours(one)],
        "after a change of ours, down:": [one for one in lasting if not one.judge and _ours(one)],
        "judge moved in": [one for one in lasting if one.judge],
    }
    named = {
        what: list(dict.fromkeys(one.category for one in found)) for what, found in groups.items()
    }
    return "; ".join(f"{what} {listed(names)}" for what, names in named.items() if names)


def _ours(spell: Spell) -> bool:
    return spell.origin.culprit is Culprit.OURS


def _quiet(spells: Sequence[Spell], size: str) -> Standing:
    if not spells:
        return Standing(
            tone="good", sign="✓", title="no drift", sentence=f"{size} No alarm so far."
        )
    past = f"The last alarm was on {spells[-1].raised[:10]}, in {spells[-1].category}."
    return Standing(tone="good", sign="✓", title="no drift now", sentence=f"{size} {past}")


def _size(found: Gathered) -> str:
    """Return how many runs are drawn, and how many are not."""
    left = found.runs - len(found.drawn)
    others = f"Not drawn: {counted(left, 'run')} of pull requests, of some cases, or cut short."
    if not found.drawn:
        return others if left else ""
    first, last = found.drawn[0].record.at[:10], found.drawn[-1].record.at[:10]
    when = first if first == last else f"{first} to {last}"
    drawn = f"{counted(len(found.drawn), 'whole run')}, {when}."
    return f"{drawn} {others}" if left else drawn


def standing_of_category(
    rows: Sequence[CategoryRecord | None], watched: Monitored, *, silent: bool
) -> Standing:
    """Return how a category stands by its rows of each run, None where it was not measured.

    ``silent`` says that the last run is too old to tell that all is well.
    """
    if rows and rows[-1] is None:
        return _dull("not in the last run")
    lasting = [spell for spell in watched.spells if spell.lasts]
    if lasting:
        fallen = [spell for spell in lasting if not spell.judge]
        fell = "down" if all(map(_ours, fallen)) else "drift"
        return Standing(tone="bad", sign="×", title=fell if fallen else "judge moved")
    if not watched.monitors:
        return _dull("not watched")
    if silent:
        return _dull("steady then")
    return Standing(tone="good", sign="✓", title="steady")


def _dull(title: str, sentence: str = "") -> Standing:
    return Standing(tone="dull", sign="–", title=title, sentence=sentence)
