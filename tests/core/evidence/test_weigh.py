"""Statuses of categories and the verdict: the rule and its edges, at one look and over several."""

import pytest

from evalci.core.evidence.decision import Decision, Ending, Reason, Status
from evalci.core.evidence.options import CategoryRule, Options
from evalci.core.evidence.weigh import follow
from evalci.core.policy import OnInconclusive
from tests.core.evidence.makers import (
    STABLE,
    cases_like,
    make_trials,
    noisy,
    only,
    weighed,
)

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
