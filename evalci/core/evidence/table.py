"""The comparable cases of a run as a table: which count, in which category, in which row."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from evalci.core.evidence.options import CategoryRule, Options, strictest
from evalci.core.stats.arrays import Flags
from evalci.core.stats.credibility import Prior, fit_prior
from evalci.core.stats.grid import Grid, Layout, grid_of, padded, side_of
from evalci.core.stats.scores import scaled
from evalci.core.stats.sequential import LEAST_CASES, WHOLE_MARGIN, Rules

POOL = "small"
SECOND_POOL = "small (pooled)"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTrials:
    """A case's scores from 0 to 1 on both sides, in the order they were collected.

    The position in ``candidate`` is the replicate. None, NaN and the infinities are missing
    trials, never zeros: not run, or run without a score.
    """

    id: str
    category: str
    baseline: tuple[float | None, ...]
    candidate: tuple[float | None, ...]

    def until(self, replicates: int) -> "CaseTrials":
        """Return the case as it stood after some replicates."""
        return replace(self, candidate=self.candidate[:replicates])


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which cases count, by category and id, whatever the order given; and the ids left out.

    A case counts with at least one trial on each side. ``not_scored`` have none of the candidate,
    ``not_compared`` none of the baseline.
    """

    compared: tuple[CaseTrials, ...]
    not_scored: tuple[str, ...]
    not_compared: tuple[str, ...]


def select(cases: Sequence[CaseTrials]) -> Selection:
    """Return which cases count, their scores cleaned."""
    ordered = sorted(map(_cleaned, cases), key=lambda case: (case.category, case.id))
    return Selection(
        compared=tuple(c for c in ordered if _any(c.baseline) and _any(c.candidate)),
        not_scored=tuple(case.id for case in ordered if not _any(case.candidate)),
        not_compared=tuple(case.id for case in ordered if not _any(case.baseline)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The cases that count, row by row, with the rules of their categories.

    ``names``, ``rules`` and the layout of the grid go together; ``pooled`` are the categories
    that were joined in the category ``pool`` for having fewer than five such cases.
    """

    names: tuple[str, ...]
    rules: tuple[CategoryRule, ...]
    cases: tuple[CaseTrials, ...]
    grid: Grid
    prior: Prior
    pool: str
    pooled: tuple[str, ...]

    @property
    def enough(self) -> Flags:
        """Return which categories have the five cases that a status needs."""
        import numpy as np

        return np.asarray(self.grid.layout.sizes) >= LEAST_CASES

    def arrays(self, options: Options) -> Rules:
        """Return the rules of the categories as arrays."""
        import numpy as np

        return Rules(
            margin=np.asarray([rule.margin for rule in self.rules]),
            detect=np.asarray([rule.detect for rule in self.rules]),
            weight=np.asarray([rule.weight for rule in self.rules]),
            alpha=options.alpha,
            closing=options.closing,
            confidence=options.confidence,
            whole_margin=max(WHOLE_MARGIN, self._noise()),
        )

    def _noise(self) -> float:
        """Return what judges alone can move the mean of all cases by."""
        parts = [n * rule.noise for n, rule in zip(self.grid.layout.sizes, self.rules, strict=True)]
        return math.hypot(*parts) / len(self.cases)


def tabulate(compared: Sequence[CaseTrials], rules: Mapping[str, CategoryRule]) -> Table:
    """Return the table of one or more cases that count, as `select` returns them."""
    groups, held = _grouped(compared, rules)
    pool, pooled = _pool(groups, held)
    return _tabulated(groups, held, pool=pool, pooled=pooled)


def tabulate_unpooled(compared: Sequence[CaseTrials], rules: Mapping[str, CategoryRule]) -> Table:
    """Return the table in which small categories stand alone, as `threshold` mode takes them."""
    return _tabulated(*_grouped(compared, rules), pool="", pooled=())


Groups = dict[str, list[CaseTrials]]


def _grouped(
    compared: Sequence[CaseTrials], rules: Mapping[str, CategoryRule]
) -> tuple[Groups, dict[str, CategoryRule]]:
    groups: Groups = {}
    for case in compared:
        groups.setdefault(case.category, []).append(case)
    return groups, {name: rules[name] for name in groups}


def _tabulated(
    groups: Groups, held: Mapping[str, CategoryRule], *, pool: str, pooled: tuple[str, ...]
) -> Table:
    names = tuple(sorted(groups))
    rows = tuple(case for name in names for case in groups[name])
    layout = Layout(
        sizes=tuple(len(groups[name]) for name in names),
        graded=tuple(held[name].graded for name in names),
    )
    before = side_of(padded([case.baseline for case in rows]))
    return Table(
        names=names,
        rules=tuple(held[name] for name in names),
        cases=rows,
        grid=grid_of(layout, before, padded([case.candidate for case in rows])),
        prior=fit_prior(before, layout),
        pool=pool,
        pooled=pooled,
    )


def _cleaned(case: CaseTrials) -> CaseTrials:
    return replace(
        case,
        baseline=tuple(map(scaled, case.baseline)),
        candidate=tuple(map(scaled, case.candidate)),
    )


def _any(trials: Sequence[float | None]) -> bool:
    return any(score is not None for score in trials)


def _pool(groups: Groups, rules: dict[str, CategoryRule]) -> tuple[str, tuple[str, ...]]:
    """Join the categories of one to four cases in place, and return its name and theirs.

    A single one stays what it is: too small to decide anything under any name.
    """
    small = [name for name in sorted(groups) if len(groups[name]) < LEAST_CASES]
    if len(small) < 2:
        return "", ()
    joined = [case for name in small for case in groups.pop(name)]
    rule = strictest(rules.pop(name) for name in small)
    pool = SECOND_POOL if POOL in groups else POOL
    groups[pool], rules[pool] = joined, rule
    return pool, tuple(small)
