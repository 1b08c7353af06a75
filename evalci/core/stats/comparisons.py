"""Classic tests that compare samples: ranks, blocks, signs, pairs, and an effect size."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, variance


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """A test's statistic and its p value."""

    __test__ = False

    statistic: float
    p: float


def ranksums_p(baseline: Sequence[float], candidate: Sequence[float]) -> float:
    """Return the two-sided p of Wilcoxon's rank sums by the normal limit, ties uncorrected.

    scipy.stats.ranksums, the form the pilot study printed; 1 when all scores are equal.
    """
    from scipy.stats import ranksums

    return float(ranksums(baseline, candidate).pvalue)


def mann_whitney(a: Sequence[float], b: Sequence[float]) -> Test:
    """Return Mann-Whitney's U of ``a`` and the two-sided p, scipy's tie-corrected default."""
    from scipy.stats import mannwhitneyu

    if _all_equal([*a, *b]):
        return Test(statistic=len(a) * len(b) / 2, p=1.0)
    found = mannwhitneyu(a, b)
    return Test(statistic=float(found.statistic), p=float(found.pvalue))


def kruskal(groups: Sequence[Sequence[float]]) -> Test:
    """Return Kruskal and Wallis's H over two or more groups; 0 and p 1 when all are equal."""
    from scipy.stats import kruskal as scipy_kruskal

    if _all_equal([value for group in groups for value in group]):
        return Test(statistic=0.0, p=1.0)
    found = scipy_kruskal(*groups)
    return Test(statistic=float(found.statistic), p=float(found.pvalue))


def friedman(blocks: Sequence[Sequence[float]]) -> Test:
    """Return Friedman's chi-square over blocks (rows) of at least three treatments (columns).

    0 and p 1 when no block tells its treatments apart.
    """
    from scipy.stats import friedmanchisquare

    if all(_all_equal(block) for block in blocks):
        return Test(statistic=0.0, p=1.0)
    found = friedmanchisquare(*zip(*blocks, strict=True))
    return Test(statistic=float(found.statistic), p=float(found.pvalue))


def _all_equal(values: Sequence[float]) -> bool:
    return len(set(values)) <= 1


def sign_test(up: int, down: int) -> float:
    """Return the two-sided exact p of a sign test; ties are left out, no sign at all gives 1."""
    n = up + down
    tail = sum(math.comb(n, k) for k in range(min(up, down) + 1))
    return min(1.0, 2 * tail / (1 << n))


def mcnemar_mid_p(*, losses: int, gains: int) -> float:
    """Return McNemar's one-sided mid-p that losses outnumber gains; 1/2 without any.

    Fagerland, Lydersen and Laake 2013: the observed split counts by half.
    """
    n = losses + gains
    more = sum(math.comb(n, k) for k in range(losses + 1, n + 1))
    return (2 * more + math.comb(n, losses)) / (1 << (n + 1))


def cohens_d(baseline: Sequence[float], candidate: Sequence[float]) -> float | None:
    """Return (candidate - baseline) over the pooled sd, None where both sds are 0.

    Both samples need two values or more; fewer give None.
    """
    if min(len(baseline), len(candidate)) < 2:
        return None
    before, after = len(baseline) - 1, len(candidate) - 1
    pooled = (before * variance(baseline) + after * variance(candidate)) / (before + after)
    if pooled == 0:
        return None
    return (fmean(candidate) - fmean(baseline)) / math.sqrt(pooled)
