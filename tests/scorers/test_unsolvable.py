"""Control cases: the right answer says that there is none."""

import pytest

from evalci.core.golden_set import Protocol, ScorerSpec
from evalci.core.json_value import Json
from evalci.core.trial import Score
from evalci.scorers.registry import prepare
from tests.calls import make_output
from tests.cases import make_case


def score_of(text: str, protocol: Protocol = Protocol.TEXT, **params: Json) -> Score:
    spec = ScorerSpec(name="unsolvable", params=params, weight=1.0)
    case = make_case(scorers=(spec,), protocol=protocol)
    return prepare(case).trial(0, make_output(text)).scores[0]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("This cannot be done: the two rules contradict each other.", id="cannot"),
        pytest.param("The mail doesn't mention an order number.", id="doesn't say"),
        pytest.param("The date is not stated in the text.", id="not stated"),
        pytest.param("No such function exists in the module.", id="no such"),
        pytest.param("There is insufficient information.", id="insufficient"),
        pytest.param("It is impossible to sort in O(1).", id="impossible"),
        pytest.param("I can't determine the year from this.", id="can't determine"),
        pytest.param("There is not enough information.", id="not enough"),
    ],
)
def test_an_answer_that_says_so_passes(text: str) -> None:
    score = score_of(text)

    assert (score.value, score.measures) == (1.0, {"recognised": 1.0})


@pytest.mark.parametrize(
    ("text", "protocol"),
    [
        pytest.param("The order number is 4711.", Protocol.TEXT, id="made up"),
        pytest.param("```python\ndef solve(): ...\n```", Protocol.CODE, id="code"),
        pytest.param("", Protocol.TEXT, id="nothing"),
        pytest.param("You cannot go wrong: it is 42.", Protocol.TEXT, id="cannot, of another"),
        pytest.param("You can't miss it: line 3.", Protocol.TEXT, id="can't, of another"),
        pytest.param("Impossible as it sounds: 42.", Protocol.TEXT, id="impossible, of another"),
        pytest.param("42, and not enough is said of it.", Protocol.TEXT, id="not enough of praise"),
    ],
)
def test_an_answer_that_makes_something_up_fails(text: str, protocol: Protocol) -> None:
    score = score_of(text, protocol)

    assert (score.value, score.reason) == (0.0, "does not say that the task cannot be done")


def test_code_all_the_same_fails() -> None:
    score = score_of("This cannot be done.\n```python\nx = 1\n```", Protocol.CODE)

    assert score.value == 0.0
    assert score.reason == "says that the task cannot be done, and gives code all the same"


def test_a_prompt_may_ask_for_a_word_of_its_own() -> None:
    assert score_of("UNSOLVABLE", says="^UNSOLVABLE$").value == 1.0
    assert score_of("This cannot be done.", says="^UNSOLVABLE$").value == 0.0
