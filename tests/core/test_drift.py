"""What weekly records say of drift: since when, which runs count, and how it is kept."""

from dataclasses import replace
from typing import Any

import pytest

from evalci.core.drift import Gap, drift_report
from evalci.core.drift_file import drift_text, parse_drift
from evalci.core.drift_series import baseline_weeks, observations
from evalci.core.drift_watch import watch
from evalci.core.history import ReferenceRecord, RunRecord, Trigger
from evalci.edges.files import json_document
from evalci.errors import BadInputError
from tests.core.weeks import BAD, GOOD, category, make_week, make_weeks, of
from tests.records import make_case_record, make_category_record


def test_a_steady_score_is_no_drift() -> None:
    report = of(make_weeks([GOOD] * 10))

    assert (report.lasting, report.runs, report.news) == ((), 10, False)


def test_a_fall_is_told_with_its_run_and_the_scores_at_both_levels() -> None:
    shift = category(make_weeks([GOOD] * 6 + [BAD] * 2)).shift

    assert shift is not None
    assert shift.since == make_week(6).at
    assert (shift.before, shift.after) == pytest.approx((GOOD, BAD))


@pytest.mark.parametrize(("more", "news"), [(1, True), (2, False)])
def test_an_alarm_is_news_in_the_run_that_raises_it(more: int, news: bool) -> None:
    assert of(make_weeks([GOOD] * 6 + [BAD] * more)).news is news


# Which runs are a series


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"model": "other"}, id="another model"),
        pytest.param({"trigger": Trigger.PULL_REQUEST}, id="a pull request"),
        pytest.param({"trigger": Trigger.PUSH}, id="a push"),
        pytest.param({"trigger": Trigger.DISPATCH}, id="a look more"),
        pytest.param({"complete": False}, id="broken off"),
        pytest.param({"carried": 3}, id="cases carried forward"),
        pytest.param({"selection": "chosen cases"}, id="another selection"),
        pytest.param(
            {"baseline": ReferenceRecord(accepted_at="2025-12-01T00:00:00+00:00")},
            id="another baseline",
        ),
    ],
)
def test_a_run_that_is_not_like_the_newest_is_left_out(changes: dict[str, Any]) -> None:
    first, *weeks = make_weeks([GOOD] * 4)

    assert of([replace(first, **changes), *weeks]).runs == 3


def test_runs_of_other_cases_are_counted() -> None:
    weeks = make_weeks([GOOD] * 4)
    others = [replace(run, id=f"other-{run.id}", selection="chosen cases") for run in weeks]

    report = of([*others, *weeks])

    assert (report.runs, report.left_out) == (4, 4)


def test_a_run_that_the_history_holds_already_counts_once() -> None:
    weeks = make_weeks([GOOD] * 3)

    assert drift_report(weeks, weeks[-1]).runs == 3


def test_a_week_with_many_unscored_trials_says_nothing() -> None:
    weeks = make_weeks([GOOD] * 6 + [BAD])
    holey = replace(weeks[-1].categories[0], unscored=20)

    found = category([*weeks[:-1], replace(weeks[-1], categories=(holey,))])

    assert (found.shift, found.gap) == (None, Gap.UNSCORED)


def test_a_run_of_which_nothing_can_be_compared_is_blind() -> None:
    *weeks, last = make_weeks([GOOD] * 6)
    edited = replace(last.categories[0], drop=None, baseline=None)

    report = of([*weeks, replace(last, categories=(edited,))])

    assert report.blind
    assert [one.gap for one in report.categories] == [Gap.UNCOMPARED]


def test_an_alarm_outlives_a_week_that_says_nothing() -> None:
    weeks = make_weeks([GOOD] * 6 + [BAD] * 3)
    edited = replace(weeks[-1].categories[0], drop=None, baseline=None)

    found = category([*weeks[:-1], replace(weeks[-1], categories=(edited,))])

    assert found.shift is not None
    assert found.shift.lasts
    assert found.shift.before == pytest.approx(GOOD)


def test_a_run_of_twice_the_trials_makes_the_baseline_worth_no_less() -> None:
    weeks = make_weeks([GOOD] * 3)
    cases = tuple(replace(case, scores=case.scores * 2) for case in weeks[-1].cases)

    assert baseline_weeks([*weeks[:-1], replace(weeks[-1], cases=cases)]) == 5.0


@pytest.mark.parametrize(
    ("last", "doubtful"),
    [
        pytest.param([GOOD], False, id="quiet"),
        pytest.param([GOOD - 0.06], True, id="a first sign"),
        pytest.param([BAD], True, id="an alarm"),
        pytest.param([BAD, BAD], False, id="an alarm of last week"),
    ],
)
def test_a_run_is_in_doubt_before_anything_is_said_of_it(last: list[float], doubtful: bool) -> None:
    assert of(make_weeks([GOOD] * 6 + last)).doubtful is doubtful


@pytest.mark.parametrize(
    "last",
    [
        pytest.param([GOOD - 0.06, BAD, BAD, BAD], id="a fall that lasts"),
        pytest.param([BAD, BAD, GOOD, GOOD, GOOD, BAD, BAD], id="a fall, a return, a fall"),
        pytest.param([0.7, 0.8, 0.55, 0.6, 0.74], id="a return that is in doubt itself"),
    ],
)
def test_the_runs_in_doubt_are_those_that_the_benchmark_counts(last: list[float]) -> None:
    weeks = make_weeks([GOOD] * 6 + last)
    reports = [of(weeks[: week + 1]) for week in range(len(weeks))]

    _, series = observations(weeks, "review")
    found = watch(series, baseline_weeks=baseline_weeks(weeks), limit=reports[-1].limit)

    said = tuple(week for week, report in enumerate(reports) if report.doubtful)
    assert found.doubts(reports[-1].limit) == said


def test_a_week_of_one_trial_a_case_takes_the_case_for_a_coin() -> None:
    cases = tuple(make_case_record((0.0,), id=f"a-{n}", baseline=0.5) for n in range(4))
    lucky = make_category_record(cases=4, trials=4, mean=0.0, baseline=0.5, drop=0.5)

    report = of([replace(make_week(0), categories=(lucky,), cases=cases)])

    assert report.lasting == ()


# What is no score


@pytest.mark.parametrize(
    ("before", "after", "name"),
    [
        pytest.param({"refused": 0}, {"refused": 20}, "refusals", id="refusals"),
        pytest.param({"truncated": 1}, {"truncated": 15}, "truncated answers", id="truncation"),
        pytest.param({"malformed": 0}, {"malformed": 15}, "format failures", id="format"),
        pytest.param({"length": 400.0}, {"length": 150.0}, "length", id="shorter"),
        pytest.param({"length": 400.0}, {"length": 900.0}, "length", id="longer"),
        pytest.param(
            {"latency_p50_s": 1.0}, {"latency_p50_s": 2.0}, "latency p50", id="median latency"
        ),
        pytest.param(
            {"latency_p95_s": 3.0}, {"latency_p95_s": 9.0}, "latency p95", id="slow calls"
        ),
        pytest.param({"cost_usd": 0.01}, {"cost_usd": 0.02}, "cost an answer", id="cost"),
    ],
)
def test_a_measure_beside_the_score_that_moved_is_named(
    before: dict[str, Any], after: dict[str, Any], name: str
) -> None:
    weeks = [_with(make_week(week), before if week < 6 else after) for week in range(9)]

    assert [move.name for move in of(weeks).sides] == [name]


def test_every_measure_has_its_present_level() -> None:
    week = _with(make_week(0), {"refused": 10, "latency_p95_s": 3.0})

    levels = {level.name: level.now for level in of([week]).levels}

    assert levels == {
        "refusals": 0.25,
        "truncated answers": 0.0,
        "format failures": 0.0,
        "latency p95": 3.0,
    }


def test_a_faster_model_is_not_worth_a_line() -> None:
    weeks = [_with(make_week(w), {"latency_p50_s": 2.0 if w < 6 else 1.0}) for w in range(9)]

    assert of(weeks).sides == ()


def _with(run: RunRecord, changes: dict[str, Any]) -> RunRecord:
    return replace(run, categories=tuple(replace(one, **changes) for one in run.categories))


# The file


TEXT = drift_text(of(make_weeks([GOOD] * 6 + [BAD] * 2)))


def test_a_report_is_read_as_it_was_written() -> None:
    report = of(make_weeks([GOOD] * 6 + [BAD] * 2 + [GOOD] * 3))

    text = drift_text(report)

    assert drift_text(parse_drift(json_document(text, "drift.json"))) == text


@pytest.mark.parametrize(
    ("text", "word"),
    [
        pytest.param('{"format": 2}', "format", id="another format"),
        pytest.param("[]", "drift.json", id="no object"),
        pytest.param(
            TEXT.replace('"scoring"', '"<b>"'), "shift", id="an unknown thing is the same"
        ),
        pytest.param(TEXT.replace('"refusals"', '"<b>"'), "<b>", id="an unknown measure"),
        pytest.param('{"format": 1, "golden_set": "a", "shout": 1}', "shout", id="unknown key"),
        pytest.param(
            drift_text(of(make_weeks([GOOD] * 6 + [BAD]))).replace("2026-02-16", "2026-02-99"),
            "not a drift report",
            id="a day that no calendar has",
        ),
    ],
)
def test_a_file_that_is_no_report_is_refused(text: str, word: str) -> None:
    with pytest.raises(BadInputError, match=word):
        parse_drift(json_document(text, "drift.json"))
