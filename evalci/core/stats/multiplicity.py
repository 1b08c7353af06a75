"""Corrections for looking at many p values at once: Holm and Benjamini-Hochberg."""

from collections.abc import Sequence


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return Holm's adjusted p values (1979), in the order given; below alpha means rejected."""
    adjusted, largest = [0.0] * len(p_values), 0.0
    for rank, i in enumerate(_ascending(p_values)):
        largest = max(largest, (len(p_values) - rank) * p_values[i])
        adjusted[i] = min(1.0, largest)
    return tuple(adjusted)


def benjamini_hochberg(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return Benjamini and Hochberg's adjusted p values (1995), in the order given."""
    adjusted, least = [0.0] * len(p_values), 1.0
    order = _ascending(p_values)
    for rank in range(len(order), 0, -1):
        i = order[rank - 1]
        least = min(least, p_values[i] * len(order) / rank)
        adjusted[i] = least
    return tuple(adjusted)


def _ascending(p_values: Sequence[float]) -> list[int]:
    return sorted(range(len(p_values)), key=lambda i: p_values[i])
