"""The evidence gate on arrays: the numbers of one look, and what they settle."""

from dataclasses import dataclass, replace
from statistics import NormalDist

from evalci.core.stats.arrays import Flags, Floats
from evalci.core.stats.bounds import detect_levels, upper_bounds
from evalci.core.stats.credibility import Prior
from evalci.core.stats.evidence import Evidence, evidence_of, gate_statistic
from evalci.core.stats.grid import Grid
from evalci.core.stats.permutation import Drop, drops, whole_drop
from evalci.core.stats.scores import TOLERANCE

LEAST_CASES = 5
GUARD_Z = 2.0
WHOLE_MARGIN = 0.02
FLIP = 0.34
CULPRIT_TRIALS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the categories are held to, in the order of the grid; each array is (K,).

    ``closing`` spends half of alpha on a test at the cap, so that the limit for the evidence is
    2 / alpha; without it the limit is 1 / alpha. ``confidence`` is that of ruling a drop out.
    ``whole_margin`` is the smallest drop of the mean over all cases that may fail.
    """

    margin: Floats
    detect: Floats
    weight: Floats
    alpha: float = 0.05
    closing: bool = True
    confidence: float = 0.95
    whole_margin: float = WHOLE_MARGIN

    @property
    def limit(self) -> float:
        """Return the evidence that a regression needs."""
        return (2.0 if self.closing else 1.0) / self.alpha

    @property
    def shares(self) -> Floats:
        """Return each category's part of the weights."""
        shares: Floats = self.weight / self.weight.sum()
        return shares

    @property
    def critical_z(self) -> Floats:
        """Return the weighted Bonferroni limits of z: Phi^-1(1 - alpha / 2 * share)."""
        import numpy as np

        tails = [self.alpha / 2 * float(share) for share in self.shares]
        return np.asarray([-NormalDist().inv_cdf(tail) for tail in tails])


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What one look computes: per category, over the whole run, and the watched statistic."""

    category: Drop
    whole: Drop
    evidence: Evidence
    statistic: Floats
    detect: Floats
    upper: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What is decided so far: categories ``failed`` and ``passed`` (..., K), the whole (...).

    Failed stays failed; a passed category can still fail at a later look.
    """

    failed: Flags
    passed: Flags
    whole: Flags

    @property
    def open(self) -> Flags:
        """Return the categories that are neither failed nor passed."""
        return ~(self.failed | self.passed)


def numbers_of(grid: Grid, prior: Prior, rules: Rules) -> Numbers:
    """Return the numbers of a look at all trials so far."""
    evidence = evidence_of(grid, prior)
    detect = detect_levels(grid, rules.detect)
    return Numbers(
        category=drops(grid),
        whole=whole_drop(grid),
        evidence=evidence,
        statistic=gate_statistic(evidence, rules.shares),
        detect=detect,
        upper=upper_bounds(grid, detect, confidence=rules.confidence),
    )


def after_look(numbers: Numbers, rules: Rules, before: Settled, *, enough: Flags) -> Settled:
    """Return what is settled after a look.

    A category regresses when the gate's statistic and its own evidence reach the limit, it fell
    by its margin, and z is at least 2; an open one passes when the drop it must detect is ruled
    out. ``enough`` (K,) are the categories with at least five cases; the others get no status.
    """
    fell = numbers.category
    proven = (numbers.statistic >= rules.limit)[..., None] & (
        numbers.evidence.category >= rules.limit
    )
    worse = proven & (fell.drop >= rules.margin - TOLERANCE) & (fell.z >= GUARD_Z) & enough
    failed = before.failed | worse
    passed = (before.passed | (enough & (numbers.upper < numbers.detect))) & ~failed
    whole = numbers.whole
    all_fell = (whole.drop >= rules.whole_margin - TOLERANCE) & (whole.z >= GUARD_Z)
    all_proven = (numbers.statistic >= rules.limit) & (numbers.evidence.whole >= rules.limit)
    return Settled(failed=failed, passed=passed, whole=before.whole | (all_fell & all_proven))


def after_closing(numbers: Numbers, rules: Rules, before: Settled, *, enough: Flags) -> Settled:
    """Return what is settled at the trial cap: the closing test, then passes below the margin."""
    fell, opened = numbers.category, before.open & enough
    reached = fell.drop >= rules.margin - TOLERANCE
    rejected = opened & reached & (fell.z >= rules.critical_z) & rules.closing
    passed = before.passed | (opened & ~reached)
    return replace(before, failed=before.failed | rejected, passed=passed)


def improved(numbers: Numbers, rules: Rules, *, enough: Flags) -> Flags:
    """Return the categories that rose by their margin, by the mirror image of the closing test."""
    rose = numbers.category
    return enough & (rose.drop <= -(rules.margin - TOLERANCE)) & (rose.z <= -rules.critical_z)


def due(settled: Settled, grid: Grid, *, enough: Flags) -> Flags:
    """Return the cases (..., n) that the next replicate of a look runs, by all trials so far.

    All cases of open categories; in passed and in advisory ones those whose mean fell by more
    than 0.34, to confirm flips; in failed ones the same, up to four trials, to name the culprits.
    """
    import numpy as np

    spread, small = grid.layout.spread, np.broadcast_to(~enough, settled.passed.shape)
    flipped = grid.before.mean - grid.after.mean > FLIP
    confirm = spread(settled.passed | small) & flipped
    culprit = spread(settled.failed) & flipped & (grid.after.count < CULPRIT_TRIALS)
    chosen: Flags = spread(settled.open & enough) | confirm | culprit
    return chosen
