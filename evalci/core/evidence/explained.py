"""Every number behind each category's outcome, step by step, for those who check the gate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evalci.core.evidence.decision import CategoryDecision, Decision, WholeDecision
from evalci.core.evidence.exact import adjusted_p
from evalci.core.evidence.options import CategoryRule, Options
from evalci.core.evidence.table import CaseTrials, Table, select, tabulate
from evalci.core.stats.arrays import Floats
from evalci.core.stats.credibility import Spread, spread_of
from evalci.core.stats.evidence import evidence_parts


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The smallest and the largest number of trials that a case of a category has."""

    least: int
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjusted:
    """Holm's p values of a fall and of a rise; without ``counts`` it shares no alpha, and is 1."""

    fell: float
    rose: float
    counts: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """A category's decision with the numbers that led to it.

    ``even`` and ``sparse`` are the halves of its evidence, ``weight`` its part of the watched
    statistic, ``critical_z`` what z must reach in the closing test, ``adjusted`` what the exact
    test goes by.
    """

    decision: CategoryDecision
    before: Span
    after: Span
    even: float
    sparse: float
    weight: float
    critical_z: float
    adjusted: Adjusted


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The numbers of a whole decision; ``spread`` are the variances that the prior is fitted to."""

    categories: tuple[Explained, ...]
    whole: WholeDecision
    spread: Spread
    options: Options


def explain(
    cases: Sequence[CaseTrials],
    rules: Mapping[str, CategoryRule],
    options: Options,
    *,
    decision: Decision,
) -> Explanation | None:
    """Return the numbers behind a decision on some cases, None when nothing was compared."""
    compared = select(cases).compared
    if not compared or decision.whole is None:
        return None
    table = tabulate(compared, rules)
    even, sparse = evidence_parts(table.grid, table.prior)
    arrays, adjusted = table.arrays(options), _adjusted(table, decision.categories)
    return Explanation(
        categories=tuple(
            Explained(
                decision=found,
                before=_span(table, table.grid.before.count, k),
                after=_span(table, table.grid.after.count, k),
                even=float(even[k]),
                sparse=float(sparse[k]),
                weight=float(arrays.shares[k]),
                critical_z=float(arrays.critical_z[k]),
                adjusted=adjusted[k],
            )
            for k, found in enumerate(decision.categories)
        ),
        whole=decision.whole,
        spread=spread_of(table.grid.before, table.grid.layout),
        options=options,
    )


def _adjusted(table: Table, found: Sequence[CategoryDecision]) -> list[Adjusted]:
    down, up = adjusted_p(table, [one.p_exact for one in found], [one.z for one in found])
    enough = table.enough.tolist()
    return [Adjusted(fell=f, rose=r, counts=e) for f, r, e in zip(down, up, enough, strict=True)]


def _span(table: Table, counts: Floats, k: int) -> Span:
    start = sum(table.grid.layout.sizes[:k])
    rows = counts[start : start + table.grid.layout.sizes[k]]
    return Span(least=int(rows.min()), most=int(rows.max()))
