"""How labels become ratings of a run's answers."""

from typing import Any

import pytest

from evalci.core.answered import Answered, answered_in, labelled, placed
from evalci.core.criterion import Criterion
from evalci.core.golden_set import ScorerSpec
from evalci.core.hashes import content_hash
from evalci.core.label import Label
from evalci.core.rating import answer_name, criteria_of, rubric_in
from evalci.core.trial import JudgedBy, Score
from evalci.errors import BadInputError
from tests.calls import make_output
from tests.cases import make_case, make_hashes
from tests.runs import make_run, make_run_case, make_trial

CLEAR = ({"id": "c", "text": "Clear."},)
RIGHT = Criterion(id="right", text="The answer is right.")
ANSWERS = (
    Answered(case="a", trial=1, answer="text-1", criteria=(RIGHT,), item="i1"),
    Answered(case="a", trial=0, answer="text-0", criteria=(RIGHT,), item="i0"),
    Answered(case="c", trial=0, answer=answer_name("Rome"), criteria=(RIGHT,), item="ic"),
    Answered(case="c", trial=2, answer=answer_name("Paris\nit is\n"), criteria=(RIGHT,), item="id"),
    Answered(case="b", trial=0, answer="text-b", criteria=(RIGHT,), item="ib"),
)


def label(**changes: Any) -> Label:
    given = {"source": "ada.csv", "line": 7, "reviewer": "Ada", "criterion": "right", "score": 1}
    return Label(**{**given, **changes})


@pytest.mark.parametrize(
    ("who", "place"),
    [
        pytest.param({"item": "i1"}, ("a", 1), id="an item"),
        pytest.param({"case": "a", "trial": 1}, ("a", 1), id="a trial"),
        pytest.param({"case": "a"}, ("a", 0), id="the first trial"),
        pytest.param({"case": "a", "trial": 5, "answer": "text-1"}, ("a", 1), id="the same name"),
        pytest.param({"case": "c", "answer": "Paris\nit is"}, ("c", 2), id="the same text"),
    ],
)
def test_a_label_finds_its_answer(who: dict[str, Any], place: tuple[str, int]) -> None:
    (rating,) = labelled([label(**who)], ANSWERS).ratings

    assert (rating.place.case, rating.place.trial, rating.value) == (*place, 0.5)


@pytest.mark.parametrize(
    "who",
    [{"case": "gone"}, {"case": "a", "trial": 9}, {"case": "a", "answer": "another"}],
    ids=["case", "trial", "text"],
)
def test_a_label_of_what_is_not_there_is_unmatched(who: dict[str, Any]) -> None:
    found = labelled([label(**who)], ANSWERS)

    assert (found.ratings, found.unmatched) == ((), 1)


@pytest.mark.parametrize(
    ("who", "nameless"),
    [({"case": "a"}, 1), ({"case": "a", "answer": "text-0"}, 0), ({"item": "i0"}, 0)],
    ids=["a case alone", "its text", "an item"],
)
def test_a_label_that_does_not_name_its_text_is_counted(who: dict[str, Any], nameless: int) -> None:
    assert labelled([label(**who)], ANSWERS).nameless == nameless


def test_a_kept_label_finds_its_answer_in_a_later_run() -> None:
    later = [Answered(case="b", trial=3, answer="text-b", criteria=(RIGHT,))]

    (rating,) = labelled(placed([label(item="ib")], ANSWERS), later).ratings

    assert rating.place.trial == 3


@pytest.mark.parametrize(
    ("labels", "line"),
    [
        pytest.param([label(item="no")], "no item `no` in this sample", id="item"),
        pytest.param(
            [label(item="i0", criterion="rigth")],
            "no criterion `rigth` of this answer; did you mean `right`?",
            id="criterion",
        ),
        pytest.param(
            [label(item="i0", score=3)], "3 is not on the scale of `right` (0, 1, 2)", id="score"
        ),
        pytest.param(
            [label(item="i0"), label(item="i0", score=2)],
            "`Ada` has given `right` another score already",
            id="contradiction",
        ),
    ],
)
def test_a_wrong_label_is_named_with_its_line(labels: list[Label], line: str) -> None:
    with pytest.raises(BadInputError) as caught:
        labelled(labels, ANSWERS)

    assert str(caught.value) == f"ada.csv:7: {line}"


def test_the_same_label_twice_counts_once() -> None:
    assert len(labelled([label(item="i0"), label(item="i0")], ANSWERS).ratings) == 1


def test_only_answers_to_cases_as_they_are_now_are_rated() -> None:
    case = make_case(id="same")
    hashes = make_hashes(content=content_hash(case))
    trial = make_trial(case="same", output=make_output("yes"))
    run = make_run(
        make_run_case(id="same", hashes=hashes, trials=(trial,)), make_run_case(id="edited")
    )

    (found,) = answered_in(run, [case, make_case(id="edited")])

    assert (found.case, found.answer) == ("same", answer_name("yes"))


@pytest.mark.parametrize(
    ("rubric", "rated"), [("now", 1), ("before", 0)], ids=["this rubric", "an earlier one"]
)
def test_what_another_rubric_judged_is_left_out(rubric: str, rated: int) -> None:
    spec = ScorerSpec(name="judge", params={"rubric": {"criteria": CLEAR}}, weight=1.0)
    case = make_case(scorers=(spec,))
    now = rubric_in(case)
    assert now is not None
    by = JudgedBy(model="g/judge", rubric={"now": now.hash}.get(rubric, rubric))
    trial = make_trial(scores=(Score(scorer="judge", value=1.0, judge=by),))
    hashes = make_hashes(content=content_hash(case))

    found = answered_in(make_run(make_run_case(hashes=hashes, trials=(trial,))), [case])

    assert len(found) == rated


def test_a_case_without_criteria_is_asked_one_question() -> None:
    spec = ScorerSpec(name="exact", params={}, weight=1.0)

    assert [one.id for one in criteria_of(make_case(scorers=(spec,)))] == ["overall"]


def test_people_compare_with_the_reference_where_the_judge_does() -> None:
    rubric = {
        "criteria": [{"id": "c", "text": "Clear."}],
        "fail_if": [{"id": "f", "text": "Rude."}],
    }
    spec = ScorerSpec(name="judge", params={"rubric": rubric, "mode": "pairwise"}, weight=1.0)

    asked = criteria_of(make_case(scorers=(spec,)))

    assert [one.levels[-1].means for one in asked] == [
        "the answer is better",
        "the condition does not hold",
    ]
