"""Results of scorers of the user's own: typed, or no score."""

import pytest

from evalci.core.custom_result import read_result
from evalci.core.json_value import Json


def test_a_typed_result_is_a_score() -> None:
    data: Json = {
        "value": 0.5,
        "reason": "half",
        "details": ["one", "two"],
        "measures": {"words": 7},
    }

    score = read_result("polite", data)

    assert (score.scorer, score.value, score.reason) == ("polite", 0.5, "half")
    assert (score.details, score.measures) == (("one", "two"), {"words": 7.0})


def test_no_value_is_no_score_and_keeps_its_reason() -> None:
    score = read_result("polite", {"value": None, "reason": "no model"})

    assert (score.value, score.reason) == (None, "no model")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(0.5, id="a bare number"),
        pytest.param("0.5", id="a text"),
        pytest.param({}, id="no value"),
        pytest.param({"value": "0.5"}, id="a number as text"),
        pytest.param({"value": True}, id="a truth value"),
        pytest.param({"value": 1.5}, id="above 1"),
        pytest.param({"value": -0.1}, id="below 0"),
        pytest.param({"value": float("nan")}, id="NaN"),
        pytest.param({"value": 1, "measures": {"x": float("inf")}}, id="an infinite measure"),
        pytest.param({"value": 1, "measures": [1]}, id="measures without names"),
        pytest.param({"value": 1, "details": "one"}, id="details that are one text"),
        pytest.param({"value": 1, "score": 1}, id="an unknown key"),
        pytest.param([{"value": 1}], id="a list"),
        pytest.param(None, id="nothing"),
    ],
)
def test_nothing_is_guessed(data: Json) -> None:
    score = read_result("polite", data)

    assert score.value is None
    assert score.reason.startswith("not a result: ")
