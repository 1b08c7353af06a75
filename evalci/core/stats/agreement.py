"""How far two raters agree: distance, correlation, kappa, and who of them is stricter."""

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import StatisticsError, correlation, fmean, stdev

from evalci.core.stats.intervals import t_quantile

TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """What two raters say of one thing, from 0 to 1, and the values that its scale has.

    Pairs of one ``case`` are not independent of each other. ``scale`` is sorted.
    """

    case: str
    mine: float
    theirs: float
    scale: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How two raters agree on some pairs; a figure that cannot be formed is None.

    ``mad`` is the mean absolute difference. ``bias`` is the mean of mine minus theirs: below 0 the
    first rater is the stricter one. ``low`` and ``high`` are its 95 % interval, Student's t over
    the means of the cases. Correlations are None where a side never varies, kappas where the pairs
    have different scales.
    """

    pairs: int
    cases: int
    mad: float
    bias: float
    low: float | None = None
    high: float | None = None
    pearson: float | None = None
    spearman: float | None = None
    kappa: float | None = None
    weighted_kappa: float | None = None


def agreement_of(pairs: Sequence[Pair]) -> Agreement:
    """Return how two raters agree; ValueError without a pair."""
    if not pairs:
        raise ValueError("no pair to compare")
    mine, theirs = [pair.mine for pair in pairs], [pair.theirs for pair in pairs]
    biases = _biases(pairs)
    bias, half = fmean(biases), _half_width(biases)
    scales = {pair.scale for pair in pairs}
    scale = scales.pop() if len(scales) == 1 else ()
    return Agreement(
        pairs=len(pairs),
        cases=len(biases),
        mad=fmean(abs(a - b) for a, b in zip(mine, theirs, strict=True)),
        bias=bias,
        low=None if half is None else max(-1.0, bias - half),
        high=None if half is None else min(1.0, bias + half),
        pearson=pearson(mine, theirs),
        spearman=pearson(mid_ranks(mine), mid_ranks(theirs)),
        kappa=cohen_kappa(mine, theirs, scale),
        weighted_kappa=weighted_kappa(mine, theirs, scale),
    )


def _biases(pairs: Sequence[Pair]) -> list[float]:
    """Return the mean difference of each case."""
    by_case: dict[str, list[float]] = {}
    for pair in pairs:
        by_case.setdefault(pair.case, []).append(pair.mine - pair.theirs)
    return [fmean(found) for found in by_case.values()]


def _half_width(values: Sequence[float]) -> float | None:
    """Return half the width of Student's 95 % interval of a mean, None for fewer than two."""
    if len(values) < 2:
        return None
    return t_quantile(0.975, len(values) - 1) * stdev(values) / math.sqrt(len(values))


def pearson(mine: Sequence[float], theirs: Sequence[float]) -> float | None:
    """Return Pearson's r, None for fewer than two pairs and where a side never varies."""
    try:
        return correlation(mine, theirs)
    except StatisticsError:
        return None


def mid_ranks(values: Sequence[float]) -> list[float]:
    """Return the rank of each value from 1; equal ones share the mean of their ranks.

    Pearson's r of two sides' ranks is Spearman's rho, also with ties (Kendall 1948).
    """
    order = sorted(range(len(values)), key=values.__getitem__)
    ranks = [0.0] * len(values)
    first = 0
    while first < len(order):
        last = first
        while last + 1 < len(order) and values[order[last + 1]] == values[order[first]]:
            last += 1
        for place in order[first : last + 1]:
            ranks[place] = (first + last) / 2 + 1
        first = last + 1
    return ranks


def cohen_kappa(
    mine: Sequence[float], theirs: Sequence[float], scale: Sequence[float]
) -> float | None:
    """Return the agreement beyond chance on a scale's levels (Cohen 1960); every miss counts alike.

    A value between two levels, as means of repeats are, counts in parts for both: what single
    replies are expected to give. None where chance alone would agree always, or without a scale.
    """
    return _kappa(mine, theirs, scale, power=0)


def weighted_kappa(
    mine: Sequence[float], theirs: Sequence[float], scale: Sequence[float]
) -> float | None:
    """Return kappa with quadratic weights (Cohen 1968): a miss by two levels counts four times."""
    return _kappa(mine, theirs, scale, power=2)


def _kappa(
    mine: Sequence[float], theirs: Sequence[float], scale: Sequence[float], *, power: int
) -> float | None:
    """Return 1 - observed / expected disagreement; a miss by d levels weighs d to the power."""
    if not scale:
        return None
    left, right = [_parts(v, scale) for v in mine], [_parts(v, scale) for v in theirs]
    observed = fmean(_expected(a, b, power) for a, b in zip(left, right, strict=True))
    chance = _expected(_marginal(left), _marginal(right), power)
    return 1.0 - observed / chance if chance else None


def _parts(value: float, scale: Sequence[float]) -> dict[int, float]:
    """Return the two levels next to a value, each with its part; one level for a value on it."""
    above = bisect_left(scale, value - TOLERANCE)
    if above == 0 or above == len(scale):
        return {min(above, len(scale) - 1): 1.0}
    if abs(scale[above] - value) <= TOLERANCE:
        return {above: 1.0}
    part = (value - scale[above - 1]) / (scale[above] - scale[above - 1])
    return {above - 1: 1.0 - part, above: part}


def _marginal(levels: Sequence[Mapping[int, float]]) -> dict[int, float]:
    """Return the share of each level over all values."""
    every = sorted({level for parts in levels for level in parts})
    return {level: fmean(parts.get(level, 0.0) for parts in levels) for level in every}


def _expected(one: Mapping[int, float], other: Mapping[int, float], power: int) -> float:
    """Return the mean miss of levels that two sides draw apart from each other."""
    return sum(one[a] * other[b] * _miss(a, b, power) for a in one for b in other)


def _miss(one: int, other: int, power: int) -> float:
    return float(abs(one - other) ** power) if one != other else 0.0
