"""Which scores count: usable ones on the 0-1 scale, and one per independent answer."""

import math
from collections.abc import Hashable, Sequence


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


def independent(
    values: Sequence[float | None], answers: Sequence[Hashable | None]
) -> tuple[float | None, ...]:
    """Return the scores with every repeated answer blanked, so that a copy counts only once.

    ``answers`` names the answer behind each trial (the vendor's response id, or one name for all
    trials of a case that a cache served); None is an answer of its own. Of the trials with one
    name the first that has a score counts. Equal text is not the sign: half of the real pairs at
    temperature .2 are equal.
    """
    seen: set[Hashable] = set()
    kept: list[float | None] = []
    for value, answer in zip(values, answers, strict=True):
        copy = answer is not None and answer in seen
        kept.append(None if copy else value)
        if value is not None and answer is not None:
            seen.add(answer)
    return tuple(kept)
