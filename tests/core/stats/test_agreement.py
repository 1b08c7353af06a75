"""How two raters agree: by hand, by published examples, and like the libraries."""

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from evalci.core.stats.agreement import (
    Pair,
    agreement_of,
    cohen_kappa,
    mid_ranks,
    pearson,
    weighted_kappa,
)

SCALE = (0.0, 0.5, 1.0)
# Ten answers, a case each. By hand: sums of squares 1.725 and 1.4, of products 1.2; 7 of 10 the
# same where chance gives 34 of 100; ranks 2, 5, 8.5 against 1.5, 4.5, 8.5.
MINE = (0.0, 0.0, 0.5, 0.5, 0.5, 1.0, 1.0, 1.0, 1.0, 0.0)
THEIRS = (0.0, 0.5, 0.5, 0.5, 1.0, 1.0, 1.0, 0.5, 1.0, 0.0)
LEVELS = st.lists(
    st.tuples(st.sampled_from(SCALE), st.sampled_from(SCALE)), min_size=3, max_size=40
)


def pairs(mine: Any, theirs: Any, *, scale: tuple[float, ...] = SCALE) -> list[Pair]:
    return [
        Pair(case=f"case-{n}", mine=a, theirs=b, scale=scale)
        for n, (a, b) in enumerate(zip(mine, theirs, strict=True))
    ]


@pytest.mark.parametrize(
    ("figure", "by_hand"),
    [
        pytest.param("mad", 0.15, id="mean absolute difference"),
        pytest.param("bias", -0.05, id="bias"),
        pytest.param("pearson", 1.2 / math.sqrt(1.725 * 1.4), id="Pearson"),
        pytest.param("spearman", 55 / math.sqrt(73.5 * 72), id="Spearman with ties"),
        pytest.param("kappa", (0.70 - 0.34) / (1 - 0.34), id="kappa"),
        pytest.param("weighted_kappa", 1 - 0.30 / 1.26, id="weighted kappa"),
        pytest.param("low", -0.05 - 2.262157 * math.sqrt(0.725 / 9 / 10), id="lower end"),
        pytest.param("high", -0.05 + 2.262157 * math.sqrt(0.725 / 9 / 10), id="upper end"),
    ],
)
def test_the_figures_are_those_computed_by_hand(figure: str, by_hand: float) -> None:
    found = agreement_of(pairs(MINE, THEIRS))

    assert getattr(found, figure) == pytest.approx(by_hand, abs=1e-6)


def test_kappa_of_fifty_grant_proposals_is_the_published_one() -> None:
    """Both yes 20, both no 15, split 5 and 10: the usual textbook example, 0.4."""
    mine = [1.0] * 25 + [0.0] * 25
    theirs = [1.0] * 20 + [0.0] * 5 + [1.0] * 10 + [0.0] * 15

    assert cohen_kappa(mine, theirs, (0.0, 1.0)) == pytest.approx(0.4)


@settings(max_examples=60)
@given(LEVELS)
def test_correlations_are_those_of_scipy(drawn: list[tuple[float, float]]) -> None:
    mine, theirs = [a for a, _ in drawn], [b for _, b in drawn]
    found = agreement_of(pairs(mine, theirs))

    if len(set(mine)) == 1 or len(set(theirs)) == 1:
        assert (found.pearson, found.spearman) == (None, None)
    else:
        assert found.pearson == pytest.approx(stats.pearsonr(mine, theirs).statistic)
        assert found.spearman == pytest.approx(stats.spearmanr(mine, theirs).statistic)


@settings(max_examples=60)
@given(LEVELS)
def test_on_two_levels_weights_change_nothing(drawn: list[tuple[float, float]]) -> None:
    mine, theirs = [round(a) for a, _ in drawn], [round(b) for _, b in drawn]
    plain = cohen_kappa(mine, theirs, (0.0, 1.0))

    assert weighted_kappa(mine, theirs, (0.0, 1.0)) == plain


def test_a_rater_agrees_with_itself() -> None:
    found = agreement_of(pairs(MINE, MINE))

    distances = (found.mad, found.bias, found.low, found.high)
    figures = (found.pearson, found.spearman, found.kappa, found.weighted_kappa)
    assert distances == (0.0, 0.0, 0.0, 0.0)
    assert figures == pytest.approx((1.0, 1.0, 1.0, 1.0))


def test_a_miss_by_two_levels_costs_more_than_one_by_one() -> None:
    near = weighted_kappa((0.0, 0.5, 1.0), (0.5, 0.5, 1.0), SCALE)
    far = weighted_kappa((0.0, 0.5, 1.0), (1.0, 0.5, 1.0), SCALE)

    assert near is not None
    assert far is not None
    assert near > far


def test_the_interval_counts_cases_not_answers() -> None:
    one = pairs((0.5, 1.0), (1.0, 1.0))
    again = [*one, *one]

    assert agreement_of(again).low == agreement_of(one).low


def test_a_single_case_has_no_interval() -> None:
    found = agreement_of(pairs((0.5,), (1.0,)))

    assert (found.bias, found.low, found.high) == (-0.5, None, None)


def test_pairs_of_different_scales_have_no_kappa() -> None:
    found = agreement_of([*pairs((1.0,), (1.0,)), *pairs((0.0,), (0.0,), scale=(0.0, 1.0))])

    assert (found.kappa, found.weighted_kappa) == (None, None)


@pytest.mark.parametrize(
    ("mean", "low", "high"),
    [(0.25, 1, 1), (0.125, 3, 1), (0.375, 1, 3)],
    ids=["in the middle", "nearer below", "nearer above"],
)
def test_a_mean_of_repeats_counts_as_its_single_replies(mean: float, low: int, high: int) -> None:
    singles = (0.0,) * low + (0.5,) * high
    # Each of the others four times, as the four replies behind the mean.
    others = (0.0, 0.5, 1.0) * 4

    means = (*others, *[mean] * len(singles))
    theirs = (*others, *[0.0] * len(singles))

    assert cohen_kappa(means, theirs, SCALE) == pytest.approx(
        cohen_kappa((*others, *singles), theirs, SCALE)
    )


def test_a_mean_in_the_middle_takes_no_side() -> None:
    mine = (0.25, 0.75, 0.25, 0.75)
    below, above = (0.0, 0.5, 0.0, 0.5), (0.5, 1.0, 0.5, 1.0)

    kappa = cohen_kappa(mine, below, SCALE)

    assert kappa == pytest.approx(cohen_kappa(mine, above, SCALE))


def test_no_pair_is_an_error() -> None:
    with pytest.raises(ValueError, match="no pair"):
        agreement_of([])


def test_equal_values_share_the_mean_of_their_ranks() -> None:
    assert mid_ranks([3.0, 1.0, 3.0, 2.0]) == [3.5, 1.0, 3.5, 2.0]


def test_what_never_varies_has_no_correlation() -> None:
    assert pearson([1.0, 1.0], [0.0, 1.0]) is None
