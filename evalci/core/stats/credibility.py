"""The credibility prior: how far a case's own baseline is trusted against its category's mean.

Buehlmann (1967), "Experience rating and credibility": the weight of the prior is the variance
within cases over the variance between them, here per category and shrunk to the whole run.
"""

from dataclasses import dataclass
from typing import Self

from evalci.core.stats.arrays import Counts, Floats
from evalci.core.stats.grid import Layout, Side

PSEUDO_CASES = 8.0
PSEUDO_MEANS = 4.0
LEAST_BETWEEN = 1e-4
KAPPA_RANGE = (0.05, 20.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """What is expected of a case before its own trials: ``kappa`` pseudo-trials at ``mean``.

    Both are (..., K), kappa from 0.05 to 20; ``overall`` (...) is the plain mean over all cases
    of their baseline means.
    """

    kappa: Floats
    mean: Floats
    overall: Floats

    def rows(self, chosen: Counts) -> Self:
        """Return the prior of the chosen runs of arrays with one leading axis."""
        return type(self)(
            kappa=self.kappa[chosen], mean=self.mean[chosen], overall=self.overall[chosen]
        )


def fit_prior(before: Side, layout: Layout) -> Prior:
    """Fit the prior to the baseline trials of the comparable cases.

    Kappa is 1 when no case has two baseline trials, or when every category has a single case:
    then nothing separates the variance within cases from that between them.
    """
    import numpy as np

    overall = before.mean.mean(axis=-1)
    sizes = np.asarray(layout.sizes, dtype=float)
    mean = (layout.sums(before.mean) + PSEUDO_MEANS * overall[..., None]) / (sizes + PSEUDO_MEANS)
    twice = before.count >= 2
    if layout.cases == len(layout.sizes):
        kappa = np.ones_like(mean)
    else:
        kappa = np.where(twice.any(axis=-1, keepdims=True), _kappa(before, layout), 1.0)
    return Prior(kappa=kappa, mean=mean, overall=overall)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The two variances of a whole run, each (...).

    ``within`` is that of the trials of a case (W0), ``between`` that of the cases of a category
    (T0).
    """

    within: Floats
    between: Floats


def spread_of(before: Side, layout: Layout) -> Spread:
    """Return the variances that every category's own are shrunk to.

    ``between`` is 0 when every category has a single case: then there is nothing to measure.
    """
    import numpy as np

    twice, variance = _within(before)
    squares = layout.sums(_away(before, layout) ** 2).sum(axis=-1)
    return Spread(
        within=variance.sum(axis=-1) / np.maximum(twice.sum(axis=-1), 1.0),
        between=squares / max(layout.cases - len(layout.sizes), 1),
    )


def _within(before: Side) -> tuple[Floats, Floats]:
    """Return which cases (..., n) have two trials, as 0 and 1, and their sample variances."""
    import numpy as np

    twice = (before.count >= 2).astype(float)
    return twice, before.squares / np.maximum(before.count - 1.0, 1.0) * twice


def _away(before: Side, layout: Layout) -> Floats:
    """Return how far each case's mean (..., n) is from that of its category."""
    away: Floats = before.mean - layout.spread(layout.means(before.mean))
    return away


def _kappa(before: Side, layout: Layout) -> Floats:
    import numpy as np

    twice, variance = _within(before)
    spread = spread_of(before, layout)
    within = (layout.sums(variance) + PSEUDO_CASES * spread.within[..., None]) / (
        layout.sums(twice) + PSEUDO_CASES
    )
    squares = layout.sums(_away(before, layout) ** 2)
    sizes = np.asarray(layout.sizes, dtype=float)
    raw = (squares + PSEUDO_CASES * spread.between[..., None]) / (sizes - 1.0 + PSEUDO_CASES)
    noise = within * layout.means(1.0 / before.count)
    between = np.maximum(raw - noise, LEAST_BETWEEN)
    kappa: Floats = np.clip(within / between, *KAPPA_RANGE)
    return kappa
