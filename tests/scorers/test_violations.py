"""Deductions: points to begin with, what costs some, the floor, and below zero."""

import pytest

from evalci.core.golden_set import ScorerSpec
from evalci.core.json_value import Json
from evalci.core.trial import Score, Trial
from evalci.scorers.registry import prepare, scorer_problems
from evalci.scorers.violations import Violations
from tests.calls import make_output
from tests.cases import make_case
from tests.inputs import make_document

TODO: dict[str, Json] = {"id": "todo left", "weight": 2, "regex": "TODO", "each": True}
SECRET: dict[str, Json] = {"id": "secret", "weight": 9, "regex": "password"}


def spec_of(*rules: dict[str, Json], **params: Json) -> ScorerSpec:
    return ScorerSpec(name="violations", params={"rules": list(rules), **params}, weight=1.0)


def trial_of(text: str, *specs: ScorerSpec) -> Trial:
    return prepare(make_case(scorers=specs)).trial(0, make_output(text))


def score_of(text: str, *rules: dict[str, Json], **params: Json) -> Score:
    return trial_of(text, spec_of(*rules, **params)).scores[0]


@pytest.mark.parametrize(
    ("text", "points"),
    [
        pytest.param("clean", 10.0, id="nothing"),
        pytest.param("TODO", 8.0, id="one"),
        pytest.param("TODO\nTODO TODO\n", 6.0, id="each line"),
        pytest.param("password password", 1.0, id="once"),
        pytest.param("password\nTODO\nTODO", -3.0, id="worse than the input"),
    ],
)
def test_points_are_deducted_from_ten(text: str, points: float) -> None:
    score = score_of(text, TODO, SECRET)

    assert score.value == pytest.approx(points / 10)
    assert score.measures["points"] == points


def test_the_reason_names_points_and_the_first_rule() -> None:
    score = score_of("password\nTODO\nTODO", SECRET, TODO)

    assert score.reason == "-3 of 10, worse than the input: secret −9"
    assert score.details == ("secret −9", "todo left −2 × 2")


def test_a_floor_ends_the_deduction() -> None:
    assert score_of("password\nTODO\nTODO", TODO, SECRET, floor=0).value == 0.0


@pytest.mark.parametrize("floor", [10, 100], ids=["at the start", "above it"])
def test_a_floor_that_leaves_nothing_to_deduct_is_refused(floor: float) -> None:
    case = make_case(scorers=(spec_of(TODO, floor=floor),))

    (problem,) = scorer_problems(make_document({}), case, ("cases", 0), set())

    line = f"`floor` ({floor}) must be below `start` (10)"
    assert str(problem) == f"file.json: `cases[0].scorers.violations`: {line}"


def test_no_floor_gives_more_points_than_the_start() -> None:
    scorer = Violations(start=10.0, floor=1000.0, rules=())

    assert scorer.score(make_case(), make_output("")).value == 1.0


def test_another_start_is_another_scale() -> None:
    assert score_of("TODO", TODO, start=4).value == 0.5


def test_the_composite_ends_at_zero_where_the_scale_of_the_gate_does() -> None:
    trial = trial_of("password\nTODO\nTODO", spec_of(TODO, SECRET))

    assert (trial.composite, trial.scores[0].value) == (0.0, -0.3)


def test_a_value_below_zero_pulls_other_scores_down() -> None:
    contains = ScorerSpec(name="contains", params={"text": "word"}, weight=1.0)

    trial = trial_of("password\nTODO\nTODO", spec_of(TODO, SECRET), contains)

    assert trial.composite == pytest.approx((1.0 - 0.3) / 2)


@pytest.mark.parametrize(
    ("text", "below", "points"),
    [
        pytest.param("yes", 1.0, 10.0, id="the other scorer is content"),
        pytest.param("no", 1.0, 7.0, id="it is not"),
        pytest.param("no", 0.0, 10.0, id="not low enough"),
    ],
)
def test_a_low_score_of_another_scorer_is_a_violation(
    text: str, below: float, points: float
) -> None:
    rule: dict[str, Json] = {"id": "wrong", "weight": 3, "scorer": "exact", "below": below}

    trial = trial_of(text, spec_of(rule), ScorerSpec(name="exact", params={}, weight=0.0))

    assert trial.scores[-1].measures["points"] == points


def test_a_missing_score_leaves_the_deduction_unscored() -> None:
    unscored = ScorerSpec(name="json_schema", params={"schema": {"multipleOf": 0.1}}, weight=0.0)
    rule: dict[str, Json] = {"id": "shape", "weight": 3, "scorer": "json_schema"}

    trial = trial_of("1" + "0" * 400, spec_of(rule), unscored)

    assert trial.composite is None
    assert trial.scores[-1].reason == ("`shape` needs the score of `json_schema`, which is missing")


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        pytest.param(
            {"id": "a", "weight": 1},
            "the rule `a` needs either `regex` or `scorer`",
            id="no source",
        ),
        pytest.param(
            {"id": "a", "weight": 1, "regex": "x", "scorer": "exact"},
            "the rule `a` needs either `regex` or `scorer`",
            id="two sources",
        ),
        pytest.param(
            {"id": "a", "weight": 1, "scorer": "exact"},
            "the rule `a` looks at `exact`, which the case does not have",
            id="an absent scorer",
        ),
        pytest.param(
            {"id": "a", "weight": 1, "scorer": "violations"},
            "the rule `a` looks at `violations`, which the case does not have",
            id="itself",
        ),
    ],
)
def test_rules_that_are_not_valid(rule: dict[str, Json], problem: str) -> None:
    case = make_case(scorers=(spec_of(rule),))

    (found,) = scorer_problems(make_document({}), case, ("cases", 0), set())

    assert str(found) == f"file.json: `cases[0].scorers.violations`: {problem}"
