"""Statuses by the evidence rule, what is remembered between looks, and what blocks."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import assert_never

from evalci.core.evidence.decision import Decision, Ending, Reason, Status
from evalci.core.evidence.options import CategoryRule, Options
from evalci.core.evidence.table import Table
from evalci.core.stats.sequential import (
    Numbers,
    Settled,
    after_closing,
    after_look,
    improved,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A category's status and the rule behind it."""

    status: Status
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What earlier looks settled: categories by name, and the overall rule."""

    failed: frozenset[str] = frozenset()
    passed: frozenset[str] = frozenset()
    whole: bool = False

    def settled(self, table: Table) -> Settled:
        """Return the memory as arrays in the order of a table."""
        import numpy as np

        return Settled(
            failed=np.asarray([name in self.failed for name in table.names], dtype=bool),
            passed=np.asarray([name in self.passed for name in table.names], dtype=bool),
            whole=np.asarray(self.whole),
        )


def memory_of(decision: Decision) -> Memory:
    """Return what a decision settled, for the look after it."""
    names = {status: set[str]() for status in Status}
    for category in decision.categories:
        names[category.status].add(category.name)
    return Memory(
        failed=frozenset(names[Status.REGRESSION]),
        passed=frozenset(names[Status.PASS] | names[Status.IMPROVED]),
        whole=decision.whole is not None and decision.whole.regressed,
    )


def remembered(table: Table, settled: Settled) -> Memory:
    """Return what arrays say, by the names of a table."""
    return Memory(
        failed=frozenset(n for n, f in zip(table.names, settled.failed, strict=True) if f),
        passed=frozenset(n for n, p in zip(table.names, settled.passed, strict=True) if p),
        whole=bool(settled.whole),
    )


def looked(table: Table, numbers: Numbers, options: Options, memory: Memory) -> Settled:
    """Return what is settled after a look at a table, given the looks before it."""
    rules = table.arrays(options)
    return after_look(numbers, rules, memory.settled(table), enough=table.enough)


def evidence_outcomes(
    table: Table, numbers: Numbers, options: Options, *, ending: Ending, memory: Memory
) -> tuple[tuple[Outcome, ...], bool]:
    """Return the outcome of each category by the evidence rule, and that of the overall rule."""
    rules, enough = table.arrays(options), table.enough
    looks = looked(table, numbers, options, memory)
    closed = looks
    if ending is Ending.CAP:
        closed = after_closing(numbers, rules, looks, enough=enough)
    over = ending is not Ending.MORE or not (closed.open & enough).any()
    rose = improved(numbers, rules, enough=enough) & over & ~closed.failed
    found = []
    for k in range(len(table.names)):
        if not enough[k]:
            found.append(Outcome(status=Status.ADVISORY, reason=Reason.FEW_CASES))
        elif rose[k]:
            found.append(Outcome(status=Status.IMPROVED, reason=Reason.ROSE))
        elif closed.failed[k]:
            reason = Reason.EVIDENCE if looks.failed[k] else Reason.CLOSING_TEST
            found.append(Outcome(status=Status.REGRESSION, reason=reason))
        elif closed.passed[k]:
            reason = _passed_by(
                now=bool(numbers.upper[k] < numbers.detect[k]), earlier=bool(looks.passed[k])
            )
            found.append(Outcome(status=Status.PASS, reason=reason))
        else:
            found.append(undecided(ending))
    return tuple(found), bool(closed.whole)


def _passed_by(*, now: bool, earlier: bool) -> Reason:
    if now:
        return Reason.RULED_OUT
    return Reason.RULED_OUT_EARLIER if earlier else Reason.BELOW_MARGIN


def undecided(ending: Ending) -> Outcome:
    """Return the outcome of a category that nothing settled."""
    match ending:
        case Ending.MORE:
            return Outcome(status=Status.OPEN, reason=Reason.MORE_TO_COME)
        case Ending.CAP:
            return Outcome(status=Status.INCONCLUSIVE, reason=Reason.UNDECIDED_AT_CAP)
        case Ending.BUDGET:
            return Outcome(status=Status.INCONCLUSIVE, reason=Reason.UNDECIDED_WITHOUT_BUDGET)
        case _:
            assert_never(ending)


def blocks(status: Status, rule: CategoryRule, *, z: float) -> bool:
    """Tell whether a category makes the verdict fail.

    A regression does; an undecided one where its policy is `fail`, or `leaning` and its drop is
    1.28 standard errors or more.
    """
    if status is not Status.INCONCLUSIVE:
        return status is Status.REGRESSION
    return rule.on_inconclusive.blocks(z)


def verdict_of(statuses: Iterable[Status], *, whole: bool) -> Status:
    """Return the verdict: regression, else inconclusive, else open, else improved or pass.

    A run in which every category is too small to decide is advisory; `improved` needs all
    that could be decided to have improved.
    """
    found = set(statuses)
    if whole:
        return Status.REGRESSION
    for status in (Status.REGRESSION, Status.INCONCLUSIVE, Status.OPEN, Status.PASS):
        if status in found:
            return status
    return Status.IMPROVED if Status.IMPROVED in found else Status.ADVISORY
