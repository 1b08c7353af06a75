"""Steadiness: whether the trials of one case differ more from each other than before."""

from collections.abc import Sequence
from dataclasses import dataclass

from evalci.core.stats.arrays import Generator
from evalci.core.stats.relabel import DRAWS, Pair, relabelled
from evalci.core.stats.scores import TOLERANCE

MAX_P = 0.05
LEAST_RISE = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class SteadinessLoss:
    """The typical spread inside a case before and after, in points of 1, and its p."""

    before: float
    after: float
    p: float
    found: bool


def steadiness_loss(
    pairs: Sequence[Pair], *, rng: Generator, draws: int = DRAWS
) -> SteadinessLoss | None:
    """Return whether cases became less steady; None without a case of two trials on each side.

    The spread is the root of the mean variance inside a case (ddof 1). A finding needs a rise of
    5 points and p <= 0.05 by relabelling trials inside each case.
    """
    import numpy as np

    steady = [pair for pair in pairs if len(pair.before) > 1 and len(pair.after) > 1]
    if not steady:
        return None
    before, after = (
        float(np.sqrt(np.mean([np.var(side, ddof=1) for side in sides])))
        for sides in ([p.before for p in steady], [p.after for p in steady])
    )
    if after - before < LEAST_RISE - TOLERANCE:
        return SteadinessLoss(before=before, after=after, p=1.0, found=False)
    test = relabelled(
        steady,
        lambda old, new: new.var(axis=-1, ddof=1)[..., None] - old.var(axis=-1, ddof=1)[..., None],
        lambda rises: np.asarray(rises[..., 0].mean(axis=-1)),
        rng=rng,
        draws=draws,
    )
    return SteadinessLoss(before=before, after=after, p=test.p, found=test.p <= MAX_P)
