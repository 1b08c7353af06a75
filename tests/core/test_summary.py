"""A category in numbers: what is shown, what is compared, what is missing."""

from collections.abc import Sequence

import pytest

from evalci.core.run import RunCase, Standing
from evalci.core.summary import Summary, overall, shown_mean, summarise, summary_of
from tests.baselines import make_baseline_case
from tests.runs import make_carried, make_category, make_run, make_run_case


def summary(*cases: RunCase) -> Summary:
    return summary_of(make_category(), cases)


def test_every_case_weighs_the_same_whatever_its_trials() -> None:
    found = summary(
        make_run_case((1.0,), (1.0,)), make_run_case((0.0, 0.0, 0.0), (1.0, 0.0), id="a-2")
    )

    assert (found.mean, found.baseline) == (0.5, 0.75)
    assert found.drop == pytest.approx(0.25)


def test_carried_cases_enter_the_shown_means_only() -> None:
    found = summary(make_run_case((0.5,), (1.0,)), make_carried((0.0, 0.0), id="a-2"))

    assert (found.mean, found.baseline) == (0.25, 0.5)
    assert (found.compared_mean, found.compared_baseline, found.drop) == (0.5, 1.0, 0.5)
    assert (found.cases, found.measured, found.carried, found.compared) == (2, 1, 1, 1)


def test_new_cases_enter_the_shown_mean_but_not_the_drop() -> None:
    found = summary(make_run_case((1.0,), (1.0,)), make_run_case((0.0,), None, id="a-2"))

    assert found.mean == 0.5
    assert (found.baseline, found.drop) == (1.0, 0.0)
    assert found.standings[Standing.NEW] == 1


@pytest.mark.parametrize("standing", [Standing.EDITED, Standing.RESCORED])
def test_the_baseline_of_a_changed_case_is_not_used(standing: Standing) -> None:
    found = summary(
        make_run_case((0.5,), (1.0,)), make_run_case((0.5,), (0.0,), id="a-2", standing=standing)
    )

    assert (found.baseline, found.compared_baseline, found.compared) == (1.0, 1.0, 1)
    assert found.standings[standing] == 1


def test_unscored_trials_are_counted_and_never_averaged() -> None:
    found = summary(make_run_case((1.0, None, 0.5), (1.0,)))

    assert found.mean == 0.75
    assert (found.planned, found.unscored) == (3, 1)


def test_a_case_without_a_scored_trial_is_left_out_of_both_sides() -> None:
    found = summary(make_run_case((None,), (0.0,)), make_run_case((1.0,), (1.0,), id="a-2"))

    assert (found.compared, found.compared_baseline, found.drop) == (1, 1.0, 0.0)


def test_trials_that_were_never_taken_are_missing() -> None:
    found = summary(make_run_case((1.0, 1.0), planned=5))

    assert (found.planned, found.unscored) == (5, 3)


def test_confirmations_beyond_the_plan_are_planned_trials_too() -> None:
    found = summary(make_run_case((1.0, None, 1.0, 1.0, 1.0), planned=1))

    assert (found.planned, found.unscored) == (5, 1)


def test_carried_cases_have_no_trial_to_miss() -> None:
    found = summary(make_carried())

    assert (found.planned, found.unscored) == (0, 0)


def test_an_empty_category_has_unknown_numbers() -> None:
    found = summary()

    assert (found.mean, found.baseline, found.drop, found.interval) == (None, None, None, None)
    assert (found.cases, found.planned, found.trials) == (0, 0, 0)


def test_the_number_of_trials_is_that_of_the_compared_cases() -> None:
    compared = make_run_case((1.0,), (1.0,))
    new = make_run_case((1.0, 1.0, 1.0), None, id="a-2")

    assert summary(compared, new).trials == 1


def test_one_case_has_no_interval() -> None:
    assert summary(make_run_case((0.0, 1.0))).interval is None


def test_the_interval_is_over_case_means() -> None:
    found = summary(make_run_case((0.4, 0.6)), make_run_case((0.5,), id="a-2"))

    assert found.interval is not None
    assert (found.interval.low, found.interval.high) == (0.5, 0.5)


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        pytest.param((0.6,), (0.8,), 0.25, id="a share of the baseline"),
        pytest.param((1.0,), (0.8,), -0.25, id="a rise is negative"),
        pytest.param((0.5,), (0.0,), None, id="no share of nothing"),
        pytest.param((0.5,), None, None, id="nothing to compare with"),
    ],
)
def test_the_relative_drop(
    now: Sequence[float], before: Sequence[float] | None, expected: float | None
) -> None:
    found = summary(make_run_case(now, before)).relative

    assert found == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        pytest.param(make_run_case((0.2, 0.4), (1.0,)), 0.3, id="measured now"),
        pytest.param(make_carried((0.2, 0.4)), 0.3, id="carried forward"),
        pytest.param(make_run_case((None,), (1.0,)), None, id="measured in vain"),
        pytest.param(make_run_case((), (1.0,), planned=3), None, id="not measured yet"),
    ],
)
def test_the_score_that_a_report_shows(case: RunCase, expected: float | None) -> None:
    assert shown_mean(case) == (None if expected is None else pytest.approx(expected))


def test_a_run_has_one_summary_a_category_in_the_order_of_the_gate() -> None:
    cases = [
        make_run_case((1.0,), id="r-1", category="review"),
        make_run_case((0.0,), id="w-1", category="writing"),
        make_run_case((0.5,), id="w-2", category="writing"),
    ]
    categories = [make_category("writing"), make_category("review"), make_category("empty")]

    found = summarise(make_run(*cases, categories=categories))

    assert [(s.category.name, s.cases) for s in found] == [
        ("writing", 2),
        ("review", 1),
        ("empty", 0),
    ]


def test_a_baseline_that_hangs_on_a_new_case_is_not_shown() -> None:
    case = make_run_case((1.0,), None, baseline=make_baseline_case((0.0,)))

    assert summary(case).baseline is None


def test_the_whole_weighs_every_compared_case_the_same() -> None:
    three = [make_run_case((0.0,), (1.0,), id=f"r-{n}") for n in range(3)]
    one = make_run_case((1.0,), (0.6,), id="w-1", category="writing")

    found = overall(summarise(make_run(*three, one, make_carried(id="c"))))

    assert found is not None
    assert found.before == pytest.approx(0.9)
    assert (found.now, found.cases) == (0.25, 4)


def test_nothing_compared_has_no_mean() -> None:
    assert overall(summarise(make_run(make_carried(), make_run_case((1.0,), None, id="b")))) is None
