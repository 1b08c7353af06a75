"""Plays the evidence gate on thousands of simulated runs at once, look by look, as it really is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from evalci.core.stats.arrays import Counts, Flags, Floats
from evalci.core.stats.credibility import Prior, fit_prior
from evalci.core.stats.grid import Grid, Layout, Side, grid_of, side_of
from evalci.core.stats.sequential import (
    LEAST_CASES,
    Rules,
    Settled,
    after_closing,
    after_look,
    due,
    numbers_of,
)

Draw = Callable[[Counts, int], Floats]


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """What every run has in common: its categories, their rules, and the looks."""

    layout: Layout
    rules: Rules
    looks: tuple[int, ...]

    @property
    def enough(self) -> Flags:
        """Return which categories can get a status."""
        import numpy as np

        return np.asarray(self.layout.sizes) >= LEAST_CASES


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """How the runs ended: ``failed``, ``inconclusive`` and ``z`` (runs, K), ``whole``, ``calls``.

    ``z`` is that of the last look taken.
    """

    failed: Flags
    inconclusive: Flags
    whole: Flags
    z: Floats
    calls: Counts

    @property
    def red(self) -> Flags:
        """Return which runs failed, by a category or as a whole."""
        found: Flags = self.failed.any(axis=-1) | self.whole
        return found


def play(baseline: Floats, draw: Draw, design: Design) -> Played:
    """Return how the gate ends on runs with baseline scores (runs, n, trials), NaN for none.

    ``draw`` gives the candidate's scores (chosen runs, n) of one replicate for the runs with the
    given numbers; those of cases that are not due are thrown away. Runs leave as they settle.
    """
    import numpy as np

    before = side_of(baseline)
    table = _Runs(
        before=before,
        prior=fit_prior(before, design.layout),
        candidate=np.full((*before.mean.shape, design.looks[-1]), np.nan),
        settled=_nothing(before, design.layout),
        z=np.zeros((len(baseline), len(design.layout.sizes))),
    )
    active = np.arange(len(baseline))
    for taken, look in zip((0, *design.looks), design.looks, strict=False):
        for replicate in range(taken, look):
            _measure(table, active, replicate, draw=draw, design=design)
        _settle(table, active, look, design=design)
        still = (table.settled.open[active] & design.enough).any(axis=-1)
        active = active[still]
        if not len(active):
            break
    return _ended(table, design)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Runs:
    """All runs; ``candidate``, ``z`` and the arrays of ``settled`` are filled in look by look."""

    before: Side
    prior: Prior
    candidate: Floats
    settled: Settled
    z: Floats

    def grid(self, chosen: Counts, replicates: int, layout: Layout) -> Grid:
        scores = self.candidate[chosen, :, :replicates]
        return grid_of(layout, self.before.rows(chosen), scores)

    def settled_of(self, chosen: Counts) -> Settled:
        return Settled(
            failed=self.settled.failed[chosen],
            passed=self.settled.passed[chosen],
            whole=self.settled.whole[chosen],
        )


def _nothing(before: Side, layout: Layout) -> Settled:
    import numpy as np

    runs = len(before.mean)
    return Settled(
        failed=np.zeros((runs, len(layout.sizes)), dtype=bool),
        passed=np.zeros((runs, len(layout.sizes)), dtype=bool),
        whole=np.zeros(runs, dtype=bool),
    )


def _measure(table: _Runs, active: Counts, replicate: int, *, draw: Draw, design: Design) -> None:
    """Fill in one replicate of the active runs, for the cases that are due."""
    import numpy as np

    scores = draw(active, replicate)
    if replicate >= design.looks[0]:
        grid = table.grid(active, replicate, design.layout)
        wanted = due(table.settled_of(active), grid, enough=design.enough)
        scores = np.where(wanted, scores, np.nan)
    table.candidate[active, :, replicate] = scores


def _settle(table: _Runs, active: Counts, look: int, *, design: Design) -> None:
    """Write what a look settles, and at the cap what the closing test does."""
    grid, prior = table.grid(active, look, design.layout), table.prior.rows(active)
    numbers = numbers_of(grid, prior, design.rules)
    found = after_look(numbers, design.rules, table.settled_of(active), enough=design.enough)
    if look == design.looks[-1]:
        found = after_closing(numbers, design.rules, found, enough=design.enough)
    table.settled.failed[active] = found.failed
    table.settled.passed[active] = found.passed
    table.settled.whole[active] = found.whole
    table.z[active] = numbers.category.z


def _ended(table: _Runs, design: Design) -> Played:
    import numpy as np

    return Played(
        failed=table.settled.failed,
        inconclusive=table.settled.open & design.enough,
        whole=table.settled.whole,
        z=table.z,
        calls=np.count_nonzero(~np.isnan(table.candidate), axis=(1, 2)),
    )


def joined(parts: Sequence[Played]) -> Played:
    """Return several lots of runs as one."""
    import numpy as np

    return replace(
        parts[0],
        failed=np.concatenate([part.failed for part in parts]),
        inconclusive=np.concatenate([part.inconclusive for part in parts]),
        whole=np.concatenate([part.whole for part in parts]),
        z=np.concatenate([part.z for part in parts]),
        calls=np.concatenate([part.calls for part in parts]),
    )
