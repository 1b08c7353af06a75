"""How a golden set and each of its categories stand, in a colour, a sign and words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from evalci.core.drift_origin import Culprit
from evalci.core.history import CategoryRecord
from evalci.core.history_gathering import Gathered
from evalci.core.history_points import ALL, RunPoint
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


def standing_of(found: Gathered, watched: Mapping[str, Monitored], *, made: datetime) -> Standing:
    """Return how a series stands at a moment; ``watched`` are its categories and `ALL` of them."""
    size = _size(found)
    if not found.drawn:
        return _dull("nothing to draw yet", f"No run of every case so far. {size}".strip())
    unseen = silent_categories(found.drawn, watched, made)
    if lasting := _lasting(found, watched[ALL]):
        notes = [next(spell_notes(spell, asked=found.newest.model_id)) for spell in lasting]
        told = " ".join([*(f"{note.text}." for note in notes), *_unknown(unseen)])
        return Standing(tone="bad", sign="×", title=_title(lasting), sentence=f"{told} {size}")
    if title := _silence(found.drawn, watched[ALL], made):
        return _dull(title, f"Nobody knows of drift since. {size}")
    if not watched[ALL].monitors:
        return _dull("not watched yet", f"{size} Drift is watched in weekly runs with a baseline.")
    if unseen:
        return _dull(f"not watched: {listed(unseen)}", " ".join([*_unknown(unseen), size]))
    return _quiet(watched[ALL].spells, size)


def silent_categories(
    drawn: Sequence[RunPoint], watched: Mapping[str, Monitored], made: datetime
) -> tuple[str, ...]:
    """Return the categories of the last run in which the monitors saw nothing for long."""
    names = sorted(set(drawn[-1].categories) - {ALL}) if drawn else []
    return tuple(name for name in names if _silent_days(drawn, name, watched[name], made))


def _silent_days(drawn: Sequence[RunPoint], name: str, watched: Monitored, made: datetime) -> int:
    """Return for how many days the monitors saw nothing of a category, 0 for a usual while.

    Runs at a push are not watched, nor is what was not scored or compared. Where nothing was
    watched ever the days count from the first run that has the category.
    """
    having = [point for point in drawn if name in point.categories]
    seen = [point for point in having if point.record.id in watched.monitors]
    return _long(seen[-1] if seen else having[0], made)


def _long(last: RunPoint, made: datetime) -> int:
    """Return how many days ago a run was, 0 for a usual while."""
    days = (made.date() - datetime.fromisoformat(last.record.at).date()).days
    return days if days > SILENT_DAYS else 0


def _silence(drawn: Sequence[RunPoint], watched: Monitored, made: datetime) -> str:
    """Return for how long nothing was run, or watched of what had been; empty for a usual while."""
    idle = _long(drawn[-1], made)
    silent = _silent_days(drawn, ALL, watched, made) if watched.monitors else idle
    if silent > idle:
        return f"not watched for {silent} days"
    return f"no whole run for {idle} days" if idle else ""


def _unknown(unseen: Sequence[str]) -> list[str]:
    if not unseen:
        return []
    return [f"Of {listed(unseen)} the drift monitor saw nothing for over {SILENT_DAYS} days."]


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

    ``silent`` says that what the monitors saw last is too old to tell that all is well.
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
