"""Which cases and trials are weighed, and which categories are weighed together."""

import pytest

from evalci.core.evidence.decision import Ending, Reason, Status
from evalci.core.evidence.options import CategoryRule
from tests.core.evidence.makers import (
    STABLE,
    cases_like,
    category_of,
    make_trials,
    only,
    weighed,
)


@pytest.mark.parametrize(
    "missing", [None, float("nan"), float("inf"), -float("inf")], ids=["None", "NaN", "inf", "-inf"]
)
def test_a_missing_trial_is_no_failure(missing: float | None) -> None:
    found = only(weighed(cases_like(30, STABLE, (1, missing))))

    assert (found.status, found.drop, found.trials) == (Status.PASS, 0.0, 1)


def test_a_case_without_a_scored_trial_is_left_out_of_both_sides() -> None:
    cases = [*cases_like(10, STABLE, (1,)), make_trials((0, 0), (None,), id="gone")]

    decision = weighed(cases)

    assert decision.not_scored == ("gone",)
    assert only(decision).cases == 10
    assert only(decision).baseline_mean == 1.0


def test_a_case_without_a_baseline_is_listed_and_not_compared() -> None:
    cases = [*cases_like(10, STABLE, (1,)), make_trials((), (0, 0), id="new")]

    decision = weighed(cases)

    assert decision.not_compared == ("new",)
    assert only(decision).cases == 10


@pytest.mark.parametrize(
    ("ending", "verdict"),
    [
        pytest.param(Ending.MORE, Status.OPEN, id="before any trial"),
        pytest.param(Ending.BUDGET, Status.INCONCLUSIVE, id="without budget"),
        pytest.param(Ending.CAP, Status.INCONCLUSIVE, id="at the cap"),
    ],
)
def test_nothing_to_compare_is_never_a_pass(ending: Ending, verdict: Status) -> None:
    decision = weighed([make_trials((1,), ())], ending=ending)

    assert decision.verdict is verdict
    assert decision.whole is None


def test_unequal_numbers_of_trials_are_weighed_case_by_case() -> None:
    cases = [
        *cases_like(5, (1, 1, 1), (1,)),
        *cases_like(5, STABLE, (1, 0, 1, 0), start=5),
    ]

    found = only(weighed(cases))

    assert found.drop == pytest.approx(0.25)
    assert found.trials == 4


def test_scores_outside_their_range_are_clipped() -> None:
    found = only(weighed(cases_like(10, (1.7,), (-0.5,))))

    assert (found.baseline_mean, found.mean) == (1.0, 0.0)


def test_fewer_than_5_cases_decide_nothing() -> None:
    cases = [*cases_like(4, STABLE, (0, 0)), *cases_like(30, STABLE, (1,), category="b")]

    found = category_of(weighed(cases), "a")

    assert (found.status, found.reason) == (Status.ADVISORY, Reason.FEW_CASES)
    assert not found.blocks


def test_a_run_of_fewer_than_5_cases_is_advisory_but_for_the_overall_rule() -> None:
    unchanged = weighed(cases_like(4, STABLE, (1, 1)))
    broken = weighed(cases_like(4, STABLE, (0, 0, 0, 0)))

    assert (unchanged.verdict, unchanged.blocks) == (Status.ADVISORY, False)
    assert (broken.verdict, broken.blocks) == (Status.REGRESSION, True)


def test_small_categories_are_decided_together_by_the_strictest_of_their_rules() -> None:
    cases = [
        *cases_like(3, STABLE, (0, 0), category="a"),
        *cases_like(3, STABLE, (0, 0), category="b"),
        *cases_like(20, STABLE, (1, 1), category="c"),
    ]
    rules = {"a": CategoryRule(margin=0.05), "b": CategoryRule(margin=0.02)}

    decision = weighed(cases, rules=rules)

    assert [c.name for c in decision.categories] == ["c", "small"]
    assert decision.pooled == ("a", "b")
    assert category_of(decision, "a") == category_of(decision, "b")
    assert category_of(decision, "a").status is Status.REGRESSION
    assert category_of(decision, "a").margin == 0.02


def test_a_users_own_category_named_small_is_not_pooled_into() -> None:
    cases = [
        *cases_like(3, STABLE, (0, 0), category="a"),
        *cases_like(3, STABLE, (0, 0), category="b"),
        *cases_like(20, STABLE, (1, 1), category="small"),
    ]

    decision = weighed(cases)

    assert category_of(decision, "small").status is Status.PASS
    assert category_of(decision, "a").name == "small (pooled)"
