"""Chooses which cases the next replicate runs, so that trials go where a decision is open."""

from collections.abc import Mapping, Sequence
from typing import assert_never

from evalci.core.evidence.decision import Decision, Status
from evalci.core.evidence.options import CategoryRule, Method, Options
from evalci.core.evidence.outcomes import memory_of
from evalci.core.evidence.table import CaseTrials, select, tabulate
from evalci.core.stats.entropy import agreement
from evalci.core.stats.scores import usable
from evalci.core.stats.sequential import due


def next_cases(
    cases: Sequence[CaseTrials],
    rules: Mapping[str, CategoryRule],
    options: Options,
    *,
    decision: Decision | None = None,
) -> tuple[str, ...]:
    """Return the ids of the cases that the next replicate runs, in the order given.

    ``decision`` is that of the last look, None before the first; ask again before each replicate,
    with all trials so far. Nothing runs past the cap. The caller ends a look, and the run once
    nothing is open.
    """
    below = [case for case in cases if len(usable(case.candidate)) < options.cap]
    match options.method:
        case Method.EVIDENCE:
            wanted = _wanted(cases, rules, decision)
            return tuple(case.id for case in below if case.id in wanted)
        case Method.EXACT:
            return tuple(case.id for case in below)
        case Method.ENTROPY:
            return tuple(
                case.id
                for case in below
                if agreement(usable(case.candidate), options.entropy).go_on
            )
        case _:
            assert_never(options.method)


def _wanted(
    cases: Sequence[CaseTrials], rules: Mapping[str, CategoryRule], decision: Decision | None
) -> set[str]:
    """Return the cases of open categories, and the flips of the others.

    A case with a baseline and no trial yet is wanted until its category is settled.
    """
    selection = select(cases)
    if decision is None or not selection.compared:
        return {case.id for case in cases}
    table = tabulate(selection.compared, rules)
    chosen = due(memory_of(decision).settled(table), table.grid, enough=table.enough)
    wanted = {case.id for case, flag in zip(table.cases, chosen, strict=True) if flag}
    unseen = set(selection.not_scored) - set(selection.not_compared)
    return wanted | {c.id for c in cases if c.id in unseen and _open(decision, c.category)}


def _open(decision: Decision, category: str) -> bool:
    found = decision.of(category)
    return found is None or found.status is Status.OPEN
