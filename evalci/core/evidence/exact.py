"""Statuses by the exact rule: a stratified permutation test per category, corrected by Holm."""

from collections.abc import Sequence

from evalci.core.evidence.decision import Ending, Reason, Status
from evalci.core.evidence.options import CategoryRule, Options
from evalci.core.evidence.outcomes import Outcome, undecided
from evalci.core.evidence.table import Table
from evalci.core.stats.grid import Grid
from evalci.core.stats.multiplicity import holm
from evalci.core.stats.permutation import PassCounts, exact_p, normal_sf
from evalci.core.stats.scores import TOLERANCE
from evalci.core.stats.sequential import Numbers


def mid_p_values(grid: Grid) -> tuple[float | None, ...]:
    """Return the exact mid-p of each category of pass/fail scores, None for graded ones."""
    sides = (grid.before, grid.after)
    columns = [array.round().astype(int).tolist() for s in sides for array in (s.total, s.count)]
    cases = [PassCounts(*numbers) for numbers in zip(*columns, strict=True)]
    found: list[float | None] = []
    start = 0
    for size, graded in zip(grid.layout.sizes, grid.layout.graded, strict=True):
        found.append(None if graded else exact_p(cases[start : start + size]).mid_p)
        start += size
    return tuple(found)


def exact_outcomes(
    table: Table,
    numbers: Numbers,
    options: Options,
    *,
    mid_p: Sequence[float | None],
    ending: Ending,
) -> tuple[Outcome, ...]:
    """Return the outcome of each category once all its trials are in.

    A category regresses when its adjusted mid-p (graded: normal p) is at most alpha and it fell by
    its margin; it improved by the mirror image. Otherwise it passes when the drop to detect is
    ruled out or it fell by less than its margin. There is no overall rule.
    """
    if ending is Ending.MORE:
        return tuple(_small(enough) or undecided(ending) for enough in table.enough.tolist())
    down, up = adjusted_p(table, mid_p, numbers.category.z.tolist())
    found = []
    for k, rule in enumerate(table.rules):
        drop = float(numbers.category.drop[k])
        beyond = _beyond(drop, rule, fell=down[k] <= options.alpha, rose=up[k] <= options.alpha)
        ruled_out = bool(numbers.upper[k] < numbers.detect[k])
        found.append(
            _small(bool(table.enough[k]))
            or beyond
            or _passed(drop, rule, ruled_out=ruled_out)
            or undecided(ending)
        )
    return tuple(found)


def adjusted_p(
    table: Table, mid_p: Sequence[float | None], z: Sequence[float]
) -> tuple[list[float], list[float]]:
    """Return Holm's p values of a fall and of a rise: of the mid-p, of z for graded scores."""
    worse = [normal_sf(z[k]) if p is None else p for k, p in enumerate(mid_p)]
    better = [normal_sf(-z[k]) if p is None else 1 - p for k, p in enumerate(mid_p)]
    return _adjusted(worse, table), _adjusted(better, table)


def _adjusted(p_values: Sequence[float], table: Table) -> list[float]:
    """Return Holm's p values over the categories that can get a status, 1 for the others."""
    family = [k for k, enough in enumerate(table.enough.tolist()) if enough]
    adjusted = [1.0] * len(p_values)
    for k, p in zip(family, holm([p_values[k] for k in family]), strict=True):
        adjusted[k] = p
    return adjusted


def _small(enough: bool) -> Outcome | None:
    return None if enough else Outcome(status=Status.ADVISORY, reason=Reason.FEW_CASES)


def _beyond(drop: float, rule: CategoryRule, *, fell: bool, rose: bool) -> Outcome | None:
    if fell and drop >= rule.margin - TOLERANCE:
        return Outcome(status=Status.REGRESSION, reason=Reason.EXACT_TEST)
    if rose and drop <= -(rule.margin - TOLERANCE):
        return Outcome(status=Status.IMPROVED, reason=Reason.ROSE)
    return None


def _passed(drop: float, rule: CategoryRule, *, ruled_out: bool) -> Outcome | None:
    if ruled_out:
        return Outcome(status=Status.PASS, reason=Reason.RULED_OUT)
    if drop < rule.margin - TOLERANCE:
        return Outcome(status=Status.PASS, reason=Reason.BELOW_MARGIN)
    return None
