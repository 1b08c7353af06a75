"""What a report says of a judge's calibration."""

from dataclasses import replace

import pytest

from evalci.core.calibration import CalibrationRef
from evalci.core.trial import JudgedBy
from evalci.report.calibrations import bias_sentence, calibration_limits, calibration_lines
from evalci.report.escape import unmarked
from tests.core.test_calibration import make_calibration

NOW = "2026-11-21T12:00:00+00:00"
GOOD = CalibrationRef(
    judge="g/judge",
    against="2 reviewers",
    measured_on="2026-11-01",
    mad=0.05,
    worst="tone",
    worst_mad=0.1,
    bias=-0.02,
    low=-0.05,
    high=0.01,
    cases=20,
    rubrics=("r1", "r2"),
    resolved=("judge-1",),
)
JUDGED = [JudgedBy(model="g/judge", rubric="r1", resolved=("judge-1",))]


def limits(found: CalibrationRef | None) -> list[str]:
    return [unmarked(line) for line in calibration_limits(found, JUDGED, NOW)]


def test_a_fresh_and_close_calibration_leaves_nothing_to_say() -> None:
    assert limits(GOOD) == []


@pytest.mark.parametrize(
    ("found", "line"),
    [
        pytest.param(
            None,
            "judge g/judge was never compared with people or another judge here: "
            "evalci judge calibrate",
            id="never",
        ),
        pytest.param(
            replace(GOOD, judge="g/older"),
            "judge g/judge was never compared with people or another judge here: "
            "evalci judge calibrate",
            id="another model was",
        ),
        pytest.param(
            replace(GOOD, max_age_days=19),
            "the calibration of judge g/judge is 20 days old, more than 19: "
            "evalci judge calibrate renews it",
            id="old",
        ),
        pytest.param(
            replace(GOOD, cases=1),
            "the calibration of judge g/judge: on 1 case, fewer than 20: its figures say little",
            id="few cases",
        ),
        pytest.param(
            replace(GOOD, nameless=3),
            "the calibration of judge g/judge: 3 labels of a case without its text: another answer "
            "may have been meant",
            id="labels without a text",
        ),
        pytest.param(
            replace(GOOD, stratified=True),
            "the calibration of judge g/judge: of a sample that takes high, low and doubtful "
            "answers alike: figures of all may differ",
            id="a sample by strata",
        ),
        pytest.param(
            replace(GOOD, rubrics=("r0",)),
            "the calibration of judge g/judge is of other rubrics than this run's: "
            "evalci judge calibrate renews it",
            id="another rubric",
        ),
        pytest.param(
            replace(GOOD, resolved=("judge-0",)),
            "the calibration of judge g/judge is of judge-0, judge-1 answered now: "
            "evalci judge calibrate renews it",
            id="another version",
        ),
        pytest.param(
            replace(GOOD, worst_mad=0.31),
            "judge g/judge and 2 reviewers differ by 0.31 on average on tone, more than 0.15",
            id="far apart",
        ),
        pytest.param(
            replace(GOOD, bias=-0.43, low=-0.5, high=-0.36),
            "judge g/judge is 0.43 stricter than 2 reviewers: −0.43 (−0.50 to −0.36); "
            "scores are not corrected for it",
            id="strict",
        ),
    ],
)
def test_what_a_check_cannot_see_names_the_judge(found: CalibrationRef | None, line: str) -> None:
    assert limits(found) == [line]


@pytest.mark.parametrize("days", [20, 21], ids=["on the day", "a day before"])
def test_a_calibration_holds_to_its_last_day(days: int) -> None:
    assert limits(replace(GOOD, max_age_days=days)) == []


def test_without_a_judge_there_is_nothing_to_calibrate() -> None:
    assert calibration_limits(None, (), NOW) == []


@pytest.mark.parametrize(
    ("bias", "low", "high", "words"),
    [
        pytest.param(-0.4, -0.45, -0.35, "is 0.40 stricter than Bob: −0.40", id="strict"),
        pytest.param(0.2, 0.1, 0.3, "is 0.20 milder than Bob: 0.20 (0.10 to 0.30)", id="mild"),
        pytest.param(-0.1, -0.3, 0.1, "no systematic difference", id="either way"),
        pytest.param(-0.1, None, None, "−0.10 (one case)", id="a single case"),
        pytest.param(-0.001, -0.002, 0.0, ": 0.00 (0.00 to 0.00)", id="no negative zero"),
    ],
)
def test_a_bias_is_told_with_its_interval(
    bias: float, low: float | None, high: float | None, words: str
) -> None:
    assert words in bias_sentence("the judge", "Bob", bias, low, high)


def test_a_calibration_is_a_table_of_criteria() -> None:
    lines = calibration_lines(make_calibration(), "baselines/x.json")

    bias = "0.36 stricter than 2 reviewers: −0.36 (−0.46 to −0.25)"
    assert lines == [
        "desk: judge judge (gemini/gemini-3-pro) against 2 reviewers, 10 pairs in 8 cases",
        "  criterion  pairs   MAD  Pearson  Spearman  kappa  weighted             bias (95 %)",
        "  right          2  0.00     1.00      1.00   1.00      1.00     0.00 (0.00 to 0.00)",
        "  tone           8  0.40     0.97      0.97  −0.05      0.35  −0.40 (−0.46 to −0.34)",
        "  all           10  0.32     0.84      0.97   0.13      0.55  −0.36 (−0.46 to −0.25)",
        f"  the judge is {bias}; scores are not corrected for it",
        "  on 8 cases, fewer than 20: its figures say little",
        "  written to baselines/x.json; commit it",
    ]


def test_a_calibration_that_gave_way_is_told() -> None:
    lines = calibration_lines(make_calibration(), "baselines/x.json", make_calibration())

    found = "baselines/x.json of 2026-11-01 rests on 8 cases; delete it to replace it"
    assert lines[-1] == f"  not written: {found}"
