"""Weighs a run's trials into a decision: one look at all of them, or the looks in turn."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import assert_never

from evalci.core.evidence.changes import changes_of
from evalci.core.evidence.decision import (
    CategoryDecision,
    Decision,
    Ending,
    Status,
    WholeDecision,
)
from evalci.core.evidence.exact import exact_outcomes, mid_p_values
from evalci.core.evidence.options import CategoryRule, Method, Options
from evalci.core.evidence.outcomes import (
    Memory,
    Outcome,
    blocks,
    evidence_outcomes,
    looked,
    memory_of,
    remembered,
    verdict_of,
)
from evalci.core.evidence.table import CaseTrials, Selection, Table, select, tabulate
from evalci.core.stats.evidence import both_directions
from evalci.core.stats.permutation import normal_sf
from evalci.core.stats.sequential import Numbers, after_closing, numbers_of

NOTHING = Memory()


def weigh(
    cases: Sequence[CaseTrials],
    rules: Mapping[str, CategoryRule],
    options: Options,
    *,
    ending: Ending,
    earlier: Decision | None = None,
) -> Decision:
    """Return what one look at all trials says, after what an ``earlier`` look settled.

    ``rules`` has every category of the cases. No random numbers, and no dependence on the order
    of cases or categories.
    """
    memory = NOTHING if earlier is None else memory_of(earlier)
    return _weighed(select(cases), rules, options, ending=ending, memory=memory)


def follow(
    cases: Sequence[CaseTrials],
    rules: Mapping[str, CategoryRule],
    options: Options,
    *,
    ending: Ending,
) -> Decision:
    """Return what the looks say in turn, replayed from the positions of the candidate's trials.

    A run file alone gives the decision again: a category that failed at an earlier look stays
    failed, one that passed stays passed unless it fails. So does what failed the closing test at
    the cap, whatever trials were asked for beyond it.
    """
    taken = max((len(case.candidate) for case in cases), default=0)
    memory = NOTHING
    for look in options.looks if options.method is Method.EVIDENCE else ():
        if look < taken:
            seen = select([case.until(look) for case in cases])
            closing = look in {options.cap, options.closed_at}
            memory = _after(seen, rules, options, memory, closing=closing)
    return _weighed(select(cases), rules, options, ending=ending, memory=memory)


def _after(
    selection: Selection,
    rules: Mapping[str, CategoryRule],
    options: Options,
    memory: Memory,
    *,
    closing: bool,
) -> Memory:
    """Return what is remembered after one more look, without the numbers for a report."""
    if not selection.compared:
        return memory
    table = tabulate(selection.compared, rules)
    numbers = numbers_of(table.grid, table.prior, table.arrays(options))
    settled = looked(table, numbers, options, memory)
    if closing:
        closed = after_closing(numbers, table.arrays(options), settled, enough=table.enough)
        settled = replace(settled, failed=closed.failed)
    return remembered(table, settled)


def _weighed(
    selection: Selection,
    rules: Mapping[str, CategoryRule],
    options: Options,
    *,
    ending: Ending,
    memory: Memory,
) -> Decision:
    if not selection.compared:
        return _empty(selection, ending)
    table = tabulate(selection.compared, rules)
    numbers = numbers_of(table.grid, table.prior, table.arrays(options))
    mid_p = mid_p_values(table.grid)
    match options.method:
        case Method.EVIDENCE:
            outcomes, whole = evidence_outcomes(
                table, numbers, options, ending=ending, memory=memory
            )
        case Method.EXACT | Method.ENTROPY:
            outcomes = exact_outcomes(table, numbers, options, mid_p=mid_p, ending=ending)
            whole = False
        case _:
            assert_never(options.method)
    return Decision(
        verdict=verdict_of([outcome.status for outcome in outcomes], whole=whole),
        categories=_categories(table, numbers, outcomes, mid_p),
        whole=_whole(table, numbers, limit=table.arrays(options).limit, regressed=whole),
        cases=changes_of(table, numbers.evidence),
        pool=table.pool,
        pooled=table.pooled,
        not_scored=selection.not_scored,
        not_compared=selection.not_compared,
    )


def _empty(selection: Selection, ending: Ending) -> Decision:
    """Return the decision without a comparable case: never a pass."""
    return Decision(
        verdict=Status.OPEN if ending is Ending.MORE else Status.INCONCLUSIVE,
        categories=(),
        whole=None,
        not_scored=selection.not_scored,
        not_compared=selection.not_compared,
    )


def _categories(
    table: Table,
    numbers: Numbers,
    outcomes: Sequence[Outcome],
    mid_p: Sequence[float | None],
) -> tuple[CategoryDecision, ...]:
    import numpy as np

    layout, fell = table.grid.layout, numbers.category
    before, after = layout.means(table.grid.before.mean), layout.means(table.grid.after.mean)
    ends = np.cumsum(layout.sizes)
    return tuple(
        CategoryDecision(
            name=name,
            status=outcomes[k].status,
            reason=outcomes[k].reason,
            blocks=blocks(outcomes[k].status, table.rules[k], z=float(fell.z[k])),
            cases=layout.sizes[k],
            trials=int(table.grid.after.count[ends[k] - layout.sizes[k] : ends[k]].max()),
            baseline_mean=float(before[k]),
            mean=float(after[k]),
            drop=float(fell.drop[k]),
            se=float(fell.se[k]),
            z=float(fell.z[k]),
            p=normal_sf(float(fell.z[k])),
            p_exact=mid_p[k],
            evidence=float(numbers.evidence.category[k]),
            upper=float(numbers.upper[k]),
            detect=float(numbers.detect[k]),
            margin=table.rules[k].margin,
            kappa=float(table.prior.kappa[k]),
            prior_mean=float(table.prior.mean[k]),
        )
        for k, name in enumerate(table.names)
    )


def _whole(table: Table, numbers: Numbers, *, limit: float, regressed: bool) -> WholeDecision:
    losses, gains = both_directions(table.grid, table.prior)
    return WholeDecision(
        statistic=float(numbers.statistic),
        limit=limit,
        evidence=float(numbers.evidence.whole),
        drop=float(numbers.whole.drop),
        se=float(numbers.whole.se),
        z=float(numbers.whole.z),
        prior_mean=float(table.prior.overall),
        regressed=regressed,
        losses=float(losses),
        gains=float(gains),
    )
