"""Latency and cost rules: typical slowdown, slow calls, and the ratio of costs.

A day effect of 8 % alone makes an unpaired test red a quarter of the time, so every rule compares
within cases and has a margin. Waiting for rate limits and cache hits never belong in a latency.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from evalci.core.stats.arrays import Generator
from evalci.core.stats.relabel import DRAWS, Pair, relabelled
from evalci.core.stats.scores import TOLERANCE

MAX_P = 0.05
RATIO_LIMIT = 1.25
SAME_HOUR_RATIO_LIMIT = 1.10
SLOW_FACTOR = 1.8
SLOW_POINTS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class LatencyFinding:
    """A slowdown in numbers and whether it is a finding.

    ``size`` is the ratio of typical latencies, or the rise of the share of slow calls.
    """

    size: float
    p: float
    found: bool


def typical_slowdown(
    pairs: Sequence[Pair], *, rng: Generator, same_hour: bool = False, draws: int = DRAWS
) -> LatencyFinding | None:
    """Return by what factor calls got slower, None without cases; seconds > 0 on both sides.

    The median over cases of the difference of mean log latency. A finding needs p <= 0.05 by
    relabelling inside each case and a ratio above 1.25, or 1.10 where both runs share an hour.
    """
    import numpy as np

    if not pairs:
        return None
    found = relabelled(
        [_logs(pair) for pair in pairs],
        lambda before, after: after.mean(axis=-1, keepdims=True) - before.mean(axis=-1)[..., None],
        lambda gaps: np.asarray(np.median(gaps[..., 0], axis=-1)),
        rng=rng,
        draws=draws,
    )
    ratio = math.exp(found.observed)
    limit = SAME_HOUR_RATIO_LIMIT if same_hour else RATIO_LIMIT
    bad = found.p <= MAX_P and ratio > limit + TOLERANCE
    return LatencyFinding(size=ratio, p=found.p, found=bad)


def _logs(pair: Pair) -> Pair:
    return Pair(
        before=tuple(math.log(value) for value in pair.before),
        after=tuple(math.log(value) for value in pair.after),
    )


def slow_calls(
    pairs: Sequence[Pair], *, rng: Generator, draws: int = DRAWS
) -> LatencyFinding | None:
    """Return the rise of the share of slow calls, None without cases.

    A call is slow above 1.8 times the median of its case's baseline. A finding needs a rise of
    5 points and p <= 0.05 by relabelling inside each case, the medians computed anew each time.
    """
    import numpy as np

    if not pairs:
        return None
    calls_before = sum(len(pair.before) for pair in pairs)
    calls_after = sum(len(pair.after) for pair in pairs)
    found = relabelled(
        pairs,
        lambda before, after: np.stack(
            [
                (side > SLOW_FACTOR * np.median(before, axis=-1, keepdims=True)).sum(axis=-1)
                for side in (before, after)
            ],
            axis=-1,
        ).astype(float),
        lambda slow: (
            slow[..., 1].sum(axis=-1) / calls_after - slow[..., 0].sum(axis=-1) / calls_before
        ),
        rng=rng,
        draws=draws,
    )
    bad = found.p <= MAX_P and found.observed >= SLOW_POINTS - TOLERANCE
    return LatencyFinding(size=found.observed, p=found.p, found=bad)


def cost_ratio(before: Sequence[float | None], after: Sequence[float | None]) -> float | None:
    """Return candidate over baseline of the mean cost of the same cases, in that order.

    None when a price is unknown, there is no case, or the baseline was free: never zero.
    """
    now = [value for value in after if value is not None]
    then = [value for value in before if value is not None]
    if len(now) < len(after) or len(then) < len(before) or not now or not then:
        return None
    return fmean(now) / fmean(then) if fmean(then) > 0 else None
