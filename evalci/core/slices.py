"""Looks across categories: which values of the cases' dimensions moved beyond chance."""

from collections.abc import Mapping, Sequence

from evalci.core.evidence.exact import mid_p_values
from evalci.core.evidence.table import CaseTrials, select
from evalci.core.run import Run
from evalci.core.slice import Slice, Slices
from evalci.core.stats.grid import Grid, Layout, grid_of, padded, side_of
from evalci.core.stats.multiplicity import benjamini_hochberg
from evalci.core.stats.permutation import drops, normal_sf
from evalci.core.stats.sequential import LEAST_CASES

FALSE_SHARE = 0.10
Name = tuple[str, str]


def slices_of(run: Run, trials: Sequence[CaseTrials]) -> Slices:
    """Return how many slices were looked at, and those that moved beyond chance.

    Looked at is every value of a dimension with five compared cases or more, unless its cases are
    those of a category or of the whole run. Of the slices found a tenth may be false (Benjamini
    and Hochberg), so none of them decides.
    """
    cases = select(trials).compared
    members = _members(run, cases)
    if not members:
        return Slices()
    looked = _measured(members, _grid(run, cases, tuple(members.values())))
    found = [one for one in looked if one.adjusted <= FALSE_SHARE]
    return Slices(
        looked_at=len(looked),
        found=tuple(sorted(found, key=lambda one: (-one.drop, one.name))),
    )


def _members(run: Run, cases: Sequence[CaseTrials]) -> dict[Name, tuple[int, ...]]:
    """Return the rows of each slice worth a look, by dimension and value."""
    dimensions = {case.id: case.dimensions for case in run.cases}
    slices: dict[Name, list[int]] = {}
    categories: dict[str, list[int]] = {}
    for row, case in enumerate(cases):
        categories.setdefault(case.category, []).append(row)
        for dimension, values in dimensions[case.id].items():
            for value in dict.fromkeys(values):
                slices.setdefault((dimension, value), []).append(row)
    decided = {tuple(rows) for rows in categories.values()} | {tuple(range(len(cases)))}
    return {
        name: rows
        for name in sorted(slices)
        if len(rows := tuple(slices[name])) >= LEAST_CASES and rows not in decided
    }


def _grid(run: Run, cases: Sequence[CaseTrials], members: Sequence[Sequence[int]]) -> Grid:
    """Return the cases slice after slice; a case stands in as many rows as it has values."""
    import numpy as np

    order = np.concatenate(members)
    graded = {case.id for case in run.cases if case.graded}
    layout = Layout(
        sizes=tuple(map(len, members)),
        graded=tuple(any(cases[row].id in graded for row in rows) for rows in members),
    )
    before = side_of(padded([case.baseline for case in cases]))
    candidate = padded([case.candidate for case in cases])
    return grid_of(layout, before.rows(order), candidate[order])


def _measured(names: Mapping[Name, Sequence[int]], grid: Grid) -> list[Slice]:
    import numpy as np

    fell, layout = drops(grid), grid.layout
    before, now = layout.means(grid.before.mean), layout.means(grid.after.mean)
    starts = np.cumsum((0, *layout.sizes[:-1]))
    trials = np.maximum.reduceat(grid.after.count, starts)
    p = [_either_way(float(z), tail) for z, tail in zip(fell.z, mid_p_values(grid), strict=True)]
    adjusted = benjamini_hochberg(p)
    return [
        Slice(
            dimension=dimension,
            value=value,
            cases=layout.sizes[k],
            trials=int(trials[k]),
            before=float(before[k]),
            now=float(now[k]),
            drop=float(fell.drop[k]),
            z=float(fell.z[k]),
            p=p[k],
            adjusted=adjusted[k],
        )
        for k, (dimension, value) in enumerate(names)
    ]


def _either_way(z: float, mid_p: float | None) -> float:
    """Return the p of a move up or down: twice that of the direction it went."""
    one = normal_sf(abs(z)) if mid_p is None else min(mid_p, 1.0 - mid_p)
    return 2.0 * max(one, 0.0)
