"""Joins the baselines of two branches, case by case, on top of the one that both came from."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from evalci.core.acceptance import MAX_RUNS
from evalci.core.baseline import Acceptance, Baseline, BaselineCase, BaselineTrial
from evalci.core.extension import MAX_TRIALS
from evalci.errors import BadInputError

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedBaseline:
    """A joined baseline; ``conflicts`` are the cases that both sides measured differently.

    Of those it holds what our side accepted.
    """

    baseline: Baseline
    conflicts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sides:
    """The two baselines with their ancestor; ``later`` was accepted last, ours on a tie.

    ``apart`` tells that neither holds a run of the other's: then equal trials are two trials.
    """

    base: Baseline | None
    ours: Baseline
    theirs: Baseline

    @property
    def later(self) -> Baseline:
        return max(self.ours, self.theirs, key=lambda side: side.accepted.at)

    @property
    def apart(self) -> bool:
        known = set(self.base.runs) if self.base else set()
        mine, other = set(self.ours.runs) - known, set(self.theirs.runs) - known
        return bool(mine and other) and mine.isdisjoint(other)

    def one(self, pick: Callable[[Baseline], T]) -> T:
        """Return the value of the side that changed it, the later one's when both did."""
        before, ours, theirs = self.base and pick(self.base), pick(self.ours), pick(self.theirs)
        if ours == before:
            return theirs
        return ours if theirs == before else pick(self.later)

    def all_of(self, pick: Callable[[Baseline], tuple[str, ...]]) -> tuple[str, ...]:
        """Return what both sides have or one has added, sorted."""
        before, ours, theirs = (
            set(pick(side)) if side else set() for side in (self.base, self.ours, self.theirs)
        )
        return tuple(sorted((ours & theirs) | (ours - before) | (theirs - before)))


def merge_baselines(base: Baseline | None, ours: Baseline, theirs: Baseline) -> MergedBaseline:
    """Return the baseline with what either side changed since ``base``, None when there was none.

    A case that one side changed is taken from there, one that a side removed and the other left
    alone is gone. Where both measured the same request, their trials add up, the newest 20 of
    them. BadInputError for baselines of different golden sets or models.
    """
    _refuse_strangers(base, ours, theirs)
    sides = _Sides(base=base, ours=ours, theirs=theirs)
    before, mine, other = _cases(base), _cases(ours), _cases(theirs)
    cases: list[BaselineCase] = []
    conflicts: list[str] = []
    for id_ in sorted({*before, *mine, *other}):
        old, one, two = before.get(id_), mine.get(id_), other.get(id_)
        if _conflict(old, one, two):
            conflicts.append(id_)
        found = _case(old, one, two, apart=sides.apart)
        cases += [] if found is None else [found]
    if not cases:
        raise BadInputError("the removals of both sides together leave no case")
    return MergedBaseline(baseline=_header(sides, tuple(cases)), conflicts=tuple(conflicts))


def _refuse_strangers(base: Baseline | None, ours: Baseline, theirs: Baseline) -> None:
    names = {(side.golden_set, side.model) for side in (base, ours, theirs) if side is not None}
    if len(names) > 1:
        found = " and ".join(sorted(f"{golden_set} with {model}" for golden_set, model in names))
        raise BadInputError(f"baselines of {found} cannot be merged")


def _cases(side: Baseline | None) -> dict[str, BaselineCase]:
    return {} if side is None else side.by_id()


def _conflict(
    base: BaselineCase | None, ours: BaselineCase | None, theirs: BaselineCase | None
) -> bool:
    """Tell whether both sides ask or score a case otherwise than before, and than each other."""
    if ours is None or theirs is None or ours.hashes == theirs.hashes:
        return False
    return base is None or base.hashes not in (ours.hashes, theirs.hashes)


def _case(
    base: BaselineCase | None,
    ours: BaselineCase | None,
    theirs: BaselineCase | None,
    *,
    apart: bool,
) -> BaselineCase | None:
    if ours is None or theirs is None:
        kept = ours or theirs
        # Removed by one side: gone, unless the other measured it anew.
        return None if kept == base else kept
    if theirs == base or (ours == theirs and not apart):
        return ours
    if ours == base:
        return theirs
    if ours.hashes != theirs.hashes:
        # Further trials of what is asked no longer are worth nothing beside the new ones.
        return theirs if base is not None and base.hashes == ours.hashes else ours
    same = base is not None and base.hashes == ours.hashes
    trials = _trials(base.trials if base and same else (), ours.trials, theirs.trials, apart=apart)
    return replace(ours, trials=trials)


def _trials(
    base: tuple[BaselineTrial, ...],
    ours: tuple[BaselineTrial, ...],
    theirs: tuple[BaselineTrial, ...],
    *,
    apart: bool,
) -> tuple[BaselineTrial, ...]:
    """Return the trials that both sides kept, then what each added; none is counted twice."""
    kept = _common(base, _common(ours, theirs))
    added = _without(ours, base)
    new = _without(theirs, base)
    return (*kept, *added, *(new if apart else _without(new, added)))[-MAX_TRIALS:]


def _common(
    one: tuple[BaselineTrial, ...], two: tuple[BaselineTrial, ...]
) -> tuple[BaselineTrial, ...]:
    return _without(one, _without(one, two))


def _without(
    some: Iterable[BaselineTrial], others: Iterable[BaselineTrial]
) -> tuple[BaselineTrial, ...]:
    """Return the trials that are left when each of the others took away one like itself."""
    gone = Counter(map(repr, others))
    left = []
    for trial in some:
        key = repr(trial)
        if gone[key]:
            gone[key] -= 1
        else:
            left.append(trial)
    return tuple(left)


def _header(sides: _Sides, cases: tuple[BaselineCase, ...]) -> Baseline:
    """Return the joined baseline: what one side changed is its word, else the later one's."""
    if sides.base == sides.ours:
        return sides.theirs
    if sides.theirs in (sides.base, sides.ours):
        return sides.ours
    return replace(
        sides.later,
        golden_set_version=sides.one(lambda side: side.golden_set_version),
        golden_set_hash=sides.one(lambda side: side.golden_set_hash),
        model_id=sides.one(lambda side: side.model_id),
        params=sides.one(lambda side: side.params),
        resolved_models=sides.all_of(lambda side: side.resolved_models),
        fingerprints=sides.all_of(lambda side: side.fingerprints),
        prompts=_prompts(sides),
        dirty=sides.ours.dirty or sides.theirs.dirty,
        accepted=_acceptance(sides),
        cases=cases,
        runs=tuple(dict.fromkeys((*sides.ours.runs, *sides.theirs.runs)))[-MAX_RUNS:],
    )


def _prompts(sides: _Sides) -> dict[str, str]:
    def hash_of(path: str) -> str | None:
        return sides.one(lambda side: side.prompts.get(path))

    paths = sorted({*sides.ours.prompts, *sides.theirs.prompts})
    return {path: hash_ for path in paths if (hash_ := hash_of(path)) is not None}


def _acceptance(sides: _Sides) -> Acceptance:
    """Return who accepted either side and why; the earlier one stands first."""
    both = sorted((sides.ours.accepted, sides.theirs.accepted), key=lambda one: one.at)
    return Acceptance(
        by=", ".join(dict.fromkeys(one.by for one in both)),
        reason="; ".join(dict.fromkeys(one.reason for one in both)),
        at=both[-1].at,
    )
