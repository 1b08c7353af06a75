"""A judge that cannot be asked: the measurement ends soon, without a score that nobody gave."""

from collections.abc import Callable

import pytest

from evalci.core.golden_set import Case, ScorerSpec
from evalci.core.trial import Request
from evalci.errors import CallError, CallFault
from evalci.measure import HOPELESS_AFTER, LEAST_ROUND, Measured, Work, measure
from evalci.scorers.registry import prepare
from tests.calls import make_output, make_request
from tests.cases import make_case
from tests.fake_client import Answer, FakeClient
from tests.judge_desk import (
    ANSWER,
    QUOTE,
    make_bench,
    make_criterion,
    make_judge,
    make_scorer,
    question_case,
    reply,
)

DOWN = CallError("the vendor is down", fault=CallFault.SERVER, sent=7)
CRITERIA = [{"id": "right", "text": "It is right."}, {"id": "short", "text": "It is short."}]


def judged_case() -> Case:
    """Return a case that a judge scores by two criteria."""
    return make_case(
        criteria=CRITERIA, scorers=(ScorerSpec(name="judge", params={}, weight=1.0),), expected=None
    )


def run(count: int, judge: Callable[[Request], Answer]) -> tuple[Measured, FakeClient]:
    """Measure so many answers with a judge; return what came of it, and the judge."""
    client = FakeClient(judge)
    scorer = prepare(judged_case(), bench=make_bench(client))
    work = [Work(request=make_request(trial=n), scorer=scorer) for n in range(count)]
    measured = measure(
        work,
        client=FakeClient(lambda _: ANSWER),
        concurrency=1,
        clean=lambda trial: trial,
        on_trial=lambda _trial, _request: None,
    )
    return measured, client


def after(good: int) -> Callable[[Request], Answer]:
    """Return a judge that breaks down after so many replies."""
    replies = [reply(2, evidence=QUOTE)] * good
    return lambda _: replies.pop() if replies else DOWN


@pytest.mark.parametrize(
    ("count", "good", "measured"),
    [
        pytest.param(60, 0, HOPELESS_AFTER, id="from the start"),
        pytest.param(60, 20, 10 + HOPELESS_AFTER, id="in the middle"),
        pytest.param(8, 0, 8, id="a whole round of few answers"),
    ],
)
def test_an_outage_of_the_judge_ends_the_measurement(count: int, good: int, measured: int) -> None:
    found, client = run(count, after(good))

    assert len(found.trials) == measured
    why = "answers in a row have no score: the judge could not be asked: the vendor is down"
    assert found.stopped.partition(" ")[2] == why
    assert [t.composite for t in found.trials] == [1.0] * (good // 2) + [None] * (
        measured - good // 2
    )
    # One question an answer: what went on failing is not asked the same of every criterion.
    assert len(client.requests) == good + (measured - good // 2)


def test_a_few_answers_that_the_vendor_fails_on_do_not_end_it() -> None:
    found, _ = run(LEAST_ROUND - 1, after(0))

    assert found.stopped == ""


def test_replies_of_no_use_are_no_outage() -> None:
    found, _ = run(HOPELESS_AFTER + 5, lambda _: "no JSON")

    assert (len(found.trials), found.stopped) == (HOPELESS_AFTER + 5, "")


def test_a_repeat_that_came_before_the_outage_counts() -> None:

    scorer = make_scorer(FakeClient(after(1)), make_criterion(), judge=make_judge(repeats=3))

    score = scorer.score(question_case(), make_output(ANSWER))

    assert score.value == 1.0
    assert score.judge is not None
    assert score.judge.spend.calls == 2
