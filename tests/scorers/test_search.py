"""The search scorer: exact, right file, miss, and the measures behind its value."""

import math

import pytest

from evalci.core.golden_set import Protocol, ScorerSpec
from evalci.core.json_value import Json
from evalci.core.trial import Score
from evalci.scorers.registry import prepare, scorer_problems
from tests.calls import make_output
from tests.cases import make_case
from tests.inputs import make_document

GOLD: list[Json] = [
    {"file": "app/auth.py", "lines": [10, 20]},
    {"file": "app/db.py", "line": 5},
]


def score_of(text: str, protocol: Protocol = Protocol.TEXT, **params: Json) -> Score:
    spec = ScorerSpec(name="search", params={"gold": GOLD, **params}, weight=1.0)
    case = make_case(scorers=(spec,), protocol=protocol)
    return prepare(case).trial(0, make_output(text)).scores[0]


@pytest.mark.parametrize(
    ("answer", "exact", "near", "value"),
    [
        pytest.param("- app/auth.py:12\n- app/db.py:5", 2, 0, 1.0, id="both, first"),
        pytest.param("- app/db.py:5\n- auth.py:10-11", 2, 0, 1.0, id="in any order"),
        pytest.param("app/db.py:5\nauth.py:10", 2, 0, 1.0, id="one place a line"),
        pytest.param("In app/db.py:5 and in auth.py:10.", 2, 0, 1.0, id="both in a sentence"),
        pytest.param("- x.py:1\n- app/db.py:5", 1, 0, 0.387, id="one, second"),
        pytest.param("- app/auth.py:99\n- app/db.py:5", 1, 1, 0.693, id="one in the right file"),
        pytest.param("- app/auth.py:99\n- app/auth.py:98", 0, 1, 0.307, id="a file counts once"),
        pytest.param(
            "- app/auth.py:99\n- app/auth.py:12\n- db.py:5", 2, 1, 0.807, id="then exactly"
        ),
        pytest.param("- app/db.py:5\n- app/db.py:5", 1, 0, 0.613, id="said twice"),
        pytest.param("- x.py:1", 0, 0, 0.0, id="a miss"),
        pytest.param("I do not know.", 0, 0, 0.0, id="nothing named"),
    ],
)
def test_hits_and_their_order_make_the_value(
    answer: str, exact: int, near: int, value: float
) -> None:
    score = score_of(answer)

    assert (score.measures["exact"], score.measures["right_file"]) == (exact, near)
    assert score.value == pytest.approx(value, abs=0.001)


@pytest.mark.parametrize(
    ("measure", "value"),
    [
        pytest.param("ndcg", (0.5 + 1 / math.log2(3)) / (1 + 1 / math.log2(3)), id="ndcg"),
        pytest.param("mrr", 0.5, id="mrr"),
        pytest.param("recall", 0.5, id="recall"),
        pytest.param("precision", 0.2, id="precision"),
    ],
)
def test_the_measure_is_chosen(measure: str, value: float) -> None:
    score = score_of('["app/auth.py:99", "app/db.py:5"]', Protocol.JSON, measure=measure, k=5)

    assert score.value == pytest.approx(value)


def test_the_reason_counts() -> None:
    score = score_of("- app/auth.py:99\n- app/db.py:5")

    assert score.reason == "1 of 2 exact, 1 in the right file, 1 missed"


def test_no_list_can_score_more_than_the_best_one() -> None:
    score = score_of("- app/auth.py:99\n- app/db.py:99\n- app/auth.py:12\n- app/db.py:5\n")

    assert score.value is not None
    assert score.value < 1.0


def test_a_search_without_gold_is_refused() -> None:
    case = make_case(scorers=(ScorerSpec(name="search", params={"gold": []}, weight=1.0),))

    (problem,) = scorer_problems(make_document({}), case, ("cases", 0), set())

    assert str(problem) == "file.json: `cases[0].scorers.search.gold`: is empty"
