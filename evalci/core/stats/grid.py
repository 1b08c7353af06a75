"""The trials of a run as arrays: cases in rows, category after category, one side or both.

Every array may have leading axes, one entry per run, so that thousands of simulated runs are
judged by the code that judges a single one. Shapes are written (..., n) per case and (..., K)
per category.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self, TypeVar

from evalci.core.stats.arrays import Counts, Flags, Floats

Values = TypeVar("Values", Floats, Flags)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How the rows fall into categories: the ``sizes`` in order, and which are ``graded``.

    Every category has at least one case. A category is graded when its scores are not all
    declared pass or fail.
    """

    sizes: tuple[int, ...]
    graded: tuple[bool, ...]

    @property
    def cases(self) -> int:
        """Return the number of cases over all categories."""
        return sum(self.sizes)

    def sums(self, values: Floats) -> Floats:
        """Return the sum of a per-case array (..., n) in each category (..., K)."""
        import numpy as np

        starts = np.cumsum((0, *self.sizes[:-1]))
        found: Floats = np.add.reduceat(values, starts, axis=-1)
        return found

    def means(self, values: Floats) -> Floats:
        """Return the mean of a per-case array (..., n) in each category (..., K)."""
        import numpy as np

        means: Floats = self.sums(values) / np.asarray(self.sizes, dtype=float)
        return means

    def spread(self, values: Values) -> Values:
        """Return a per-category array (..., K) repeated for each of its cases (..., n)."""
        import numpy as np

        return np.repeat(values, self.sizes, axis=-1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What the trials of one side come to per case, each (..., n).

    ``squares`` is the sum of squared deviations from the case's mean; a case without a trial has
    mean 0 and count 0.
    """

    count: Floats
    total: Floats
    mean: Floats
    squares: Floats

    def rows(self, chosen: Counts) -> Self:
        """Return the chosen entries of the first axis: runs, or cases where there is one run."""
        return type(self)(
            count=self.count[chosen],
            total=self.total[chosen],
            mean=self.mean[chosen],
            squares=self.squares[chosen],
        )


def side_of(scores: Floats) -> Side:
    """Return the sums of an array of scores (..., n, trials), NaN where there is no trial."""
    import numpy as np

    there = ~np.isnan(scores)
    count = there.sum(axis=-1).astype(float)
    total = np.where(there, scores, 0.0).sum(axis=-1)
    mean = total / np.maximum(count, 1.0)
    away = np.where(there, scores - mean[..., None], 0.0)
    return Side(count=count, total=total, mean=mean, squares=(away * away).sum(axis=-1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Both sides of the comparable cases; ``candidate`` keeps the scores (..., n, trials) in order.

    Every case has a trial on each side; NaN stands where a case has fewer trials than another.
    """

    layout: Layout
    before: Side
    after: Side
    candidate: Floats

    @property
    def pooled_variance(self) -> Floats:
        """Return the sample variance (ddof 1) of all trials of a case, both sides together."""
        import numpy as np

        b, m = self.before.count, self.after.count
        gap = self.before.mean - self.after.mean
        squares = self.before.squares + self.after.squares + gap * gap * b * m / (b + m)
        return np.where(squares > 1e-20, squares / (b + m - 1.0), 0.0)


def grid_of(layout: Layout, before: Side, candidate: Floats) -> Grid:
    """Return the grid of a baseline's sums and the candidate's scores."""
    return Grid(layout=layout, before=before, after=side_of(candidate), candidate=candidate)


def padded(trials: Sequence[Sequence[float | None]]) -> Floats:
    """Return rows of scores as an array (n, longest), NaN where a score is missing."""
    import numpy as np

    width = max((len(row) for row in trials), default=0)
    array = np.full((len(trials), width), np.nan)
    for i, row in enumerate(trials):
        array[i, : len(row)] = [np.nan if value is None else value for value in row]
    return array
