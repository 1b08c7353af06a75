"""How a model scored from one period to the next."""

import pytest

from evalci.core.history_trend import (
    Bounds,
    CaseMean,
    Span,
    bounds_of,
    case_means,
    period_of,
    period_scores,
)
from evalci.errors import UsageError
from tests.records import make_case_record, make_record

JULY, OCTOBER = "2026-07-06T06:00:00+00:00", "2026-10-05T06:00:00+00:00"


def a_mean(case: str, mean: float, since: str, *, runs: int = 1) -> CaseMean:
    return CaseMean(
        golden_set="demo", model="main", since=since, case=case, mean=mean, runs=runs, trials=runs
    )


@pytest.mark.parametrize(
    ("at", "span", "name"),
    [
        pytest.param("2026-07-06", Span.DAY, "2026-07-06", id="day"),
        pytest.param("2026-07-06", Span.WEEK, "2026-W28", id="week"),
        pytest.param("2027-01-01", Span.WEEK, "2026-W53", id="a week that began last year"),
        pytest.param("2026-07", Span.MONTH, "2026-07", id="month"),
        pytest.param("2026-03", Span.QUARTER, "2026-Q1", id="the end of a quarter"),
        pytest.param("2026-04", Span.QUARTER, "2026-Q2", id="the beginning of a quarter"),
        pytest.param("2026-12", Span.QUARTER, "2026-Q4", id="the end of a year"),
        pytest.param("2026", Span.YEAR, "2026", id="year"),
    ],
)
def test_a_moment_lies_in_a_period(at: str, span: Span, name: str) -> None:
    assert period_of(at, span) == name


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        pytest.param("2026", "2026-01-01", "2027-01-01", id="year"),
        pytest.param("2026-Q3", "2026-07-01", "2026-10-01", id="quarter"),
        pytest.param("2026-Q4", "2026-10-01", "2027-01-01", id="last quarter"),
        pytest.param("2026-12", "2026-12-01", "2027-01-01", id="month"),
        pytest.param("2026-W53", "2026-12-28", "2027-01-04", id="week"),
        pytest.param("2026-02-28", "2026-02-28", "2026-03-01", id="day"),
    ],
)
def test_a_period_has_bounds(period: str, start: str, end: str) -> None:
    assert bounds_of(period) == Bounds(start=start, end=end)


@pytest.mark.parametrize(
    "period", ["", "Q3", "2026-Q5", "2026-13", "2026-W54", "2026-02-30", "2026-00", "0000", "9999"]
)
def test_what_is_no_period_is_a_wrong_option(period: str) -> None:
    with pytest.raises(UsageError, match="is no period"):
        bounds_of(period)


def test_only_shared_cases_tell_how_scores_moved() -> None:
    means = [a_mean("kept", 0.8, "2026-09"), a_mean("rotated out", 0.1, "2026-09")]
    means += [a_mean("kept", 0.6, "2026-10"), a_mean("new", 1.0, "2026-10")]

    before, after = period_scores(means, Span.QUARTER)

    assert [before.mean, after.mean] == pytest.approx([0.45, 0.8])
    assert after.change is not None
    assert after.change.points == pytest.approx(-0.2)
    assert after.change.cases == 1
    assert (after.change.low, after.change.high) == (None, None)


def test_the_interval_is_over_the_shared_cases() -> None:
    """Two moves of -0.2 and 0: t(0.975, 1) = 12.706, standard error 0.1."""
    means = [a_mean("a", 0.8, "2026-07"), a_mean("b", 0.8, "2026-07")]
    means += [a_mean("a", 0.6, "2026-08"), a_mean("b", 0.8, "2026-08")]

    change = period_scores(means, Span.MONTH)[1].change

    assert change is not None
    assert [change.low, change.high] == pytest.approx([-1.3706, 1.1706], abs=1e-4)


def test_nothing_shared_is_no_change() -> None:
    scores = period_scores([a_mean("a", 1.0, "2026-07"), a_mean("b", 0.0, "2026-08")], Span.MONTH)

    assert [score.change for score in scores] == [None, None]


def test_months_join_to_a_quarter_by_their_runs() -> None:
    (score,) = period_scores(
        [a_mean("a", 1.0, "2026-07", runs=3), a_mean("a", 0.0, "2026-08", runs=1)], Span.QUARTER
    )

    assert [score.mean, score.runs, score.trials] == pytest.approx([0.75, 4, 4])


def test_each_golden_set_with_each_model_is_told_apart() -> None:
    records = [make_record(cases=(make_case_record((1.0,)),), model=m) for m in ("main", "small")]

    scores = period_scores(case_means(records, Span.YEAR), Span.YEAR)

    assert [(score.model, score.change) for score in scores] == [("main", None), ("small", None)]


def test_a_case_without_scored_trials_says_nothing() -> None:
    assert case_means([make_record(cases=(make_case_record((None,)),))], Span.DAY) == ()
