"""Permutation inference within cases: drop, standard error, z, and the exact mid-p value."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from evalci.core.stats.arrays import Counts, Floats
from evalci.core.stats.grid import Grid, Layout

DIRECT_LIMIT = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """The fall of groups of cases, each (..., groups): baseline minus candidate, points of 1."""

    drop: Floats
    se: Floats
    z: Floats


def drops(grid: Grid) -> Drop:
    """Return the drop of each category with its permutation standard error.

    Cases weigh equally, whatever their trials. The error is that of relabelling the trials inside
    each case: (1/n) sqrt(sum S^2 (1/m + 1/b)), S^2 the variance of all trials of the case. Where
    nothing varies z is 0.
    """
    return _drops(grid, grid.layout)


def whole_drop(grid: Grid) -> Drop:
    """Return the drop over all cases of a run as one group, each (...)."""
    found = _drops(grid, Layout(sizes=(grid.layout.cases,), graded=(False,)))
    return Drop(drop=found.drop[..., 0], se=found.se[..., 0], z=found.z[..., 0])


def _drops(grid: Grid, layout: Layout) -> Drop:
    import numpy as np

    noise = grid.pooled_variance * (1.0 / grid.after.count + 1.0 / grid.before.count)
    se = np.sqrt(layout.sums(noise)) / np.asarray(layout.sizes, dtype=float)
    drop = layout.means(grid.before.mean - grid.after.mean)
    z = np.divide(drop, se, out=np.zeros_like(drop), where=se > 0)
    return Drop(drop=drop, se=se, z=z)


def normal_sf(z: float) -> float:
    """Return the upper tail of the standard normal, without loss of digits far out."""
    return math.erfc(z / math.sqrt(2)) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactP:
    """P values that the candidate passes no more often than chance: ``p``, and the mid-p."""

    p: float
    mid_p: float


@dataclass(frozen=True, slots=True)
class PassCounts:
    """A case of pass/fail trials: baseline passes of ``before``, candidate passes of ``after``."""

    baseline: int
    before: int
    candidate: int
    after: int


def exact_p(cases: Sequence[PassCounts]) -> ExactP:
    """Return the exact stratified permutation test of fewer passes than chance.

    Inside each case the candidate's passes are hypergeometric given all passes (Fisher); their
    sum over cases is their convolution. ``p`` = P(X <= observed), ``mid_p`` counts the observed
    value by half. Cases that always or never pass say nothing; with no other p is 1, mid-p 1/2.
    The convolution is a tree, by FFT where long, so that the work stays near linear; then p is
    exact to about 1e-14.
    """
    parts = [part for case in cases if len(part := _hypergeometric(case)) > 1]
    lowest = [max(0, c.after - (c.before + c.after - c.baseline - c.candidate)) for c in cases]
    observed = sum(case.candidate for case in cases) - sum(lowest)
    chances = _convolved(parts)
    below, at = float(chances[:observed].sum()), float(chances[observed])
    return ExactP(p=min(1.0, below + at), mid_p=min(1.0, below + at / 2))


def _hypergeometric(case: PassCounts) -> list[float]:
    """Return the chances of each possible number of candidate passes, from the lowest on."""
    passes = case.baseline + case.candidate
    fails = case.before + case.after - passes
    ways = [
        math.comb(passes, k) * math.comb(fails, case.after - k)
        for k in range(max(0, case.after - fails), min(passes, case.after) + 1)
    ]
    total = sum(ways)
    return [way / total for way in ways]


def _convolved(parts: Sequence[Sequence[float]]) -> Floats:
    """Return the distribution of a sum of independent counts, joining neighbours pairwise."""
    import numpy as np

    level: list[Floats] = [np.asarray(part) for part in parts] or [np.ones(1)]
    while len(level) > 1:
        odd = level[len(level) - len(level) % 2 :]
        level = [_joined(a, b) for a, b in zip(level[::2], level[1::2], strict=False)] + odd
    return level[0]


def _joined(a: Floats, b: Floats) -> Floats:
    import numpy as np

    if min(len(a), len(b)) < DIRECT_LIMIT:
        return np.convolve(a, b)
    length = len(a) + len(b) - 1
    product = np.fft.rfft(a, length) * np.fft.rfft(b, length)
    return np.maximum(np.fft.irfft(product, length), 0.0)


def mid_p_of_runs(grid: Grid) -> Floats:
    """Return the mid-p (runs, K) of `exact_p` for every category of many runs of pass/fail scores.

    Each case's chances come from a table of log factorials, and the convolution is a tree over the
    cases of a category by FFT, for all runs at once.
    """
    import numpy as np

    chances, ends = _chances_of_runs(grid), np.cumsum(grid.layout.sizes)
    observed = grid.layout.sums(grid.after.total).round().astype(int)
    found = np.empty(observed.shape)
    for k, size in enumerate(grid.layout.sizes):
        total = _convolved_runs(chances[:, ends[k] - size : ends[k]])
        below = np.cumsum(total, axis=-1)
        at = observed[:, k : k + 1]
        here = np.take_along_axis(total, at, axis=-1)
        found[:, k] = (np.take_along_axis(below, at, axis=-1) - here / 2)[:, 0]
    return np.clip(found, 0.0, 1.0)


def _chances_of_runs(grid: Grid) -> Floats:
    """Return the hypergeometric chances (runs, n, k) of k = 0, 1, ... candidate passes."""
    import numpy as np

    b, m = (side.count.astype(int) for side in (grid.before, grid.after))
    won = (grid.before.total + grid.after.total).round().astype(int)
    table = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, (b + m).max() + 1)))])
    k = np.arange(int(m.max()) + 1)
    won, m, lost = won[..., None], m[..., None], (b + m)[..., None] - won[..., None]
    possible = (k <= won) & (k <= m) & (m - k <= lost)
    ways = _log_choose(table, won, k) + _log_choose(table, lost, m - k)
    chances: Floats = np.where(possible, np.exp(ways - _log_choose(table, won + lost, m)), 0.0)
    return chances


def _log_choose(table: Floats, n: Counts, k: Counts) -> Floats:
    import numpy as np

    k = np.clip(k, 0, n)
    found: Floats = table[n] - table[k] - table[n - k]
    return found


def _convolved_runs(parts: Floats) -> Floats:
    """Return the distributions (runs, total) of the sums of independent counts (runs, n, k)."""
    import numpy as np

    while parts.shape[1] > 1:
        if parts.shape[1] % 2:
            certain = np.zeros_like(parts[:, :1])
            certain[..., 0] = 1.0
            parts = np.concatenate([parts, certain], axis=1)
        length = 2 * parts.shape[2] - 1
        waves = np.fft.rfft(parts, length, axis=-1)
        parts = np.fft.irfft(waves[:, ::2] * waves[:, 1::2], length, axis=-1)
    return np.maximum(parts[:, 0], 0.0)
