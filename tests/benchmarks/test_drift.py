"""How soon the drift monitor finds a change, and how often it cries for nothing.

Four categories of 30 cases, 10 baseline trials, 3 trials a week and as many again where the CUSUM
is past a share of its limit; weeks, and the baseline's, differ by 0.6 points of their own.
`pytest tests/benchmarks/test_drift.py -n0 -s` prints the figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
import pytest

from evalci.core.drift_series import UNSEEN
from evalci.core.drift_sides import side_moves
from evalci.core.drift_watch import Alarm, Observation, watch
from evalci.core.history import RunRecord
from evalci.core.stats.arrays import Floats
from evalci.core.stats.drift import WEEK_NOISE, alarm_limit, week_sigma
from tests.benchmarks.worlds import CASES, CATEGORIES, WORLDS
from tests.records import make_category_record, make_record

BASELINE_TRIALS, TRIALS, WEEKS = 10, 3, 52
LIMIT = alarm_limit(CATEGORIES, alarms_a_year=0.2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One category's weeks, and each as it is with twice the trials."""

    weeks: tuple[Observation, ...]
    confirmed: tuple[Observation, ...]

    def alarms(self) -> tuple[Alarm, ...]:
        """Return the alarms that are left once every doubtful week has twice the trials."""
        weeks, asked = list(self.weeks), -1
        while True:
            found = watch(weeks, baseline_weeks=BASELINE_TRIALS / TRIALS, limit=LIMIT)
            new = next((week for week in found.doubts(LIMIT) if week > asked), None)
            if new is None:
                return found.alarms
            asked, weeks[new] = new, self.confirmed[new]


pytestmark = pytest.mark.slow


def simulated(world: str, fallen: Sequence[float], *, years: int, seed: int) -> list[Series]:
    """Return series of categories whose mean has fallen by ``fallen`` points of 1 in each week."""
    rng = np.random.default_rng(seed)
    rates = WORLDS[world](rng, -(-years // CATEGORIES)).reshape(-1, CASES)[:years]
    baseline = rng.binomial(BASELINE_TRIALS, rates) / BASELINE_TRIALS
    left = np.clip(1 - np.asarray(fallen)[:, None] / rates.mean(axis=1), 0, 1).T
    passed = rng.binomial(TRIALS, rates[:, None, :] * left[:, :, None], (2, years, WEEKS, CASES))
    noise = rng.normal(0, WEEK_NOISE, (years, WEEKS)) - rng.normal(0, WEEK_NOISE, (years, 1))
    return [
        Series(
            weeks=_observed(baseline[year], passed[0, year], TRIALS, noise[year]),
            confirmed=_observed(baseline[year], passed[:, year].sum(0), 2 * TRIALS, noise[year]),
        )
        for year in range(years)
    ]


def _observed(
    baseline: Floats, passed: Floats, trials: int, noise: Floats
) -> tuple[Observation, ...]:
    """Return the weeks of pass counts (weeks, cases); errors pool the weeks so far, as evalci's."""
    squares = passed * (trials - passed) / trials
    degrees = np.arange(1, WEEKS + 1)[:, None] * (trials - 1)
    pooled = (np.cumsum(squares, axis=0) + UNSEEN) / degrees
    errors = np.sqrt((pooled / trials).sum(axis=1)) / CASES
    drops = (baseline - passed / trials).mean(axis=1) + noise
    return tuple(
        Observation(drop=float(drop), sigma=week_sigma(float(error)))
        for drop, error in zip(drops, errors, strict=True)
    )


@pytest.mark.parametrize(("world", "years"), [("mature", 2000), ("flaky", 500), ("stable", 500)])
def test_false_alarms_a_year_over_four_categories(world: str, years: int) -> None:
    series = simulated(world, [0.0] * WEEKS, years=years * CATEGORIES, seed=1)

    rate = sum(len(one.alarms()) for one in series) / years

    print(f"{world}: {rate:.3f} false alarms a year")  # noqa: T201  # the figure
    assert rate <= 0.25


@pytest.mark.parametrize(
    ("points", "most"), [pytest.param(5, 5, id="5 points"), pytest.param(10, 2, id="10 points")]
)
@pytest.mark.parametrize("start", [4, 8, 26])
def test_weeks_until_a_step_is_found(points: int, most: int, start: int) -> None:
    fallen = [0.0 if week < start else points / 100 for week in range(WEEKS)]

    found = weeks_until_found(simulated("mature", fallen, years=500, seed=points), start)

    print(f"{points} points in week {start}: {found:.0f} weeks")  # noqa: T201  # the figure that is measured
    assert found <= most


@pytest.mark.parametrize(
    ("world", "most"), [pytest.param("flaky", (6, 2)), pytest.param("stable", (2, 1))]
)
def test_weeks_until_a_step_is_found_in_other_worlds(world: str, most: tuple[int, int]) -> None:
    steps = [[0.0 if week < 8 else points / 100 for week in range(WEEKS)] for points in (5, 10)]

    found = [weeks_until_found(simulated(world, one, years=300, seed=5), 8) for one in steps]

    print(f"{world}: 5 points {found[0]:.0f} weeks, 10 points {found[1]:.0f}")  # noqa: T201  # the figure that is measured
    assert all(weeks <= limit for weeks, limit in zip(found, most, strict=True))


def test_a_slope_of_half_a_point_a_week_is_found_within_twelve_weeks() -> None:
    fallen = [0.0] * 8 + [0.005 * (week + 1) for week in range(WEEKS - 8)]

    found = weeks_until_found(simulated("mature", fallen, years=500, seed=3), 8)

    print(f"half a point a week: {found:.0f} weeks")  # noqa: T201  # the figure that is measured
    assert found <= 12


def weeks_until_found(series: Sequence[Series], start: int) -> float:
    """Return the median number of weekly runs from a change to its alarm, WEEKS where none came."""
    return median(
        next((a.raised - start + 1 for a in one.alarms() if a.raised >= start), WEEKS)
        for one in series
    )


def test_a_measure_beside_the_score_seldom_moves_by_chance() -> None:
    rng = np.random.default_rng(4)
    years, weeks = 30, range(8, 52, 4)
    shown = 0
    for _ in range(years):
        latencies = rng.lognormal(0.0, 0.2, 52)
        runs = [_run_of(week, latency) for week, latency in enumerate(latencies)]
        shown += sum(bool(side_moves(runs[:week], alarms_a_year=0.2)) for week in weeks)

    share = shown / (years * len(weeks))

    print(f"{share:.3f} of the runs name a measure that did not move")  # noqa: T201  # the figure that is measured
    assert share <= 0.02


def _run_of(week: int, latency: float) -> RunRecord:
    category = make_category_record(latency_p95_s=float(latency))
    return make_record(f"run-{week}", categories=(category,))
