"""Says what else changed when a level fell: something of the vendor's, of ours, or nothing."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from evalci.core.hashes import short
from evalci.core.history import RunRecord

JUDGE = "judge version"


class Culprit(StrEnum):
    """Who moved, as far as hashes and names tell."""

    VENDOR = "vendor"
    OURS = "ours"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Something that is not what it was; an empty ``before`` means that nobody knows."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What moved with a level, by who moved it, and what stayed ``same`` ever since."""

    vendor: tuple[Moved, ...] = ()
    ours: tuple[Moved, ...] = ()
    same: tuple[str, ...] = ()

    @property
    def culprit(self) -> Culprit:
        """Return who moved: the vendor wherever nothing of ours did."""
        return Culprit.OURS if self.ours else Culprit.VENDOR


_OURS: tuple[tuple[str, Callable[[RunRecord], str]], ...] = (
    ("requests", lambda record: record.requests),
    ("scoring", lambda record: record.scoring),
    ("golden set", lambda record: record.golden_set_hash),
    ("model id", lambda record: record.model_id),
    ("evalci", lambda record: record.evalci),
)
_VENDORS: tuple[tuple[str, Callable[[RunRecord], tuple[str, ...]]], ...] = (
    ("model version", lambda record: record.resolved_models),
    ("fingerprint", lambda record: record.fingerprints),
    (JUDGE, lambda record: record.judge.resolved if record.judge else ()),
)


def origin_of(records: Sequence[RunRecord], change: int, until: int) -> Origin:
    """Return what was not the same in the runs from a change until its alarm as in those before.

    With no run before the change, the baseline stands for them.
    """
    before = records[:change] or (_baseline(records[0]),)
    after = records[change : until + 1]
    ours = tuple(_edited(before[-1], after))
    vendor = tuple(moved for what, names in _VENDORS for moved in _new(what, names, before, after))
    touched = {moved.what for moved in (*ours, *vendor)}
    names = [what for what, _ in (*_OURS, *_VENDORS) if what != JUDGE or after[-1].judge]
    return Origin(
        vendor=vendor,
        ours=(*ours, *_prompts(before[-1], after)),
        same=tuple(name for name in names if name not in touched),
    )


def _baseline(first: RunRecord) -> RunRecord:
    """Return the record of a run as it would have been for the baseline, as far as is known."""
    known = first.baseline.resolved_models if first.baseline else ()
    return replace(
        first,
        resolved_models=known or first.resolved_models,
        requests="the baseline's" if first.edited else first.requests,
    )


def _edited(before: RunRecord, after: Iterable[RunRecord]) -> Iterable[Moved]:
    """Yield what of ours has another hash or name than before."""
    found = list(after)
    for what, value in _OURS:
        new = next((value(record) for record in found if value(record) != value(before)), None)
        if new is not None:
            yield Moved(what=what, before=_shown(value(before)), after=_shown(new))


def _shown(value: str) -> str:
    return short(value) if len(value) == 64 else value


def _prompts(before: RunRecord, after: Iterable[RunRecord]) -> Iterable[Moved]:
    """Yield each prompt with another hash than before."""
    seen: set[str] = set()
    for record in after:
        for path, hash_ in sorted(record.prompts.items()):
            known = before.prompts.get(path, "")
            if known and known != hash_ and path not in seen:
                seen.add(path)
                yield Moved(what=path, before=short(known), after=short(hash_))


def _new(
    what: str,
    names: Callable[[RunRecord], tuple[str, ...]],
    before: Iterable[RunRecord],
    after: Iterable[RunRecord],
) -> Iterable[Moved]:
    """Yield a vendor's names that no run before had; vendors serve several at once."""
    known = {name for record in before for name in names(record)}
    found = sorted({name for record in after for name in names(record)} - known)
    if found and known:
        yield Moved(what=what, before=", ".join(sorted(known)), after=", ".join(found))
