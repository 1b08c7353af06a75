"""Rubrics: files with scales and conditions, and the criteria of a case."""

import pytest

from evalci.core.document import Document
from evalci.core.json_value import Json
from evalci.core.rubric import criteria_problems, read_rubric, rubric_of, rubric_problems
from evalci.errors import BadInputError
from evalci.rubrics import NAMES
from tests.fake_repository import FakeFiles
from tests.inputs import document, make_document

GOOD = """\
criteria:
  - id: right
    text: It is right.
    weight: 2
    levels:
      - {score: 1, means: wrong, example: Rome}
      - {score: 5, means: right, example: Paris}
fail_if:
  - {id: rude, text: It is rude.}
"""


def lines(text: str) -> list[str]:
    return [str(problem) for problem in rubric_problems(rubric_file(text))]


def rubric_file(text: str) -> Document:
    return document(text, "rubrics/r.yaml")


def test_a_rubric_has_criteria_on_their_scales_and_conditions() -> None:
    rubric = rubric_of(rubric_file(GOOD).data, None)  # type: ignore[arg-type]  # an object

    right, rude = rubric.criteria
    assert (right.weight, right.value_of(1), right.value_of(5)) == (2.0, 0.0, 1.0)
    assert (rude.forces_zero, rude.weight) == (True, 0.0)


@pytest.mark.parametrize("name", NAMES)
def test_the_rubrics_of_evalci_are_good_and_have_an_example_for_every_level(name: str) -> None:
    data, problems = read_rubric(name, "golden/desk", FakeFiles({}))

    assert problems == []
    assert all(
        level.example
        for criterion in rubric_of(data, None).criteria[:4]
        for level in criterion.levels
    )


def test_a_rubric_is_a_path_in_the_golden_set() -> None:
    data, _ = read_rubric(
        "rubrics/r.yaml", "golden/desk", FakeFiles({"golden/desk/rubrics/r.yaml": GOOD})
    )

    assert rubric_of(data, None).criteria[0].id == "right"


def test_an_unknown_name_is_refused_with_a_near_miss() -> None:
    with pytest.raises(BadInputError, match="no rubric is named `reviews`; did you mean `review`"):
        read_rubric("reviews", "golden/desk", FakeFiles({}))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param(
            GOOD.replace("weight: 2", "wieght: 2"),
            "rubrics/r.yaml:4: `criteria[0].wieght`: unknown key `wieght`; did you mean `weight`?",
            id="an unknown key",
        ),
        pytest.param(
            GOOD.replace("score: 5", "score: 1"),
            "rubrics/r.yaml:5: `criteria[0].levels`: two levels have one score",
            id="two levels with one number",
        ),
        pytest.param(
            GOOD.replace("score: 5", "score: 4.5"),
            "rubrics/r.yaml:7: `criteria[0].levels[1].score`: 4.5 is not a whole number; "
            "the number of this level",
            id="a level that is no whole number",
        ),
        pytest.param(
            "criteria: []\n",
            "rubrics/r.yaml:1: `criteria`: is empty; what is judged, each by itself",
            id="no criteria",
        ),
        pytest.param(
            "fail_if: []\n", "rubrics/r.yaml:1: missing key `criteria`", id="nothing to judge"
        ),
    ],
)
def test_a_problem_has_a_line_and_a_hint(text: str, line: str) -> None:
    assert lines(text) == [line]


@pytest.mark.parametrize(
    ("file", "own", "cause"),
    [
        pytest.param({}, None, "nothing to judge", id="neither rubric nor criteria"),
        pytest.param(
            {},
            [{"id": "a", "text": "x", "scorer": "tests"}],
            "nothing to judge",
            id="all criteria are another scorer's",
        ),
        pytest.param(
            {"criteria": [{"id": "a", "text": "x"}]},
            [{"id": "a", "text": "y"}],
            "`a` stands in the rubric twice",
            id="a criterion with the id of another",
        ),
        pytest.param(
            {}, [{"id": "a", "text": "x", "weight": 0}], "weight 0", id="nothing has weight"
        ),
    ],
)
def test_a_rubric_that_judges_nothing_is_refused(
    file: dict[str, Json], own: Json, cause: str
) -> None:
    with pytest.raises(ValueError, match=cause):
        rubric_of(file, own)


def test_a_criterion_of_another_scorer_is_not_asked_of_the_judge() -> None:
    own: Json = [{"id": "a", "text": "x"}, {"id": "b", "text": "y", "scorer": "tests"}]

    assert [criterion.id for criterion in rubric_of({}, own).criteria] == ["a"]


def test_a_changed_word_changes_the_hash() -> None:
    hashes = {rubric_of({}, [{"id": "a", "text": text}]).hash for text in ("one", "two")}

    assert len(hashes) == 2


def test_a_weight_that_nothing_uses_is_refused() -> None:
    given: Json = [{"id": "b", "text": "y", "scorer": "tests", "weight": 3}]
    case = make_document({"criteria": given})

    (problem,) = criteria_problems(case, given, (), {"tests"})

    line = "only the judge weighs criteria, and this one is the business of `tests`"
    hint = "leave it out, or give `tests` a weight"
    assert str(problem) == f"file.json: `criteria[0].weight`: {line}; {hint}"


def test_a_weight_of_the_judge_s_criterion_is_used() -> None:
    given: Json = [{"id": "b", "text": "y", "weight": 3}]

    assert criteria_problems(make_document({"criteria": given}), given, ()) == []
