"""The verdict where something is missing: trials, a baseline, cases that can be compared."""

from dataclasses import replace
from typing import Any

import pytest

from evalci.core.gate import decide
from evalci.core.policy import OnInconclusive
from evalci.core.run import Run, Standing
from evalci.core.verdict import Outcome
from evalci.errors import ExitCode
from tests.core.gated import cases_of, held_to, with_incomplete
from tests.runs import make_carried, make_category, make_limits, make_run, make_run_case


def test_a_tenth_of_the_trials_may_be_missing() -> None:
    cases = cases_of([1.0] * 9 + [None], (1.0,))

    verdict = decide(make_run(*cases))

    assert verdict.outcome is Outcome.PASS


def test_more_than_a_tenth_missing_is_not_measured() -> None:
    cases = cases_of([1.0] * 8 + [None] * 2, (1.0,))

    verdict = decide(make_run(*cases))

    assert verdict.outcome is Outcome.NOT_MEASURED
    assert verdict.exit_code is ExitCode.NOT_MEASURED
    assert verdict.categories[0].reason == "2 of 10 trials have no score"


def test_a_low_score_of_what_is_left_is_no_regression_when_too_much_is_missing() -> None:
    cases = cases_of([0.0] * 5 + [None] * 5, (1.0,))

    verdict = decide(make_run(*cases))

    assert verdict.outcome is Outcome.NOT_MEASURED
    assert not verdict.blocking


def test_a_regression_stands_when_another_category_is_not_measured() -> None:
    cases = [
        *cases_of([0.0] * 3, (1.0,), category="fallen"),
        *cases_of([None] * 3, (1.0,), category="down"),
    ]

    verdict = decide(make_run(*cases))

    outcomes = {r.summary.category.name: r.outcome for r in verdict.categories}
    assert outcomes == {"fallen": Outcome.REGRESSION, "down": Outcome.NOT_MEASURED}
    assert verdict.exit_code is ExitCode.GATE_FAILED


def test_not_measured_goes_before_inconclusive_and_pass() -> None:
    cases = [
        *cases_of([None] * 3, (1.0,), category="down"),
        *cases_of([1.0] * 3, (1.0,), category="fine"),
        make_run_case((0.1,), None, id="low-1", category="low"),
    ]
    limits = make_limits(min_score=0.5)
    categories = [make_category("down"), make_category("fine"), make_category("low", limits)]

    verdict = decide(make_run(*cases, categories=categories))

    assert verdict.outcome is Outcome.NOT_MEASURED
    assert verdict.exit_code is ExitCode.NOT_MEASURED


def test_a_run_that_stopped_is_not_measured() -> None:
    verdict = decide(make_run(make_run_case(), stopped="the key was refused"))

    assert verdict.outcome is Outcome.NOT_MEASURED
    assert verdict.exit_code is ExitCode.NOT_MEASURED
    assert verdict.reason == "the key was refused"


def test_a_regression_stands_in_a_run_that_stopped() -> None:
    verdict = decide(make_run(make_run_case((0.0,)), stopped="the key was refused"))

    assert verdict.exit_code is ExitCode.GATE_FAILED


def unmeasured_runs() -> list[Any]:
    nothing_left = with_incomplete(make_run(*cases_of([None] * 5, (1.0,))), 1.0)
    new_and_nothing_left = with_incomplete(make_run(*cases_of([None] * 5, None)), 1.0)
    return [
        pytest.param(make_run(), id="no category and no case"),
        pytest.param(make_run(categories=[make_category()]), id="a category without a case"),
        pytest.param(make_run(*cases_of([None] * 5, (1.0,))), id="no trial has a score"),
        pytest.param(nothing_left, id="no trial has a score, and all may miss it"),
        pytest.param(new_and_nothing_left, id="no new case has a score, and all may miss it"),
        pytest.param(
            make_run(make_run_case((), planned=5)), id="trials were planned and never taken"
        ),
        pytest.param(make_run(*cases_of([float("nan")] * 5, (1.0,))), id="scores of NaN"),
    ]


@pytest.mark.parametrize("run", unmeasured_runs())
def test_an_empty_measurement_is_never_a_pass(run: Run) -> None:
    verdict = decide(run)

    assert verdict.outcome is Outcome.NOT_MEASURED
    assert verdict.exit_code is ExitCode.NOT_MEASURED


def test_cases_that_are_all_carried_forward_are_unchanged() -> None:
    verdict = decide(make_run(make_carried((0.2,)), make_carried((1.0,), id="a-2")))

    assert verdict.outcome is Outcome.UNCHANGED
    assert verdict.exit_code is ExitCode.OK


def test_carried_cases_do_not_dilute_a_drop() -> None:
    carried = [make_carried((1.0,), id=f"carried-{n}") for n in range(99)]

    verdict = decide(make_run(make_run_case((0.9,), (1.0,)), *carried))

    assert verdict.outcome is Outcome.REGRESSION


def test_a_run_without_a_baseline_exits_0() -> None:
    verdict = decide(make_run(make_run_case((0.1,), None)))

    assert verdict.outcome is Outcome.NO_BASELINE
    assert verdict.exit_code is ExitCode.OK


@pytest.mark.parametrize("standing", [Standing.EDITED, Standing.RESCORED])
@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        pytest.param(5, Outcome.PASS, id="5 of 6 may be compared"),
        pytest.param(4, Outcome.NOT_COMPARABLE, id="4 of 5: fewer than 5 may be compared"),
    ],
)
def test_cases_that_were_edited_or_rescored_are_not_compared(
    standing: Standing, kept: int, expected: Outcome
) -> None:
    fallen = make_run_case((0.0,), (1.0,), id="changed", standing=standing)

    verdict = decide(make_run(*cases_of([1.0] * kept, (1.0,)), fallen))

    assert verdict.outcome is expected
    assert verdict.exit_code is ExitCode.OK


def test_cases_that_were_carried_forward_count_for_what_is_left_of_a_category() -> None:
    carried = [make_carried(id=f"carried-{n}") for n in range(9)]
    edited = make_run_case((1.0,), id="edited", standing=Standing.EDITED)

    verdict = decide(make_run(make_run_case(), edited, *carried))

    assert verdict.outcome is Outcome.PASS


@pytest.mark.parametrize("standing", [Standing.EDITED, Standing.RESCORED])
def test_a_category_of_nothing_but_edited_or_rescored_cases_is_never_green(
    standing: Standing,
) -> None:
    verdict = decide(make_run(make_run_case((0.0,), (1.0,), standing=standing)))

    assert verdict.outcome is Outcome.NOT_COMPARABLE
    assert verdict.exit_code is ExitCode.OK


@pytest.mark.parametrize(
    ("kept", "lost", "expected"),
    [
        pytest.param(37, 1, Outcome.PASS, id="one of many"),
        pytest.param(8, 2, Outcome.PASS, id="exactly a fifth"),
        pytest.param(8, 3, Outcome.NOT_COMPARABLE, id="more than a fifth"),
        pytest.param(4, 1, Outcome.NOT_COMPARABLE, id="fewer than 5 are left"),
        pytest.param(4, 0, Outcome.PASS, id="a small category that kept its cases"),
    ],
)
def test_cases_that_a_change_took_out_are_missing_from_the_comparison(
    kept: int, lost: int, expected: Outcome
) -> None:
    run = make_run(*cases_of([1.0] * kept, (1.0,)))

    verdict = decide(replace(run, lost={"review": lost} if lost else {}))

    assert verdict.outcome is expected


def test_a_category_that_a_change_took_out_is_never_green() -> None:
    categories = [make_category("gone"), make_category("review")]
    run = make_run(make_carried(), categories=categories)

    verdict = decide(replace(run, lost={"gone": 3}))

    assert verdict.outcome is Outcome.NOT_COMPARABLE
    assert verdict.categories[0].reason.endswith("since the baseline; 3 of them are gone")


def test_a_category_that_cannot_be_compared_fails_where_undecided_fails() -> None:
    # gate.md 1.5: `not comparable` is neutral at best, `fail` where `on_inconclusive` is fail.
    limits = make_limits(on_inconclusive=OnInconclusive.FAIL)

    result = held_to(limits, make_run_case((0.0,), (1.0,), standing=Standing.EDITED))

    assert result.outcome is Outcome.NOT_COMPARABLE
    assert result.blocks


def test_new_cases_beside_compared_ones_do_not_count() -> None:
    verdict = decide(make_run(make_run_case((1.0,), (1.0,)), make_run_case((0.0,), None, id="n")))

    assert verdict.outcome is Outcome.PASS
