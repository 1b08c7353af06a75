"""The numbers of a weighed category: the drop to be ruled out, the evidence, z and p."""

import pytest

from evalci.core.evidence.decision import Ending, Status
from evalci.core.evidence.options import CategoryRule
from evalci.core.evidence.table import CaseTrials
from tests.core.evidence.makers import (
    STABLE,
    Scores,
    cases_like,
    make_trials,
    only,
    weighed,
)


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


def test_the_exact_p_is_that_of_the_passes() -> None:
    cases: list[CaseTrials] = [
        make_trials(STABLE, (1, 1, 1, 0), id="1"),
        make_trials((*STABLE[:9], 0), (1, 1), id="2"),
        make_trials(STABLE, (0,), id="3"),
    ]

    assert only(weighed(cases)).p_exact == pytest.approx(0.04220779220779222)
