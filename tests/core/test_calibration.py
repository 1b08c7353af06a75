"""The calibration of a judge: its figures, its file, and what a run keeps of it."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from evalci.core.calibration import (
    Calibration,
    CalibrationLimits,
    JudgeFacts,
    age_in_days,
    calibrated,
    calibration_json,
    calibration_path,
    calibration_ref,
    calibration_text,
    dated,
    outweighs,
    parse_calibration,
)
from evalci.core.json_value import parse_json
from evalci.core.stats.agreement import Pair
from evalci.errors import BadInputError
from tests.inputs import make_document

SCALE = tuple(n / 10 for n in range(11))
# A judge that is 0.4 stricter than people: differences of 0.4 four times, 0.3 and 0.5 twice each.
# By hand: standard deviation sqrt(0.04 / 7), times 2.364624 (t, 7 degrees) over sqrt(8).
PEOPLE = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 1.0, 0.5)
STRICT = (0.6, 0.6, 0.3, 0.3, 0.2, 0.1, 0.7, 0.0)


def pair(case: str, mine: float, theirs: float) -> Pair:
    return Pair(case=case, mine=mine, theirs=theirs, scale=SCALE)


def make_calibration() -> Calibration:
    strict = [pair(f"c{n}", a, b) for n, (a, b) in enumerate(zip(STRICT, PEOPLE, strict=True))]
    same = [pair("c0", 1.0, 1.0), pair("c1", 0.0, 0.0)]
    found = calibrated(
        {"tone": strict, "right": same},
        golden_set="desk",
        judge=JudgeFacts(
            name="judge", id="gemini/gemini-3-pro", rubrics=("r1",), resolved=("gemini-3-pro-1",)
        ),
        against="2 reviewers",
    )
    return dated(found, date(2026, 11, 1))


def test_a_planted_strict_judge_is_found_with_its_interval() -> None:
    tone = make_calibration().worst

    assert tone.id == "tone"
    assert tone.agreement.bias == pytest.approx(-0.4)
    assert tone.agreement.low == pytest.approx(-0.463197, abs=1e-6)
    assert tone.agreement.high == pytest.approx(-0.336803, abs=1e-6)


def test_criteria_stand_by_name_and_all_of_them_together() -> None:
    found = make_calibration()

    assert [one.id for one in found.criteria] == ["right", "tone"]
    assert (found.overall.pairs, found.overall.cases) == (10, 8)


def test_a_calibration_comes_back_as_it_was_written() -> None:
    written = calibration_text(make_calibration())
    read = parse_calibration(make_document(parse_json(written)))

    assert calibration_text(read) == written


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        pytest.param({"measured_on": "soon"}, "`measured_on`: `soon` is not a date", id="day"),
        pytest.param({"overal": {}}, "unknown key `overal`; did you mean `overall`?", id="key"),
        pytest.param({"criteria": {}}, "`criteria`: is empty", id="no criterion"),
        pytest.param({"format": 2}, "`format`: 2 is not valid here", id="another version"),
    ],
)
def test_another_file_is_refused(changes: dict[str, Any], line: str) -> None:
    data = {**calibration_json(make_calibration()), **changes}

    with pytest.raises(BadInputError) as caught:
        parse_calibration(make_document(data))

    assert line in str(caught.value)


def test_a_run_keeps_the_worst_criterion_and_the_limits() -> None:
    found = calibration_ref(make_calibration(), CalibrationLimits(max_age_days=7, max_mad=0.3))

    assert found.worst == "tone"
    assert found.worst_mad == pytest.approx(0.4)
    assert (found.max_age_days, found.max_mad) == (7, 0.3)


def test_it_lies_beside_the_baselines() -> None:
    path = calibration_path("baselines", "desk", "judge")

    assert path == "baselines/desk.judge.calibration.json"


@pytest.mark.parametrize(
    ("now", "days"),
    [("2026-11-21T10:00:00+00:00", 20), ("2026-10-01", 0), ("whenever", None)],
    ids=["later", "a clock that is behind", "no date"],
)
def test_age_in_days(now: str, days: int | None) -> None:
    assert age_in_days("2026-11-01", now) == days


@pytest.mark.parametrize(
    ("changes", "stays"),
    [
        pytest.param({}, True, id="more cases"),
        pytest.param({"rubrics": ("r0",)}, False, id="of another rubric"),
        pytest.param({"resolved": ("gemini-3-pro-0",)}, False, id="of another version"),
        pytest.param({"id": "gemini/other"}, False, id="of another model"),
    ],
)
def test_a_calibration_on_more_cases_outweighs_one_of_the_same_judge(
    changes: dict[str, Any],
    *,
    stays: bool,
) -> None:
    large = make_calibration()
    small = calibrated(
        {"tone": [pair("c0", 1.0, 1.0)]},
        golden_set="desk",
        judge=large.judge,
        against="1 reviewer",
    )
    small = dated(small, date(2026, 11, 21))
    before = replace(large, judge=replace(large.judge, **changes))

    assert outweighs(before, small, CalibrationLimits()) is stays


def test_a_calibration_that_is_too_old_gives_way() -> None:
    large = make_calibration()
    small = replace(large, measured_on="2027-11-21", overall=replace(large.overall, cases=1))

    assert not outweighs(large, small, CalibrationLimits())
