"""Statuses of categories and the verdict: the rule, its edges, and what is pooled or left out."""

import pytest

from evalci.core.evidence.decision import Decision, Ending, Reason, Status
from evalci.core.evidence.options import CategoryRule, Options
from evalci.core.evidence.table import CaseTrials
from evalci.core.evidence.weigh import follow
from evalci.core.policy import OnInconclusive
from tests.core.evidence.makers import (
    Scores,
    cases_like,
    category_of,
    make_trials,
    noisy,
    only,
    weighed,
)

STABLE = (1,) * 10
LEANING = (1, 0, 0, 0)


def undecided(policy: OnInconclusive = OnInconclusive.NEUTRAL) -> Decision:
    """Return a decision on a category that leans to a drop and cannot be settled."""
    cases = noisy(10, candidate=(1, 0, 0))
    return weighed(cases, rules={"a": CategoryRule(on_inconclusive=policy)})


def test_a_category_whose_cases_break_is_a_regression() -> None:
    cases = [*cases_like(20, STABLE, (1, 1)), *cases_like(6, STABLE, (0, 0), start=20)]

    found = only(weighed(cases, ending=Ending.MORE))

    assert (found.status, found.reason, found.blocks) == (
        Status.REGRESSION,
        Reason.EVIDENCE,
        True,
    )


def test_all_ties_pass_with_the_drop_that_one_trial_rules_out() -> None:
    found = only(weighed(cases_like(30, STABLE, (1,)), ending=Ending.MORE))

    assert (found.status, found.z, found.p) == (Status.PASS, 0.0, 0.5)
    assert found.evidence < 1
    assert found.upper == pytest.approx(0.094, abs=5e-4)
    assert found.rules_out


def test_a_category_that_is_too_noisy_stays_open_while_trials_may_follow() -> None:
    decision = weighed(noisy(10), ending=Ending.MORE)

    assert decision.verdict is Status.OPEN
    assert only(decision).reason is Reason.MORE_TO_COME
    assert decision.open


def test_at_the_cap_a_drop_below_the_margin_passes_without_being_ruled_out() -> None:
    found = only(weighed(noisy(10)))

    assert (found.status, found.reason) == (Status.PASS, Reason.BELOW_MARGIN)
    assert not found.rules_out


def test_at_the_cap_a_drop_of_the_margin_that_is_not_significant_is_inconclusive() -> None:
    found = only(undecided())

    assert (found.status, found.reason) == (Status.INCONCLUSIVE, Reason.UNDECIDED_AT_CAP)


@pytest.mark.parametrize(
    ("policy", "blocks"),
    [
        pytest.param(OnInconclusive.PASS, False, id="pass"),
        pytest.param(OnInconclusive.NEUTRAL, False, id="neutral"),
        pytest.param(OnInconclusive.LEANING, True, id="leaning the bad way"),
        pytest.param(OnInconclusive.FAIL, True, id="fail"),
    ],
)
def test_what_is_undecided_does_what_the_policy_says(policy: OnInconclusive, blocks: bool) -> None:
    decision = undecided(policy)

    assert only(decision).z >= 1.28
    assert decision.blocks is blocks


def test_leaning_lets_a_small_z_through() -> None:
    cases = [*noisy(9), make_trials((1, 0) * 5, (0, 0), id="x")]
    rules = {"a": CategoryRule(on_inconclusive=OnInconclusive.LEANING)}

    found = only(weighed(cases, rules=rules))

    assert found.status is Status.INCONCLUSIVE
    assert found.z < 1.28
    assert not found.blocks


def test_when_the_budget_ends_open_categories_are_inconclusive_without_a_closing_test() -> None:
    found = only(weighed(noisy(8, candidate=LEANING), ending=Ending.BUDGET))

    assert (found.status, found.reason) == (
        Status.INCONCLUSIVE,
        Reason.UNDECIDED_WITHOUT_BUDGET,
    )


def test_the_closing_test_catches_what_the_evidence_did_not() -> None:
    cases = noisy(8, candidate=LEANING)

    closed = only(weighed(cases))
    quiet = only(weighed(cases, options=Options(closing=False)))

    assert (closed.status, closed.reason) == (Status.REGRESSION, Reason.CLOSING_TEST)
    assert closed.evidence < 40
    assert quiet.status is Status.INCONCLUSIVE


def test_a_drop_exactly_at_the_margin_counts_as_reached() -> None:
    cases = cases_like(20, STABLE, (1,) * 9 + (0,))

    found = only(weighed(cases, rules={"a": CategoryRule(margin=0.1)}))

    assert found.status is Status.REGRESSION


def test_a_drop_below_the_margin_cannot_fail_however_sure_it_is() -> None:
    cases = cases_like(20, STABLE, (1,) * 9 + (0,))

    found = only(weighed(cases, rules={"a": CategoryRule(margin=0.11)}))

    assert found.evidence > 40
    assert found.status is Status.PASS


def test_a_rise_beyond_chance_is_an_improvement() -> None:
    decision = weighed(cases_like(10, (0,) * 10, (1, 1, 1)))

    assert only(decision).status is Status.IMPROVED
    assert decision.verdict is Status.IMPROVED


def test_a_category_stays_failed_at_later_looks() -> None:
    broken = cases_like(10, STABLE, (0, 0))
    earlier = weighed(broken, ending=Ending.MORE)
    recovered = cases_like(10, STABLE, (0, 0, *(1,) * 100))

    found = only(weighed(recovered, earlier=earlier, ending=Ending.MORE))

    assert only(weighed(recovered, ending=Ending.MORE)).status is not Status.REGRESSION
    assert found.status is Status.REGRESSION


def test_a_category_that_passed_can_still_fail() -> None:
    earlier = weighed(cases_like(30, STABLE, (1,)), ending=Ending.MORE)
    later = cases_like(30, STABLE, (1, 0, 0))

    assert only(earlier).status is Status.PASS
    assert only(weighed(later, earlier=earlier)).status is Status.REGRESSION


def test_a_category_that_passed_early_stays_passed_when_its_flips_widen_the_bound() -> None:
    earlier = weighed(cases_like(30, STABLE, (1,)), ending=Ending.MORE)
    later = [*cases_like(28, STABLE, (1,)), *cases_like(2, STABLE, (1, 0, 1, 1), start=28)]

    found = only(weighed(later, earlier=earlier, rules={"a": CategoryRule(detect=0.08)}))

    assert (found.status, found.reason) == (Status.PASS, Reason.RULED_OUT_EARLIER)


def test_the_looks_can_be_replayed_from_the_positions_of_the_trials() -> None:
    cases = cases_like(10, STABLE, (0, 0, *(1,) * 100))
    rules = {"a": CategoryRule()}

    found = follow(cases, rules, Options(looks=(1, 2, 4, 102)), ending=Ending.CAP)

    assert only(found).status is Status.REGRESSION


def test_evidence_spread_over_all_categories_fails_the_run_as_a_whole() -> None:
    cases = [
        case
        for name in "abcd"
        for case in cases_like(12, (1,) * 9 + (0,), (1, 1, 0, 0), category=name)
    ]

    rules = {name: CategoryRule(margin=0.9) for name in "abcd"}

    decision = weighed(cases, ending=Ending.MORE, rules=rules)

    assert {category.blocks for category in decision.categories} == {False}
    assert decision.whole is not None
    assert decision.whole.regressed
    assert decision.verdict is Status.REGRESSION
    assert decision.blocks


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


@pytest.mark.parametrize(
    ("n", "detect"),
    [
        pytest.param(30, 0.10, id="30 cases"),
        pytest.param(60, 0.10, id="more cases"),
        pytest.param(10, 0.10 * 3**0.5, id="10 cases"),
    ],
)
def test_small_categories_must_rule_out_larger_drops(n: int, detect: float) -> None:
    assert only(weighed(cases_like(n, STABLE, (1,)))).detect == pytest.approx(detect)


@pytest.mark.parametrize(
    ("baseline", "detect"),
    [
        pytest.param((1, 0, 0, 0, 0), 0.10, id="from .20 on as usual"),
        pytest.param((1, *(0,) * 6), 1 / 14, id="below .20 half of the mean"),
        pytest.param((1, *(0,) * 19), 0.05, id="never below .05"),
        pytest.param((0,) * 10, 0.05, id="nothing to lose"),
    ],
)
def test_where_little_can_be_lost_smaller_drops_must_be_ruled_out(
    baseline: Scores, detect: float
) -> None:
    assert only(weighed(cases_like(30, baseline, (0,)))).detect == pytest.approx(detect)


def test_a_baseline_of_one_trial_says_nothing_about_noise() -> None:
    cases = [*cases_like(10, (1,), (1,)), *cases_like(5, (0,), (0,), start=10)]

    assert only(weighed(cases)).kappa == 1.0


def test_one_failure_of_a_stable_case_is_worth_a_bounded_factor() -> None:
    cases = [*cases_like(29, STABLE, (1,)), make_trials(STABLE, (0,), id="flip")]

    found = only(weighed(cases, ending=Ending.MORE))

    assert found.evidence < 1 + 99 * 0.9
    assert found.status is not Status.REGRESSION


def test_cases_that_always_fail_are_no_evidence() -> None:
    found = only(weighed(cases_like(30, (0,) * 10, (0, 0))))

    assert found.status is Status.PASS
    assert found.evidence == pytest.approx(1.0, abs=0.01)


def test_equal_graded_scores_have_no_z() -> None:
    cases = cases_like(10, (0.7,) * 10, (0.7,) * 3)

    found = only(weighed(cases, rules={"a": CategoryRule(graded=True)}))

    assert (found.z, found.p, found.p_exact) == (0.0, 0.5, None)


def test_a_graded_category_that_loses_a_little_everywhere_regresses() -> None:
    cases = cases_like(20, (0.80, 0.82, 0.78, 0.81, 0.79), (0.70, 0.72, 0.69))
    rules = {"a": CategoryRule(graded=True, detect=0.05)}

    assert only(weighed(cases, rules=rules)).status is Status.REGRESSION


def test_losses_beside_gains_are_named_and_do_not_block() -> None:
    cases = [
        *cases_like(10, STABLE, (0, 0, 0)),
        *cases_like(10, (0,) * 10, (1, 1, 1), start=10),
    ]

    decision = weighed(cases)

    assert decision.whole is not None
    assert decision.whole.both_directions
    assert decision.whole.losses == pytest.approx(decision.whole.gains, rel=1e-6)
    assert not decision.blocks


def test_losses_alone_are_no_change_in_both_directions() -> None:
    decision = weighed(cases_like(20, STABLE, (0, 0, 0)))

    assert decision.whole is not None
    assert not decision.whole.both_directions


def test_the_exact_p_is_that_of_the_passes() -> None:
    cases: list[CaseTrials] = [
        make_trials(STABLE, (1, 1, 1, 0), id="1"),
        make_trials((*STABLE[:9], 0), (1, 1), id="2"),
        make_trials(STABLE, (0,), id="3"),
    ]

    assert only(weighed(cases)).p_exact == pytest.approx(0.04220779220779222)
