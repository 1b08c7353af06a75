"""Plays the exact, entropy and threshold modes on thousands of simulated runs at once."""

from dataclasses import dataclass

from evalci.core.stats.arrays import Counts, Flags, Floats
from evalci.core.stats.bounds import detect_levels, upper_bounds
from evalci.core.stats.entropy import EntropyRule
from evalci.core.stats.grid import Grid, Layout, grid_of, side_of
from evalci.core.stats.permutation import drops, mid_p_of_runs, normal_sf
from evalci.core.stats.scores import TOLERANCE
from evalci.core.stats.simulation import Design, Draw, Played


def play_exact(baseline: Floats, draw: Draw, design: Design) -> Played:
    """Return how `exact` mode ends on runs with baseline scores (runs, n, trials), NaN for none.

    Every case gets the trials of the last look.
    """
    import numpy as np

    every = np.arange(len(baseline))
    scores = [draw(every, replicate) for replicate in range(design.looks[-1])]
    return _exactly(baseline, np.stack(scores, axis=-1), design)


def play_entropy(baseline: Floats, draw: Draw, design: Design, rule: EntropyRule) -> Played:
    """Return how `entropy` mode ends: a case runs until its scores agree, then `exact` decides."""
    import numpy as np

    every = np.arange(len(baseline))
    candidate = np.full((*baseline.shape[:2], rule.max_runs), np.nan)
    for replicate in range(rule.max_runs):
        scores = draw(every, replicate)
        going = _disagree(candidate[..., :replicate], rule)
        candidate[..., replicate] = np.where(going, scores, np.nan)
    return _exactly(baseline, candidate, design)


def _disagree(scores: Floats, rule: EntropyRule) -> Flags:
    """Return which cases (runs, n) run again; the rule of `agreement`, on arrays."""
    import numpy as np

    side = side_of(scores)
    sd = np.sqrt(side.squares / np.maximum(side.count - 1.0, 1.0))
    ratio = np.divide(sd, side.mean, out=np.ones_like(sd), where=side.mean > 0)
    confidence = np.where(side.mean > 0, np.maximum(0.0, 1.0 - ratio), 0.0)
    apart = (sd > rule.max_sd) | (confidence < rule.min_confidence)
    found: Flags = (side.count == scores.shape[-1]) & ((side.count < 2) | apart)
    return found


def _exactly(baseline: Floats, candidate: Floats, design: Design) -> Played:
    """Decide runs with all their trials by the rule of `exact_outcomes`, on arrays."""
    import numpy as np

    grid = grid_of(design.layout, side_of(baseline), candidate)
    fell, rules, enough = drops(grid), design.rules, design.enough
    family = np.flatnonzero(enough)
    p_values = _p_values(grid, fell.z)
    adjusted = np.ones_like(p_values)
    adjusted[:, family] = _holm(p_values[:, family])
    reached = fell.drop >= rules.margin - TOLERANCE
    failed = enough & reached & (adjusted <= rules.alpha)
    detect = detect_levels(grid, rules.detect)
    ruled_out = upper_bounds(grid, detect, confidence=rules.confidence) < detect
    return Played(
        failed=failed,
        inconclusive=enough & ~failed & ~ruled_out & reached,
        whole=np.zeros(len(baseline), dtype=bool),
        z=fell.z,
        calls=np.count_nonzero(~np.isnan(candidate), axis=(1, 2)),
    )


def _p_values(grid: Grid, z: Floats) -> Floats:
    """Return the exact mid-p (runs, K) of pass/fail categories, the normal p of graded ones."""
    import numpy as np

    graded = np.asarray(grid.layout.graded)
    found = np.empty_like(z)
    if graded.any():
        found[:, graded] = np.vectorize(normal_sf, otypes=[float])(z[:, graded])
    if not graded.all():
        found[:, ~graded] = mid_p_of_runs(grid)[:, ~graded]
    return found


def _holm(p_values: Floats) -> Floats:
    """Return the adjusted p values (runs, K) of each run, as `holm` does."""
    import numpy as np

    order = np.argsort(p_values, axis=-1)
    factors = np.arange(p_values.shape[-1], 0, -1)
    ranked = np.take_along_axis(p_values, order, axis=-1) * factors
    ranked = np.minimum(1.0, np.maximum.accumulate(ranked, axis=-1))
    adjusted = np.empty_like(p_values)
    np.put_along_axis(adjusted, order, ranked, axis=-1)
    return adjusted


@dataclass(frozen=True, slots=True, kw_only=True)
class DropLimits:
    """The largest drop that passes in each category (K,), in points of 1 or of the baseline."""

    limit: Floats
    relative: Flags


def play_threshold(
    baseline: Floats, draw: Draw, layout: Layout, limits: DropLimits, *, trials: int
) -> Played:
    """Return how `threshold` mode ends: a category fails when it fell by more than its limit.

    A relative drop from a baseline of zero or less is undefined; there any fall fails.
    """
    import numpy as np

    every: Counts = np.arange(len(baseline))
    candidate = np.stack([draw(every, replicate) for replicate in range(trials)], axis=-1)
    before, after = layout.means(side_of(baseline).mean), layout.means(side_of(candidate).mean)
    drop = before - after
    unit = np.where(limits.relative, np.maximum(before, 0.0), 1.0)
    failed = drop > (limits.limit + TOLERANCE) * unit
    return Played(
        failed=failed,
        inconclusive=np.zeros_like(failed),
        whole=np.zeros(len(baseline), dtype=bool),
        z=np.zeros_like(drop),
        calls=np.full(len(baseline), layout.cases * trials),
    )
