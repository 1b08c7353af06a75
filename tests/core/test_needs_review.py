"""Which answers a person should look at, because their scores are ambiguous."""

from typing import Any

import pytest

from evalci.core.needs_review import needs_review
from evalci.core.trial import JudgedBy, Score, Trial
from tests.runs import make_carried, make_run, make_run_case, make_trial

BY = JudgedBy(model="gemini/judge")


def judged(value: float | None, **changes: Any) -> Score:
    return Score(**{"scorer": "judge", "value": value, "judge": BY, **changes})


def whys(*scores: Score, passed: bool | None = None) -> list[str]:
    trial = make_trial(scores=scores, passed=passed)
    return [doubt.why for doubt in needs_review(make_run(make_run_case(trials=(trial,))))]


@pytest.mark.parametrize(
    ("score", "passed", "why"),
    [
        pytest.param(
            judged(None, reason="right: the judge abstained"),
            None,
            "the judge has no score: right: the judge abstained",
            id="no score",
        ),
        pytest.param(
            judged(0.5, spread=0.25), None, "the judge's repeats differ by 0.25", id="repeats"
        ),
        pytest.param(
            judged(0.75), False, "the answer fails, yet judge gives 0.75", id="fails and good"
        ),
        pytest.param(
            judged(0.25), True, "the answer passes, yet judge gives 0.25", id="passes and bad"
        ),
        pytest.param(
            Score(scorer="chrf", value=0.9),
            False,
            "the answer fails, yet chrf gives 0.90",
            id="fails and similar",
        ),
    ],
)
def test_an_ambiguous_answer_joins_the_queue(score: Score, passed: bool | None, why: str) -> None:
    assert whys(score, passed=passed) == [why]


@pytest.mark.parametrize(
    ("score", "passed"),
    [
        pytest.param(judged(0.74), False, id="fails, and the judge is not sure"),
        pytest.param(judged(0.26), True, id="passes, and the judge is not sure"),
        pytest.param(judged(1.0), True, id="passes and good"),
        pytest.param(judged(0.0), None, id="nothing but the judge"),
        pytest.param(judged(0.5, spread=0.2), None, id="repeats that differ a little"),
        pytest.param(Score(scorer="judge", value=0.0), True, id="a judge that was not asked"),
        pytest.param(Score(scorer="exact", value=0.0), True, id="a scorer that passes or fails"),
        pytest.param(Score(scorer="chrf", value=None), False, id="unscored, but no judge"),
    ],
)
def test_a_clear_answer_does_not(score: Score, passed: bool | None) -> None:
    assert whys(score, passed=passed) == []


def test_an_answer_stands_in_the_queue_once() -> None:
    assert len(whys(judged(1.0, spread=0.5), Score(scorer="chrf", value=0.9), passed=False)) == 1


def test_what_was_carried_forward_is_not_looked_at_again() -> None:
    trial: Trial = make_trial(scores=(judged(None),))
    carried = make_carried(trials=(trial,))

    assert needs_review(make_run(carried)) == ()
