"""What weekly records say of drift: since when, who moved, what stayed the same."""

from dataclasses import replace
from typing import Any

import pytest

from evalci.core.drift import CategoryDrift, DriftReport, Gap, drift_report
from evalci.core.drift_file import drift_text, parse_drift
from evalci.core.drift_origin import Culprit, Moved
from evalci.core.drift_series import baseline_weeks
from evalci.core.history import JudgeRecord, ReferenceRecord, RunRecord, Trigger
from evalci.edges.files import json_document
from evalci.errors import BadInputError
from tests.core.weeks import BASELINE, make_week, make_weeks
from tests.records import make_case_record, make_category_record

GOOD, BAD = BASELINE, BASELINE - 0.2


ASKED = tuple(replace(case, request="other") for case in make_week(0, BAD).cases)
SCORED = tuple(replace(case, harness="other") for case in make_week(0, BAD).cases)


def of(weeks: list[RunRecord]) -> DriftReport:
    return drift_report(weeks[:-1], weeks[-1])


def category(weeks: list[RunRecord]) -> CategoryDrift:
    (found,) = of(weeks).categories
    return found


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


# Who moved


def test_with_nothing_of_ours_changed_the_vendor_moved() -> None:
    shift = category(make_weeks([GOOD] * 6 + [BAD])).shift

    assert shift is not None
    assert shift.origin.culprit is Culprit.VENDOR
    assert shift.origin.same == (
        *("requests", "scoring", "golden set", "model id", "evalci"),
        *("model version", "fingerprint"),
    )


@pytest.mark.parametrize(
    ("changes", "moved"),
    [
        pytest.param(
            {"resolved_models": ("stand-in-2",)},
            Moved(what="model version", before="stand-in-1", after="stand-in-2"),
            id="another version",
        ),
        pytest.param(
            {"fingerprints": ("fp-1", "fp-2")},
            Moved(what="fingerprint", before="fp-1", after="fp-2"),
            id="another fingerprint beside the old one",
        ),
    ],
)
def test_a_version_that_changed_is_named_from_what_to_what(
    changes: dict[str, Any], moved: Moved
) -> None:
    shift = category(make_weeks([GOOD] * 6 + [BAD], since=6, **changes)).shift

    assert shift is not None
    assert shift.origin.vendor == (moved,)
    assert moved.what not in shift.origin.same


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        pytest.param({"requests": "other", "cases": ASKED}, "requests", id="a request"),
        pytest.param({"scoring": "other", "cases": SCORED}, "scoring", id="a scorer"),
        pytest.param({"golden_set_hash": "other"}, "golden set", id="the golden set"),
        pytest.param({"evalci": "0.2.0"}, "evalci", id="evalci itself"),
    ],
)
def test_what_we_changed_ourselves_is_not_the_vendor(changes: dict[str, Any], what: str) -> None:
    shift = category(make_weeks([GOOD] * 6 + [BAD], since=6, **changes)).shift

    assert shift is not None
    assert shift.origin.culprit is Culprit.OURS
    assert [moved.what for moved in shift.origin.ours] == [what]


def test_the_prompts_behind_a_changed_request_are_named() -> None:
    changes = {"requests": "other", "cases": ASKED, "prompts": {"prompts/p.md": "2" * 64}}

    shift = category(make_weeks([GOOD] * 6 + [BAD], since=6, **changes)).shift

    assert shift is not None
    assert [moved.what for moved in shift.origin.ours] == ["requests", "prompts/p.md"]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param(
            {"requests": "other", "prompts": {"prompts/q.md": "2" * 64}}, id="of another category"
        ),
        pytest.param(
            {"requests": "other", "scoring": "other", "cases": make_week(0, BAD).cases[1:]},
            id="of a case that only one run has",
        ),
    ],
)
def test_a_request_of_no_compared_case_is_no_suspect(changes: dict[str, Any]) -> None:
    shift = category(make_weeks([GOOD] * 6 + [BAD], since=6, **changes)).shift

    assert shift is not None
    assert shift.origin.culprit is Culprit.VENDOR
    assert {"requests", "scoring"} <= set(shift.origin.same)


def test_what_we_changed_after_the_alarm_is_no_cause_of_it() -> None:
    weeks = make_weeks([GOOD] * 6 + [BAD] * 3, since=8, evalci="0.2.0")

    shift = category(weeks).shift

    assert shift is not None
    assert shift.origin.culprit is Culprit.VENDOR
    assert "evalci" not in shift.origin.same


def test_a_name_that_nobody_knows_is_neither_moved_nor_the_same() -> None:
    shift = category(make_weeks([GOOD] * 6 + [BAD], fingerprints=())).shift

    assert shift is not None
    assert shift.origin.same[-1] == "model version"


def test_a_version_of_long_ago_that_answers_again_is_named() -> None:
    weeks = make_weeks([GOOD] * 9 + [BAD], since=3, resolved_models=("stand-in-2",))
    weeks[-1] = replace(weeks[-1], resolved_models=("stand-in-1",))

    shift = category(weeks).shift

    assert shift is not None
    assert shift.origin.vendor == (
        Moved(what="model version", before="stand-in-2", after="stand-in-1"),
    )


@pytest.mark.parametrize(
    ("changes", "culprit", "what"),
    [
        pytest.param({"edited": 3}, Culprit.OURS, "requests", id="prompts were edited"),
        pytest.param(
            {"resolved_models": ("stand-in-2",)}, Culprit.VENDOR, "model version", id="a version"
        ),
    ],
)
def test_a_fall_in_the_first_week_is_held_against_the_baseline(
    changes: dict[str, Any], culprit: Culprit, what: str
) -> None:
    baseline = ReferenceRecord(accepted_at="2026-01-01", resolved_models=("stand-in-1",))

    shift = category([replace(make_week(0, 0.2), baseline=baseline, **changes)]).shift

    assert shift is not None
    assert shift.origin.culprit is culprit
    assert [moved.what for moved in (*shift.origin.ours, *shift.origin.vendor)] == [what]


def test_of_the_baseline_nobody_knows_more_than_what_was_asked_and_who_answered() -> None:
    baseline = ReferenceRecord(
        accepted_at="2026-01-01", commit="c0ffee", resolved_models=("stand-in-1",)
    )

    shift = category([replace(make_week(0, 0.2), baseline=baseline)]).shift

    assert shift is not None
    assert shift.origin.same == ("requests", "scoring", "model version")
    assert shift.origin.commit == "c0ffee"


def test_a_version_that_changed_before_the_fall_is_not_blamed() -> None:
    weeks = make_weeks([GOOD] * 6 + [BAD], since=2, resolved_models=("stand-in-2",))

    shift = category(weeks).shift

    assert shift is not None
    assert shift.origin.vendor == ()


# The judge


def test_a_judge_that_moved_by_40_points_is_not_the_model() -> None:
    weeks = [make_week(week, judge=0.0) for week in range(6)]
    weeks += [make_week(week, BASELINE - 0.4, judge=-0.4) for week in range(6, 8)]

    found = category(weeks)

    assert found.shift is None
    assert found.drop == pytest.approx(0.0)
    assert found.judge is not None
    assert found.judge.points == pytest.approx(-0.4, abs=0.01)


def test_a_model_that_fell_under_a_steady_judge_is_not_the_judge() -> None:
    weeks = [make_week(week, judge=0.0) for week in range(6)]
    weeks += [make_week(6, BAD, judge=0.0)]

    found = category(weeks)

    assert found.judge is None
    assert found.shift is not None


def test_a_judge_that_became_kinder_does_not_hide_a_fall() -> None:
    weeks = [make_week(week, judge=0.0) for week in range(6)]
    weeks += [make_week(week, BASELINE, judge=0.2) for week in range(6, 8)]

    found = category(weeks)

    assert found.shift is not None
    assert found.drop == pytest.approx(0.2)


def test_a_judge_that_became_kinder_has_moved_too() -> None:
    weeks = [make_week(week, judge=0.0) for week in range(6)]
    weeks += [make_week(week, BASELINE + 0.15, judge=0.15) for week in range(6, 8)]

    found = category(weeks)

    assert found.shift is None
    assert found.judge is not None
    assert found.judge.points == pytest.approx(0.15, abs=0.02)


def test_a_week_in_which_nobody_asked_the_judge_again_says_nothing_of_the_model() -> None:
    weeks = [make_week(week, BASELINE - 0.4, judge=-0.4) for week in range(6)]

    found = category([*weeks, make_week(6, BASELINE - 0.4)])

    assert (found.shift, found.gap) == (None, Gap.UNGUARDED)


def test_answers_may_be_frozen_in_the_middle_of_a_series() -> None:
    weeks = [make_week(week) for week in range(4)]

    found = category([*weeks, make_week(4, judge=0.0)])

    assert found.gap is None


def test_a_judge_that_answers_under_another_name_is_named() -> None:
    old, new = (JudgeRecord(id="openai/judge", resolved=(name,)) for name in ("j-1", "j-2"))
    weeks = [replace(make_week(week, judge=0.0), judge=old) for week in range(6)]
    weeks += [replace(make_week(6, BASELINE - 0.4, judge=-0.4), judge=new)]

    shift = category(weeks).judge

    assert shift is not None
    assert shift.origin.vendor == (Moved(what="judge version", before="j-1", after="j-2"),)


# Which runs are a series


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"model": "other"}, id="another model"),
        pytest.param({"trigger": Trigger.PULL_REQUEST}, id="a pull request"),
        pytest.param({"trigger": Trigger.PUSH}, id="a push"),
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
