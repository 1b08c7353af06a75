"""Says what else changed when a level fell: something of the vendor's, of ours, or nothing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from evalci.core.hashes import short
from evalci.core.history import CaseRecord, RunRecord

REQUESTS, JUDGE = "requests", "judge version"
RECENT = 4  # runs whose names of a vendor are known: several may be served at once


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
    """What moved with a level, by who moved it, and what stayed ``same`` ever since.

    What nobody knows is neither moved nor the same. ``commit`` is that of the last run before the
    change, or of the baseline; empty where that is not known.
    """

    vendor: tuple[Moved, ...] = ()
    ours: tuple[Moved, ...] = ()
    same: tuple[str, ...] = ()
    commit: str = ""

    @property
    def culprit(self) -> Culprit:
        """Return who moved: the vendor wherever nothing of ours did."""
        return Culprit.OURS if self.ours else Culprit.VENDOR


_OURS: tuple[tuple[str, Callable[[RunRecord], str]], ...] = (
    (REQUESTS, lambda record: record.requests),
    ("scoring", lambda record: record.scoring),
    ("golden set", lambda record: record.golden_set_hash),
    ("model id", lambda record: record.model_id),
    ("evalci", lambda record: record.evalci),
)
# Cases that come and go change the digests above; those that both runs have tell by themselves.
_HASHES: Mapping[str, Callable[[CaseRecord], str]] = {
    REQUESTS: lambda case: case.request,
    "scoring": lambda case: case.harness,
}
_VENDORS: tuple[tuple[str, Callable[[RunRecord], tuple[str, ...]]], ...] = (
    ("model version", lambda record: record.resolved_models),
    ("fingerprint", lambda record: record.fingerprints),
    (JUDGE, lambda record: record.judge.resolved if record.judge else ()),
)


def origin_of(
    records: Sequence[RunRecord], change: int, until: int, *, raised: int | None = None
) -> Origin:
    """Return what was not the same in the runs from a change until its alarm as in those before.

    With no run before the change, the baseline stands for them. Requests and scoring are those of
    the cases that the records hold, on both sides of the change. What moved after the alarm was
    ``raised`` is no cause of it; ``until`` is the last run that ``same`` speaks of.
    """
    before = records[max(0, change - RECENT) : change] or (_baseline(records[0]),)
    after = records[change : until + 1]
    suspects = after if raised is None else records[change : raised + 1]
    ours = tuple(_edited(before[-1], suspects))
    asked = any(moved.what == REQUESTS for moved in ours)
    return Origin(
        vendor=tuple(_renamed(before, suspects)),
        ours=(*ours, *(_prompts(before[-1], suspects) if asked else ())),
        same=tuple(_kept(before, after)),
        commit=before[-1].commit or "",
    )


def _baseline(first: RunRecord) -> RunRecord:
    """Return the record of a run as it would have been for the baseline, as far as is known.

    Cases are only compared with a baseline that scored them as today.
    """
    known = first.baseline
    return replace(
        first,
        resolved_models=known.resolved_models if known else (),
        commit=known.commit if known else None,
        requests="the baseline's" if first.edited else first.requests,
        golden_set_hash="",
        model_id="",
        evalci="",
        fingerprints=(),
        judge=None,
        cases=(),
    )


def _kept(before: Sequence[RunRecord], after: Sequence[RunRecord]) -> Iterable[str]:
    """Yield what is known to be in every run since what it was before."""
    edited = {moved.what for moved in _edited(before[-1], after)}
    yield from (what for what, value in _OURS if value(before[-1]) and what not in edited)
    renamed = {moved.what for moved in _renamed(before, after)}
    for what, names in _VENDORS:
        known = any(map(names, before)) and all(map(names, after))
        if known and what not in renamed:
            yield what


def _edited(before: RunRecord, after: Iterable[RunRecord]) -> Iterable[Moved]:
    """Yield what of ours is known to have another hash or name than before."""
    found = list(after)
    for what, value in _OURS:
        new = next((value(record) for record in found if _differs(what, before, record)), None)
        if new is not None and value(before):
            yield Moved(what=what, before=_shown(value(before)), after=_shown(new))


def _differs(what: str, before: RunRecord, record: RunRecord) -> bool:
    value = dict(_OURS)[what]
    if value(record) == value(before):
        return False
    hash_of = _HASHES.get(what)
    if hash_of is None or not before.cases:
        return True
    old = {case.id: hash_of(case) for case in before.cases}
    shared = [case for case in record.cases if case.id in old]
    return not shared or any(hash_of(case) != old[case.id] for case in shared)


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


def _renamed(before: Sequence[RunRecord], after: Sequence[RunRecord]) -> Iterable[Moved]:
    """Yield a vendor's names that none of the runs before had, from those of the newest of them."""
    for what, names in _VENDORS:
        known = [set(names(record)) for record in before if names(record)]
        found = {name for record in after for name in names(record)}.difference(*known)
        if known and found:
            old, new = sorted(known[-1]), sorted(found)
            yield Moved(what=what, before=", ".join(old), after=", ".join(new))
