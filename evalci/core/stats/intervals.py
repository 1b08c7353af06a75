"""Confidence intervals: Student t for means, Wilson for rates."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist, fmean, stdev


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A closed interval on the 0-1 scale."""

    low: float
    high: float


def mean_interval(values: Sequence[float], *, confidence: float = 0.95) -> Interval | None:
    """Return the Student t interval of a mean, clipped to 0-1; None for fewer than two values."""
    n = len(values)
    if n < 2:
        return None
    half = t_quantile((1 + confidence) / 2, n - 1) * stdev(values) / math.sqrt(n)
    mean = fmean(values)
    return Interval(low=max(0.0, mean - half), high=min(1.0, mean + half))


def wilson_interval(passes: int, n: int, *, confidence: float = 0.95) -> Interval | None:
    """Return Wilson's score interval of a rate (Wilson 1927); None for no trials."""
    if n == 0:
        return None
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    rate, shrink = passes / n, 1 + z * z / n
    centre = (rate + z * z / (2 * n)) / shrink
    half = z * math.sqrt(rate * (1 - rate) / n + z * z / (4 * n * n)) / shrink
    return Interval(low=max(0.0, centre - half), high=min(1.0, centre + half))


@lru_cache(maxsize=1024)
def t_quantile(p: float, df: int) -> float:
    """Return the quantile of Student's t for 0.5 <= p < 1 and a whole number of degrees of freedom.

    Newton's method on `t_cdf`, which gives ``p`` to 1e-12. It begins at the normal quantile, which
    is below: from there no step of it goes beyond, as the distribution function is concave. A
    report asks for the same one many times, and with thousands of cases each takes a while.
    """
    t = NormalDist().inv_cdf(p)
    while (step := (p - t_cdf(t, df)) / _t_density(t, df)) > 1e-13 * t:
        t += step
    return t


def _t_density(t: float, df: int) -> float:
    """Return the density of Student's t."""
    scale = math.exp(math.lgamma((df + 1) / 2) - math.lgamma(df / 2)) / math.sqrt(df * math.pi)
    return scale * math.pow(1 + t * t / df, -(df + 1) / 2)


def t_cdf(t: float, df: int) -> float:
    """Return P(T <= t) for t >= 0 and a whole number of degrees of freedom.

    Finite sums of Abramowitz & Stegun 26.7.3 and 26.7.4; no series is cut off.
    """
    theta = math.atan(t / math.sqrt(df))
    cosine, sine = math.cos(theta), math.sin(theta)
    if df == 1:
        return 0.5 + theta / math.pi
    odd = df % 2
    term = total = cosine if odd else 1.0
    for k in range(3 if odd else 2, df - 1, 2):
        term *= cosine * cosine * (k - 1) / k
        total += term
    area = 2 / math.pi * (theta + sine * total) if odd else sine * total
    return 0.5 + area / 2
