"""Which cases regressed, broke or gained, and which only moved within the noise."""

import math
from dataclasses import dataclass
from typing import assert_never

from evalci.core.evidence.decision import CaseChange, Change
from evalci.core.evidence.table import Table
from evalci.core.stats.arrays import Counts, Flags, Floats
from evalci.core.stats.evidence import Evidence
from evalci.core.stats.posterior import (
    broken_probability,
    drop_probability,
    graded_drop_probability,
)

SURE = 0.95
SURE_BROKEN = 0.90


def changes_of(table: Table, evidence: Evidence) -> tuple[CaseChange, ...]:
    """Return the cases that moved, losses before gains, the surest and largest first."""
    import numpy as np

    fall = table.grid.before.mean - table.grid.after.mean
    broken = broken_probability(evidence.broken_log())
    fell, rose = np.flatnonzero(fall > 1e-9), np.flatnonzero(fall < -1e-9)
    found = [
        *_listed(table, _Moved(rows=fell, chances=_chances(table, fell), broken=broken)),
        *_listed(table, _Moved(rows=rose, chances=_chances(table, rose, rise=True), broken=None)),
    ]
    return tuple(sorted(found, key=_rank))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moved:
    """Rows that moved one way, with the posterior of each; ``broken`` is per row of the table."""

    rows: Counts
    chances: Floats
    broken: Floats | None


def _chances(table: Table, rows: Counts, *, rise: bool = False) -> Floats:
    """Return the posterior that each row really fell (or rose), by its kind of score."""
    import numpy as np

    kinds: Flags = np.asarray(table.grid.layout.graded)
    graded = table.grid.layout.spread(kinds)[rows]
    chances = np.zeros(len(rows))
    if (~graded).any():
        chances[~graded] = _binary_chances(table, rows[~graded], rise=rise)
    if graded.any():
        z = _case_z(table)[rows[graded]]
        chances[graded] = [graded_drop_probability(-v if rise else v) for v in z]
    return chances


def _binary_chances(table: Table, rows: Counts, *, rise: bool) -> Floats:
    """Return P(loss > 20 points); a gain is the loss of failures, the mirror image."""
    before, after = table.grid.before, table.grid.after
    kappa = table.grid.layout.spread(table.prior.kappa)[rows]
    mean = table.grid.layout.spread(table.prior.mean)[rows]
    b, m, won, now = (side[rows] for side in (before.count, after.count, before.total, after.total))
    passes = (b - won, m - now) if rise else (won, now)
    return drop_probability(
        passes=passes, trials=(b, m), prior=(kappa, 1.0 - mean if rise else mean)
    )


def _case_z(table: Table) -> Floats:
    import numpy as np

    grid = table.grid
    noise = grid.pooled_variance * (1.0 / grid.after.count + 1.0 / grid.before.count)
    fall = grid.before.mean - grid.after.mean
    return np.divide(fall, np.sqrt(noise), out=np.zeros_like(fall), where=noise > 0)


def _listed(table: Table, moved: _Moved) -> list[CaseChange]:
    before, after = table.grid.before, table.grid.after
    found = []
    for i, chance in zip(moved.rows.tolist(), moved.chances.tolist(), strict=True):
        p_broken = 0.0 if moved.broken is None else float(moved.broken[i])
        found.append(
            CaseChange(
                id=table.cases[i].id,
                category=table.cases[i].category,
                change=_change(chance, p_broken, rose=moved.broken is None),
                before=float(before.mean[i]),
                before_trials=int(before.count[i]),
                after=float(after.mean[i]),
                after_trials=int(after.count[i]),
                p_change=None if math.isnan(chance) else chance,
                p_broken=p_broken,
            )
        )
    return found


def _change(chance: float, p_broken: float, *, rose: bool) -> Change:
    if rose:
        return Change.GAINED if chance >= SURE else Change.ROSE
    if p_broken >= SURE_BROKEN:
        return Change.BROKEN
    return Change.REGRESSED if chance >= SURE else Change.FELL


def _rank(change: CaseChange) -> tuple[int, float, float, str]:
    match change.change:
        case Change.BROKEN | Change.REGRESSED:
            group = 0
        case Change.FELL:
            group = 1
        case Change.GAINED:
            group = 2
        case Change.ROSE:
            group = 3
        case _:
            assert_never(change.change)
    surest = max(change.p_change or 0.0, change.p_broken)
    return group, -surest, -math.fabs(change.fall), change.id
