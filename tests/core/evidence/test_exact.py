"""The exact and entropy modes: fixed or controlled trials, Holm over the categories."""

import pytest

from evalci.core.evidence.decision import Ending, Reason, Status
from evalci.core.evidence.options import CategoryRule, Method, Options
from tests.core.evidence.makers import Scores, cases_like, category_of, noisy, only, weighed

EXACT = Options(method=Method.EXACT)
ENTROPY = Options(method=Method.ENTROPY)


@pytest.mark.parametrize("options", [EXACT, ENTROPY], ids=["exact", "entropy"])
@pytest.mark.parametrize(
    ("candidate", "status", "reason"),
    [
        pytest.param((0, 0, 0, 1), Status.REGRESSION, Reason.EXACT_TEST, id="clear loss"),
        pytest.param((1, 1, 1, 1), Status.IMPROVED, Reason.ROSE, id="clear gain"),
        pytest.param((1, 0), Status.PASS, Reason.BELOW_MARGIN, id="no change"),
    ],
)
def test_a_category_is_held_to_the_exact_test(
    options: Options, candidate: Scores, status: Status, reason: Reason
) -> None:
    found = only(weighed(noisy(12, candidate=candidate), options=options))

    assert (found.status, found.reason) == (status, reason)


def test_a_drop_of_the_margin_that_chance_explains_is_inconclusive() -> None:
    assert only(weighed(noisy(6, candidate=(1, 0, 0)), options=EXACT)).status is (
        Status.INCONCLUSIVE
    )


def test_stable_cases_pass_with_their_drop_ruled_out() -> None:
    found = only(weighed(cases_like(30, (1,) * 10, (1, 1)), options=EXACT))

    assert (found.status, found.reason) == (Status.PASS, Reason.RULED_OUT)


def test_a_loss_below_the_margin_does_not_fail() -> None:
    cases = noisy(12, candidate=(0, 0, 0, 1))

    found = only(weighed(cases, options=EXACT, rules={"a": CategoryRule(margin=0.5)}))

    assert found.status is not Status.REGRESSION


def test_more_categories_need_stronger_evidence_each() -> None:
    loss = noisy(8, candidate=(1, 0, 0))
    others = [case for name in "bcde" for case in noisy(8, category=name)]

    alone = weighed(loss, options=Options(method=Method.EXACT, alpha=0.1))
    among = weighed([*loss, *others], options=Options(method=Method.EXACT, alpha=0.1))

    assert category_of(alone, "a").p_exact == category_of(among, "a").p_exact
    assert category_of(alone, "a").status is Status.REGRESSION
    assert category_of(among, "a").status is Status.INCONCLUSIVE


def test_nothing_is_decided_before_the_trials_are_in() -> None:
    found = only(weighed(noisy(12, candidate=(0,)), options=EXACT, ending=Ending.MORE))

    assert found.status is Status.OPEN


def test_small_categories_are_advisory() -> None:
    decision = weighed(cases_like(3, (1,) * 10, (0, 0)), options=EXACT)

    assert only(decision).status is Status.ADVISORY
    assert not decision.blocks


def test_graded_categories_are_held_to_the_normal_test() -> None:
    cases = cases_like(20, (0.80, 0.82, 0.78, 0.81, 0.79), (0.70, 0.72, 0.69))

    found = only(weighed(cases, options=EXACT, rules={"a": CategoryRule(graded=True)}))

    assert (found.status, found.p_exact) == (Status.REGRESSION, None)
