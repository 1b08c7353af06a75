"""Intervals against scipy, published values, and properties that hold for all numbers."""

import math
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from evalci.core.stats.intervals import (
    Interval,
    mean_interval,
    t_cdf,
    t_quantile,
    wilson_interval,
)

SCORES = st.lists(st.floats(min_value=0, max_value=1), min_size=2, max_size=40)
quiet = settings(database=None, deadline=None, derandomize=True, max_examples=60)


@pytest.mark.parametrize("df", [1, 2, 3, 4, 5, 9, 10, 29, 30, 149, 5000])
@pytest.mark.parametrize("t", [0.0, 0.1, 1.0, 2.5, 12.0])
def test_the_t_distribution_equals_scipys(t: float, df: int) -> None:
    assert t_cdf(t, df) == pytest.approx(stats.t.cdf(t, df), abs=1e-12)


@pytest.mark.parametrize(
    ("p", "df"),
    [*product([0.75, 0.95, 0.975, 0.995], [1, 2, 3, 7, 8, 30, 200])],
)
def test_the_quantile_equals_scipys(p: float, df: int) -> None:
    assert t_quantile(p, df) == pytest.approx(stats.t.ppf(p, df), rel=1e-9)


def test_the_middle_of_the_t_distribution_is_zero() -> None:
    assert t_quantile(0.5, 4) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    ("values", "confidence"),
    [
        pytest.param([0.4, 0.6, 0.5, 0.55], 0.95, id="four values"),
        pytest.param([0.4, 0.6, 0.5, 0.55], 0.80, id="less confidence"),
        pytest.param([0.45 + 0.001 * n for n in range(120)], 0.99, id="many values"),
    ],
)
def test_the_interval_of_a_mean_equals_scipys(values: list[float], confidence: float) -> None:
    low, high = stats.t.interval(
        confidence, len(values) - 1, loc=sum(values) / len(values), scale=stats.sem(values)
    )

    found = mean_interval(values, confidence=confidence)

    assert found is not None
    assert found.low == pytest.approx(low)
    assert found.high == pytest.approx(high)


def test_the_interval_of_a_mean_stays_on_the_scale() -> None:
    assert mean_interval([0.0, 1.0]) == Interval(low=0.0, high=1.0)


def test_equal_values_leave_no_doubt() -> None:
    assert mean_interval([0.5, 0.5, 0.5]) == Interval(low=0.5, high=0.5)


@pytest.mark.parametrize("values", [[], [0.5]], ids=["none", "one"])
def test_fewer_than_two_values_have_no_interval(values: list[float]) -> None:
    assert mean_interval(values) is None


@pytest.mark.parametrize(
    ("passes", "n", "low", "high"),
    [
        # Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
        pytest.param(81, 263, 0.2553, 0.3662, id="81 of 263"),
        pytest.param(15, 148, 0.0624, 0.1605, id="15 of 148"),
        pytest.param(0, 20, 0.0000, 0.1611, id="0 of 20"),
        pytest.param(1, 29, 0.0061, 0.1718, id="1 of 29"),
    ],
)
def test_wilsons_interval_has_the_published_values(
    passes: int, n: int, low: float, high: float
) -> None:
    found = wilson_interval(passes, n)

    assert found is not None
    assert found.low == pytest.approx(low, abs=5e-5)
    assert found.high == pytest.approx(high, abs=5e-5)


@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
def test_wilsons_interval_equals_scipys(confidence: float) -> None:
    expected = stats.binomtest(7, 9).proportion_ci(confidence, method="wilson")

    found = wilson_interval(7, 9, confidence=confidence)

    assert found is not None
    assert found.low == pytest.approx(expected.low)
    assert found.high == pytest.approx(expected.high)


def test_a_rate_without_trials_has_no_interval() -> None:
    assert wilson_interval(0, 0) is None


@quiet
@given(values=SCORES)
def test_the_interval_of_a_mean_holds_the_mean(values: list[float]) -> None:
    found = mean_interval(values)

    assert found is not None
    mean = math.fsum(values) / len(values)
    assert 0 <= found.low <= mean + 1e-9
    assert mean - 1e-9 <= found.high <= 1


@quiet
@given(n=st.integers(1, 500), share=st.floats(0, 1))
def test_wilsons_interval_holds_the_rate_and_mirrors_it(n: int, share: float) -> None:
    passes = round(n * share)

    found, mirrored = wilson_interval(passes, n), wilson_interval(n - passes, n)

    assert found is not None
    assert mirrored is not None
    assert 0 <= found.low <= passes / n + 1e-12
    assert passes / n - 1e-12 <= found.high <= 1
    assert found.low == pytest.approx(1 - mirrored.high, abs=1e-12)
