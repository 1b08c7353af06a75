"""Who moved when a score fell: the vendor, the judge, or we."""

from dataclasses import replace
from typing import Any

import pytest

from evalci.core.drift import Gap
from evalci.core.drift_origin import Culprit, Moved
from evalci.core.history import JudgeRecord, ReferenceRecord
from tests.core.weeks import BAD, BASELINE, GOOD, category, make_week, make_weeks

ASKED = tuple(replace(case, request="other") for case in make_week(0, BAD).cases)
SCORED = tuple(replace(case, harness="other") for case in make_week(0, BAD).cases)


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
