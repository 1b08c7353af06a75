"""The tail of a category: quantiles of its case means, and whether its worst fifth fell."""

from collections.abc import Sequence
from dataclasses import dataclass

from evalci.core.stats.arrays import Floats, Generator
from evalci.core.stats.relabel import DRAWS, Pair, relabelled
from evalci.core.stats.scores import TOLERANCE

MAX_P = 0.05
LEAST_FALL = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Case means in numbers; quantiles interpolate linearly. p10 and p90 are for display."""

    mean: float
    p10: float
    p50: float
    p90: float
    p95: float
    worst_fifth: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TailFall:
    """How far the worst fifth fell, in points of 1, its p, and whether that is a finding."""

    fall: float
    p: float
    found: bool


def spread_of(case_means: Sequence[float]) -> Spread | None:
    """Return the spread of case means, None without cases."""
    import numpy as np

    if not case_means:
        return None
    values = np.asarray(case_means, dtype=float)
    p10, p50, p90, p95 = (float(q) for q in np.quantile(values, (0.10, 0.50, 0.90, 0.95)))
    return Spread(
        mean=float(values.mean()),
        p10=p10,
        p50=p50,
        p90=p90,
        p95=p95,
        worst_fifth=float(_worst_fifth(values)),
    )


def _worst_fifth(values: Floats) -> Floats:
    """Return the mean of the lowest max(1, n // 5) values along the last axis."""
    import numpy as np

    k = max(1, values.shape[-1] // 5)
    return np.asarray(np.partition(values, k - 1, axis=-1)[..., :k].mean(axis=-1))


def tail_fall(pairs: Sequence[Pair], *, rng: Generator, draws: int = DRAWS) -> TailFall | None:
    """Return whether the worst fifth of the case means fell, None without cases.

    A finding needs p <= 0.05 by relabelling trials inside each case, and a fall of 5 points.
    """
    import numpy as np

    if not pairs:
        return None
    found = relabelled(
        pairs,
        lambda before, after: np.stack([before.mean(axis=-1), after.mean(axis=-1)], axis=-1),
        lambda means: _worst_fifth(means[..., 0]) - _worst_fifth(means[..., 1]),
        rng=rng,
        draws=draws,
    )
    bad = found.p <= MAX_P and found.observed >= LEAST_FALL - TOLERANCE
    return TailFall(fall=found.observed, p=found.p, found=bad)
