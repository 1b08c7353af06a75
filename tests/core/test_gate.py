"""The verdict: threshold mode, floors, must-pass cases."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from evalci.core.category import Category
from evalci.core.gate import decide
from evalci.core.must_pass import must_pass_results
from evalci.core.policy import Limits, MaxDrop, Mode, OnInconclusive
from evalci.core.run import GateRef, Standing
from evalci.core.threshold import exceeds
from evalci.core.verdict import Outcome, Verdict
from evalci.errors import ExitCode
from tests.core.gated import cases_of, held_to, relative, summary_from, with_incomplete
from tests.runs import make_carried, make_category, make_limits, make_run, make_run_case


@pytest.mark.parametrize(
    ("limits", "before", "now", "expected"),
    [
        pytest.param(make_limits(5), 0.80, 0.75, Outcome.PASS, id="exactly 5 points pass"),
        pytest.param(make_limits(5), 0.80, 0.749, Outcome.REGRESSION, id="above 5 points fails"),
        pytest.param(make_limits(5), 0.80, 0.85, Outcome.PASS, id="exactly 5 points up"),
        pytest.param(make_limits(5), 0.80, 0.851, Outcome.IMPROVED, id="above 5 points up"),
        pytest.param(make_limits(0), 0.80, 0.80, Outcome.PASS, id="no drop, none allowed"),
        pytest.param(make_limits(0), 0.80, 0.79999, Outcome.REGRESSION, id="none allowed"),
        pytest.param(relative(0.05), 0.80, 0.76, Outcome.PASS, id="exactly 5 % passes"),
        pytest.param(relative(0.05), 0.80, 0.7599, Outcome.REGRESSION, id="above 5 % fails"),
        pytest.param(relative(0.05), 0.40, 0.37, Outcome.REGRESSION, id="5 % of a low baseline"),
        pytest.param(relative(0.05), 0.40, 0.43, Outcome.IMPROVED, id="5 % up from a low one"),
        pytest.param(relative(0.05), 0.0, 0.0, Outcome.PASS, id="nothing to lose"),
        pytest.param(relative(0.05), 0.0, 0.01, Outcome.IMPROVED, id="any rise from zero"),
    ],
)
def test_a_category_is_held_to_its_largest_allowed_drop(
    limits: Limits, before: float, now: float, expected: Outcome
) -> None:
    result = held_to(limits, make_run_case((now,), (before,)))

    assert result.outcome is expected
    assert result.blocks is (expected is Outcome.REGRESSION)


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        pytest.param(0.0, -0.001, True, id="any fall from zero"),
        pytest.param(0.0, 0.0, False, id="no fall from zero"),
        pytest.param(-0.2, -0.3, True, id="any fall from below zero"),
        pytest.param(-0.2, -0.1, False, id="a rise from below zero"),
    ],
)
def test_a_relative_limit_without_a_positive_baseline_allows_no_fall(
    before: float, now: float, *, expected: bool
) -> None:
    assert exceeds(summary_from(before, now), MaxDrop(relative=0.05)) is expected


def test_each_category_is_held_to_its_own_limit() -> None:
    cases = [
        *cases_of([0.8] * 3, (1.0,), category="strict"),
        *cases_of([0.8] * 3, (1.0,), category="lenient"),
    ]
    categories = [
        make_category("strict", make_limits(5)),
        make_category("lenient", make_limits(30)),
    ]

    verdict = decide(make_run(*cases, categories=categories))

    outcomes = {r.summary.category.name: r.outcome for r in verdict.categories}
    assert outcomes == {"strict": Outcome.REGRESSION, "lenient": Outcome.PASS}
    assert verdict.outcome is Outcome.REGRESSION
    assert verdict.exit_code is ExitCode.GATE_FAILED


def test_a_regression_says_what_was_allowed() -> None:
    result = held_to(make_limits(5), make_run_case((0.5,), (0.75,)))

    assert result.reason == "fell by more than the 5 pp allowed"


FLOOR_CASES = cases_of([0.4, 0.6, 0.5, 0.7, 0.3, 0.5, 0.6, 0.4], None)  # 95 %: 0.39 to 0.61


@pytest.mark.parametrize(
    ("floor", "expected"),
    [
        pytest.param(0.50, Outcome.NO_BASELINE, id="at its floor"),
        pytest.param(0.40, Outcome.NO_BASELINE, id="above its floor"),
        pytest.param(0.55, Outcome.INCONCLUSIVE, id="the interval includes the floor"),
        pytest.param(0.65, Outcome.BELOW_FLOOR, id="the whole interval is below the floor"),
    ],
)
def test_a_floor_needs_no_baseline(floor: float, expected: Outcome) -> None:
    result = held_to(make_limits(min_score=floor), *FLOOR_CASES)

    assert result.outcome is expected
    assert result.blocks is (expected is Outcome.BELOW_FLOOR)


@pytest.mark.parametrize(
    ("word", "floor", "expected"),
    [
        pytest.param(OnInconclusive.PASS, 0.55, ExitCode.OK, id="pass"),
        pytest.param(OnInconclusive.NEUTRAL, 0.60, ExitCode.OK, id="neutral"),
        pytest.param(OnInconclusive.LEANING, 0.51, ExitCode.OK, id="leaning, hardly below"),
        pytest.param(OnInconclusive.LEANING, 0.60, ExitCode.GATE_FAILED, id="leaning, far below"),
        pytest.param(OnInconclusive.FAIL, 0.51, ExitCode.GATE_FAILED, id="fail"),
    ],
)
def test_a_floor_inside_the_interval_does_what_the_policy_says(
    word: OnInconclusive, floor: float, expected: ExitCode
) -> None:
    category = make_category(limits=make_limits(min_score=floor, on_inconclusive=word))

    verdict = decide(make_run(*FLOOR_CASES, categories=[category]))

    assert verdict.categories[0].outcome is Outcome.INCONCLUSIVE
    assert verdict.exit_code is expected


def test_leaning_counts_standard_errors_also_where_the_interval_is_clipped() -> None:
    # Mean .5, standard error .2887: .85 is 1.21 standard errors away, less than 1.28.
    limits = make_limits(min_score=0.85, on_inconclusive=OnInconclusive.LEANING)

    result = held_to(limits, *cases_of([0.0, 1.0, 1.0, 0.0], None))

    assert result.outcome is Outcome.INCONCLUSIVE
    assert not result.blocks


def test_a_single_case_below_its_floor_settles_nothing() -> None:
    result = held_to(make_limits(min_score=0.9), make_run_case((0.0,), None))

    assert result.outcome is Outcome.INCONCLUSIVE
    assert not result.blocks


def test_a_drop_decides_even_where_the_floor_is_undecided() -> None:
    limits = make_limits(min_score=0.55)

    result = held_to(limits, *cases_of([0.4, 0.6, 0.5, 0.7, 0.3, 0.5, 0.6, 0.4], (0.9,)))

    assert result.outcome is Outcome.REGRESSION
    assert result.blocks


def verdict_of(now: Sequence[float | None], before: Sequence[float] = (1.0,) * 3) -> Verdict:
    """Return the verdict on one must-pass case in a category that may fall by any amount."""
    case = make_run_case(now, before, must_pass=True)
    run = make_run(case, categories=[make_category(limits=make_limits(100))])
    return decide(with_incomplete(run, 0.5))


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param((0.0, 0.0, 0.0, 0.0, 1.0), True, id="4 of 5 fail"),
        pytest.param((0.0,) * 5, True, id="5 of 5 fail"),
        pytest.param((0.0, 0.0, 0.0, 1.0, 1.0), False, id="3 of 5 fail"),
        pytest.param((0.0,) * 8 + (1.0,) * 2, True, id="8 of 10 fail"),
        pytest.param((0.0,) * 7 + (1.0,) * 3, False, id="7 of 10 fail"),
        pytest.param((0.0,) * 3, False, id="3 of 3 are too few to confirm"),
        pytest.param((0.0, 0.0, 0.0, 0.0, None), True, id="4 fail, the fifth is unscored"),
        pytest.param((0.0, 0.0, 0.0, None, None), False, id="3 fail, two are unscored"),
    ],
)
def test_a_must_pass_failure_blocks_once_it_is_confirmed(
    now: Sequence[float | None], *, expected: bool
) -> None:
    verdict = verdict_of(now)

    assert [result.confirmed for result in verdict.must_pass] == [expected]
    assert verdict.blocking is expected
    assert (verdict.exit_code is ExitCode.GATE_FAILED) is expected


def test_a_must_pass_case_that_passes_is_not_listed() -> None:
    assert verdict_of((1.0,) * 5).must_pass == ()


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"before": (1.0, 1.0, 0.0)}, id="the baseline did not always pass"),
        pytest.param({"before": None}, id="a new case"),
        pytest.param({"standing": Standing.EDITED}, id="an edited case"),
        pytest.param({"standing": Standing.RESCORED}, id="a rescored case"),
        pytest.param({"must_pass": False}, id="a case without the flag"),
    ],
)
def test_only_comparable_flagged_cases_that_always_passed_are_judged_alone(
    changes: dict[str, Any],
) -> None:
    options = {"now": (0.0,) * 5, "before": (1.0,) * 3, "must_pass": True, **changes}

    assert must_pass_results([make_run_case(**options)]) == ()


def test_a_must_pass_case_without_pass_fail_in_its_baseline_is_not_judged() -> None:
    case = make_run_case((0.0,) * 5, must_pass=True)
    assert case.baseline is not None
    ungraded = tuple(replace(trial, passed=None) for trial in case.baseline.trials)
    baseline = replace(case.baseline, trials=ungraded)

    assert must_pass_results([replace(case, baseline=baseline)]) == ()


def test_one_fallen_category_makes_the_whole_a_regression() -> None:
    rose = make_run_case((1.0,), (0.5,), id="r-1", category="rose")
    fell = make_run_case((0.0,), (0.5,), id="f-1", category="fell")

    assert decide(make_run(rose, fell)).outcome is Outcome.REGRESSION


def test_improved_categories_beside_unchanged_ones_are_an_improvement() -> None:
    cases = [
        make_run_case((1.0,), (0.5,), id="b-1", category="better"),
        make_carried(id="s-1", category="same"),
    ]

    assert decide(make_run(*cases)).outcome is Outcome.IMPROVED


def test_a_case_outside_every_category_of_the_gate_is_not_lost() -> None:
    # A run file is data from elsewhere: a category that is not listed must not hide a drop.
    fallen = make_run_case((0.0,), (1.0,), category="unlisted")
    gate = GateRef(mode=Mode.THRESHOLD, incomplete=0.1, categories=(_fine(),))

    verdict = decide(make_run(make_run_case((1.0,), id="f-1", category="fine"), fallen, gate=gate))

    assert verdict.exit_code is not ExitCode.OK


def _fine() -> Category:
    return make_category("fine")


def test_new_categories_beside_unchanged_ones_are_no_pass() -> None:
    new = make_run_case((1.0,), None, id="new", category="new")

    verdict = decide(make_run(make_carried(), new))

    assert verdict.outcome is Outcome.UNCHANGED
