"""What drop is ruled out: the upper bound of a category's drop, and the drop it must rule out."""

from evalci.core.stats.arrays import Floats
from evalci.core.stats.grid import Grid

FULL_SIZE = 30.0
LOW_MEAN = 0.2
LEAST_DETECT = 0.05


def detect_levels(grid: Grid, detect: Floats) -> Floats:
    """Return the drop (..., K) that must be ruled out before each category passes early.

    ``detect`` (K,) holds for 30 cases or more; below it grows by sqrt(30 / n). In a category whose
    baseline mean is under 0.2 it is then at most half of that mean, but 0.05: losing half of
    little is to be seen.
    """
    import numpy as np

    sizes = np.asarray(grid.layout.sizes, dtype=float)
    level = detect * np.maximum(1.0, np.sqrt(FULL_SIZE / sizes))
    mean = grid.layout.means(grid.before.mean)
    low = np.minimum(level, np.maximum(LEAST_DETECT, mean / 2))
    return np.where(mean < LOW_MEAN, low, level)


def upper_bounds(grid: Grid, detect: Floats, *, confidence: float) -> Floats:
    """Return the one-sided upper bound (..., K) of each category's drop.

    Binary scores: rates shrunk by (s + .1) / (N + .2), and for the candidate the variance it would
    have if the drop ``detect`` (..., K) were real; without that, stable categories pass too early
    and lose a fifth of their power. Graded scores: the pooled variance plus .05 / N.
    """
    from statistics import NormalDist

    import numpy as np

    layout, b, m = grid.layout, grid.before.count, grid.after.count
    rate = (grid.before.total + grid.after.total + 0.1) / (b + m + 0.2)
    fallen = np.clip(rate * layout.spread(1.0 - detect / layout.means(rate)), 0.0, 1.0)
    pooled = grid.pooled_variance + 0.05 / (b + m)
    graded = layout.spread(np.asarray(layout.graded))
    now = np.where(graded, pooled, fallen * (1.0 - fallen))
    then = np.where(graded, pooled, rate * (1.0 - rate))
    error = np.sqrt(layout.sums(now / m + then / b)) / np.asarray(layout.sizes, dtype=float)
    drop = layout.means(grid.before.mean - grid.after.mean)
    upper: Floats = drop + NormalDist().inv_cdf(confidence) * error
    return upper
