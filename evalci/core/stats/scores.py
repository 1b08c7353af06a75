"""Which scores count, usable ones on the 0-1 scale, and when two of them are equal."""

import math
from collections.abc import Sequence

TOLERANCE = 1e-9


def scaled(value: float | None, *, low: float = 0.0, high: float = 1.0) -> float | None:
    """Return a score on the 0-1 scale of its declared range, clipped; None when it is no score.

    None, NaN and the infinities are a missing trial, never a zero. ``low`` < ``high``, any sign.
    """
    if value is None or not math.isfinite(value):
        return None
    return min(1.0, max(0.0, (value - low) / (high - low)))


def usable(
    values: Sequence[float | None], *, low: float = 0.0, high: float = 1.0
) -> tuple[float, ...]:
    """Return the scores that count, in their order, on the 0-1 scale of the declared range."""
    found = (scaled(value, low=low, high=high) for value in values)
    return tuple(value for value in found if value is not None)
