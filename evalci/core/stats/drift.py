"""Drift over weekly history: a self-starting CUSUM per category, and an EWMA for charts.

Hawkins 1987, "Self-starting CUSUM charts": each week is held against the mean of all earlier
ones, so that no long history is needed. A 3-point step takes about nine weeks with any method.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

SLACK = 0.5
WEEK_NOISE = 0.006
HALF_YEAR_WEEKS = 26
JUDGE_ALARMS_A_YEAR = 0.05  # of false ones, beside those of the model
# A CUSUM past this share of its limit is worth as many trials again: the benchmark finds a step of
# week 4 in five weeks instead of seven, for an eighth more calls and as few false alarms.
DOUBT = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """The monitored values week by week; positive is worse. ``ewma`` is in units of its sd."""

    z: tuple[float, ...]
    cusum: tuple[float, ...]
    ewma: tuple[float, ...]

    def first_alarm(self, limit: float) -> int | None:
        """Return the index of the first week whose CUSUM is above the limit, or None."""
        return next((week for week, value in enumerate(self.cusum) if value > limit), None)


def drift_of(
    drops: Sequence[float], sigmas: Sequence[float], *, baseline_weeks: float, share: float = 0.2
) -> Drift:
    """Return the monitors of a category's weekly drops against the committed baseline.

    ``sigmas`` are the weeks' standard errors (`week_sigma`), ``baseline_weeks`` = b/m what the
    baseline is worth in weeks, > 0. ``share`` is the EWMA's weight of the newest week.
    """
    z: list[float] = []
    cusum: list[float] = []
    ewma: list[float] = []
    earlier = level = 0.0
    for week, (drop, sigma) in enumerate(zip(drops, sigmas, strict=True)):
        weeks = week + baseline_weeks
        z.append((drop - earlier / weeks) / (sigma * math.sqrt(1 + 1 / weeks)))
        cusum.append(max(0.0, (cusum[-1] if cusum else 0.0) + z[-1] - SLACK))
        level = share * z[-1] + (1 - share) * level
        ewma.append(level / _ewma_sd(week + 1, share))
        earlier += drop
    return Drift(z=tuple(z), cusum=tuple(cusum), ewma=tuple(ewma))


def _ewma_sd(weeks: int, share: float) -> float:
    return math.sqrt(share / (2 - share) * (1 - (1 - share) ** (2 * weeks)))


def week_sigma(permutation_se: float) -> float:
    """Return a week's standard error: that of its trials, and 0.6 points that weeks differ by."""
    return math.hypot(permutation_se, WEEK_NOISE)


def judge_limit(categories: int) -> float:
    """Return the CUSUM limit of the judge's monitors, two a category: one each way."""
    return alarm_limit(2 * categories, alarms_a_year=JUDGE_ALARMS_A_YEAR)


def alarm_limit(categories: int, *, alarms_a_year: float) -> float:
    """Return the CUSUM limit for a rate of false alarms over all categories (Siegmund 1985)."""
    return math.log(categories * HALF_YEAR_WEEKS / alarms_a_year) - 1.166
