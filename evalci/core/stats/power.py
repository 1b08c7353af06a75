"""What a design can see: the power of a category's test, and the sample a difference needs."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean

ALPHA = 0.05
NORMAL = NormalDist()


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """A category to plan for: its cases' pass ``rates``, trials a side, categories in the run.

    ``variances`` are those of graded scores, case by case; empty for pass or fail, p (1 - p).
    Nothing below ``margin`` fails; without ``tested`` it is all that decides, as in `threshold`.
    """

    rates: tuple[float, ...]
    trials: int
    baseline_trials: int
    categories: int
    variances: tuple[float, ...] = ()
    margin: float = 0.0
    tested: bool = True


def power(design: Design, drop: float) -> float:
    """Return the planned chance to see a drop: Phi((drop - least) / s1).

    ``least`` is the larger of z s0, z one-sided at .05 / K, and the margin. s0 is the standard
    error where nothing changed; in s1 the candidate's rates have fallen in proportion,
    p (1 - drop / mean p), at least 0. Where no rate leaves any noise the answer is 1 or 0. The
    gate itself also corrects for its looks: `--simulate` gives its own figures.
    """
    z = -NORMAL.inv_cdf(ALPHA / design.categories)
    mean = fmean(design.rates)
    fallen = [max(0.0, p * (1 - drop / mean)) if mean > 0 else 0.0 for p in design.rates]
    test = z * _error(design, design.rates) if design.tested else 0.0
    distance = drop - max(test, design.margin)
    error = _error(design, fallen)
    if error == 0:
        return float(distance > 0)
    return NORMAL.cdf(distance / error)


def _error(design: Design, candidate: Sequence[float]) -> float:
    now = _noise(design, candidate) / design.trials
    before = _noise(design, design.rates) / design.baseline_trials
    return math.sqrt(now + before) / len(design.rates)


def _noise(design: Design, rates: Sequence[float]) -> float:
    return sum(design.variances) if design.variances else sum(p * (1 - p) for p in rates)


def smallest_drop(design: Design, *, power_wanted: float = 0.90) -> float | None:
    """Return the smallest drop that is seen with the power wanted, None when not even all of it.

    Bisection to 1e-12 between 0 and the category's mean; power grows with the drop there.
    """
    low, high = 0.0, fmean(design.rates)
    if power(design, high) < power_wanted:
        return None
    while high - low > 1e-12:
        middle = (low + high) / 2
        low, high = (middle, high) if power(design, middle) < power_wanted else (low, middle)
    return (low + high) / 2


def posterior_rates(
    baseline: Sequence[Sequence[float]], *, kappa: float, mean: float
) -> tuple[float, ...]:
    """Return each case's posterior mean: its baseline trials mixed with the category's prior."""
    return tuple((sum(row) + kappa * mean) / (len(row) + kappa) for row in baseline)


def n_per_arm_normal(*, difference: float, sd: float, alpha: float, power_wanted: float) -> float:
    """Return the values a side, unrounded, that a two-sided z test of two means needs."""
    z = NORMAL.inv_cdf(1 - alpha / 2) + NORMAL.inv_cdf(power_wanted)
    return 2 * (z * sd / difference) ** 2


def n_per_arm_t(*, difference: float, sd: float, alpha: float, power_wanted: float) -> int:
    """Return the smallest number a side for a two-sided t test, by the noncentral t.

    At least 2; the search starts at the normal figure, which is never too large.
    """
    start = n_per_arm_normal(difference=difference, sd=sd, alpha=alpha, power_wanted=power_wanted)
    n = max(2, math.floor(start))
    while _t_power(n, abs(difference) / sd, alpha) < power_wanted:
        n += 1
    return n


def _t_power(n: int, effect: float, alpha: float) -> float:
    from scipy.stats import nct, t

    df, shift = 2 * n - 2, effect * math.sqrt(n / 2)
    critical = t.ppf(1 - alpha / 2, df)
    return float(nct.sf(critical, df, shift) + nct.cdf(-critical, df, shift))
