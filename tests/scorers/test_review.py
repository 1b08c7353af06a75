"""The review scorer: found, missed, false alarms, and the floor of tier 1."""

import json
from typing import Any

import pytest

from evalci.core.golden_set import Protocol, ScorerSpec
from evalci.core.json_value import Json
from evalci.core.trial import Score, Trial
from evalci.scorers.registry import prepare, scorer_problems
from tests.calls import make_output
from tests.cases import make_case
from tests.inputs import make_document

INJECTION: dict[str, Json] = {
    "id": "injection",
    "tier": 1,
    "file": "app/db.py",
    "lines": [10, 12],
    "match": "(?i)inject|sql",
}
RACE: dict[str, Json] = {"id": "race", "tier": 2, "file": "app/jobs.py", "line": 40}
NAMING: dict[str, Json] = {"id": "naming", "tier": 3, "match": ["(?i)name", "(?i)naming"]}
ALL = [INJECTION, RACE, NAMING]
GOOD = "- app/db.py:11 SQL injection\n- app/jobs.py:41 is a race\n- the name `x` says nothing\n"


def trial_of(text: str, defects: list[dict[str, Json]], **changes: Any) -> Trial:
    params = {"defects": defects, **changes.pop("params", {})}
    case = make_case(scorers=(ScorerSpec(name="review", params=params, weight=1.0),), **changes)
    return prepare(case).trial(0, make_output(text))


def score_of(text: str, defects: list[dict[str, Json]], **changes: Any) -> Score:
    return trial_of(text, defects, **changes).scores[0]


def test_a_review_that_finds_everything_and_nothing_else_is_perfect() -> None:
    score = score_of(GOOD, ALL)

    assert (score.value, score.reason) == (1.0, "")
    assert score.measures == {
        "found": 3.0,
        "missed": 0.0,
        "false_alarms": 0.0,
        "precision": 1.0,
        "recall": 1.0,
    }


@pytest.mark.parametrize(
    ("text", "found", "alarms", "value"),
    [
        pytest.param(GOOD + "- app/db.py:99 odd\n", 3, 1, 6 / 7, id="a false alarm"),
        pytest.param("- db.py:10 sql\n- app/jobs.py:40\n", 2, 0, 10 / 11, id="tier 3 missed"),
        pytest.param("- db.py:10 sql\n- bad name\n", 2, 0, 8 / 10, id="tier 2 missed"),
        pytest.param(GOOD + "- app/db.py:12 sql again\n", 3, 0, 1.0, id="said twice"),
        pytest.param("app/db.py:11 sql\n\nThank you.\n", 1, 0, 2 / 3, id="prose is no alarm"),
    ],
)
def test_precision_and_a_recall_by_tier_make_the_value(
    text: str, found: int, alarms: int, value: float
) -> None:
    score = score_of(text, ALL)

    assert (score.measures["found"], score.measures["false_alarms"]) == (found, alarms)
    assert score.value == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("- SQL from input/output: see app/db.py:11", id="a slash before the place"),
        pytest.param("- Both util.py:3 and app/db.py:11 inject", id="another place before"),
        pytest.param("- `app/db.py`, line 11: injection", id="the line in words"),
        pytest.param("| File | Line |\n|---|---|\n| db.py | 11 | sql |", id="a table"),
    ],
)
def test_a_defect_is_found_however_its_place_is_written(text: str) -> None:
    assert score_of(text, [INJECTION]).value == 1.0


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("- app/db.py:1-99999 sql", id="in half a million lines"),
        pytest.param("- app/jobs.py:40 race\n- bad name\n", id="not said"),
        pytest.param("- app/db.py:50 sql injection\n", id="at another line"),
        pytest.param("- app/db.py:11 is slow\n", id="in other words"),
        pytest.param("Looks good to me.", id="approved"),
    ],
)
def test_a_missed_defect_of_tier_1_makes_the_trial_zero(text: str) -> None:
    trial = trial_of(text, ALL)

    assert (trial.composite, trial.passed) == (0.0, False)
    assert trial.zeroed_by.startswith("review: missed injection (tier 1)")
    assert trial.scores[0].zeroes


def test_the_floor_holds_whatever_the_other_scorers_say() -> None:
    scorers = (
        ScorerSpec(name="review", params={"defects": [INJECTION]}, weight=0.1),
        ScorerSpec(name="regex", params={"pattern": "."}, weight=0.9),
    )

    trial = prepare(make_case(scorers=scorers)).trial(0, make_output("fine"))

    assert trial.composite == 0.0


def test_a_review_of_weight_0_zeroes_nothing() -> None:
    scorers = (
        ScorerSpec(name="review", params={"defects": [INJECTION]}, weight=0.0),
        ScorerSpec(name="regex", params={"pattern": "."}, weight=1.0),
    )

    trial = prepare(make_case(scorers=scorers)).trial(0, make_output("fine"))

    assert (trial.composite, trial.zeroed_by) == (1.0, "")


def test_one_remark_finds_one_defect() -> None:
    twin = {**INJECTION, "id": "twin"}

    one = score_of("- app/db.py:11 sql", [INJECTION, twin])
    two = score_of("- app/db.py:11 sql\n- app/db.py:10 injection", [INJECTION, twin])

    assert (one.measures["found"], two.measures["found"]) == (1.0, 2.0)


def test_what_is_allowed_is_no_false_alarm() -> None:
    score = score_of(GOOD + "- nit: a space\n", ALL, params={"allowed": "^- nit:"})

    assert score.value == 1.0


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("[]", 1.0, id="no finding"),
        pytest.param('["a.py:3 odd"]', 0.5, id="one false alarm"),
        pytest.param('["a.py:3 odd", "b.py:4"]', 1 / 3, id="two"),
    ],
)
def test_code_without_a_defect_is_judged_by_false_alarms(text: str, value: float) -> None:
    assert score_of(text, [], protocol=Protocol.JSON).value == pytest.approx(value)


def test_json_findings_count() -> None:
    findings = [{"file": "app/db.py", "line": 11, "message": "SQL injection"}]

    score = score_of(json.dumps(findings), [INJECTION], protocol=Protocol.JSON)

    assert score.value == 1.0


@pytest.mark.parametrize(
    ("defects", "line"),
    [
        pytest.param(
            [{"id": "a", "tier": 1}],
            "`cases[0].scorers.review`: the defect `a` needs `file` or `match`",
            id="nothing to find it by",
        ),
        pytest.param(
            [NAMING, NAMING],
            "`cases[0].scorers.review`: `review` has the defect `naming` twice",
            id="twice",
        ),
        pytest.param(
            [{**NAMING, "tier": 4}],
            "`cases[0].scorers.review.defects[0].tier`: 4 is not one of 1, 2, 3",
            id="a fourth tier",
        ),
        pytest.param(
            [{**NAMING, "match": "("}],
            "`cases[0].scorers.review`: pattern '(': missing ): ( (RE2 syntax)",
            id="a broken pattern",
        ),
        pytest.param(
            [{**NAMING, "macht": "x"}],
            "`cases[0].scorers.review.defects[0].macht`: unknown key `macht`; "
            "did you mean `match`?",
            id="an unknown key",
        ),
    ],
)
def test_defects_that_are_not_valid(defects: list[dict[str, Json]], line: str) -> None:
    case = make_case(scorers=(ScorerSpec(name="review", params={"defects": defects}, weight=1.0),))

    (problem,) = scorer_problems(make_document({}), case, ("cases", 0), set())

    assert str(problem) == f"file.json: {line}"
