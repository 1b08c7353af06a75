"""The judge scorer: how it joins what it hears, and what it tells of it."""

from dataclasses import replace

import pytest

from evalci.core.criterion import Level, condition_of
from evalci.core.golden_set import Protocol, ScorerSpec
from evalci.core.trial import Request
from evalci.errors import CallError, CallFault, StopRunError
from evalci.scorers.judge import JudgeScorer
from evalci.scorers.registry import prepare
from tests.calls import make_output
from tests.cases import make_case
from tests.fake_client import Answer, FakeClient
from tests.judge_desk import (
    ANSWER,
    OUTPUT,
    QUOTE,
    asked,
    make_bench,
    make_criterion,
    make_judge,
    make_rubric,
    make_scorer,
    pair,
    question_case,
    reply,
)

CONDITION = condition_of({"id": "rude", "text": "It is rude."})


def by_criterion(**scores: int) -> FakeClient:
    """Return a judge that gives each criterion, known by its text, its score."""

    def answer(request: Request) -> Answer:
        (score,) = [score for text, score in scores.items() if f": {text}\n" in asked(request)]
        return reply(score)

    return FakeClient(answer)


def test_the_judge_sees_no_reasoning_in_front_of_the_answer() -> None:
    client = by_criterion(one=2)
    scorer = make_scorer(client, make_criterion(id="a", text="one"))

    scorer.score(question_case(), make_output(f"<think>Was it 1815?</think>\n{ANSWER}"))

    assert ANSWER in asked(client.requests[0])
    assert "1815?" not in asked(client.requests[0])


def test_reasoning_alone_is_an_empty_answer() -> None:
    score = make_scorer(FakeClient(reply(2))).score(question_case(), make_output("<think>Hm"))

    assert (score.value, score.reason) == (0.0, "the answer is empty")


def test_each_criterion_is_asked_by_itself_and_weighs_its_share() -> None:
    client = by_criterion(one=2, two=0)
    criteria = [make_criterion(id="a", text="one", weight=3.0), make_criterion(id="b", text="two")]

    score = make_scorer(client, *criteria).score(question_case(), OUTPUT)

    assert score.value == 0.75
    assert [(found.id, found.value) for found in score.criteria] == [("a", 1.0), ("b", 0.0)]
    assert score.reason == "b: It says so."
    assert score.criteria[0].evidence == QUOTE


def test_a_scale_of_ones_own_is_rescaled_and_shown_with_its_examples() -> None:
    client = FakeClient([reply(4)])
    bad = Level(score=1, means="bad", example="Rome")
    levels = (bad, Level(score=4, means="good"), Level(score=5, means="best"))

    score = make_scorer(client, make_criterion(levels=levels)).score(question_case(), OUTPUT)

    assert score.value == 0.75
    assert "1: bad (for example: Rome)" in asked(client.requests[0])


def test_one_criterion_without_a_usable_reply_leaves_no_score() -> None:
    client = FakeClient([reply(2), "no idea", "no idea"])
    criteria = [make_criterion(id="a"), make_criterion(id="b", weight=0.1)]

    score = make_scorer(client, *criteria).score(question_case(), OUTPUT)

    assert score.value is None
    assert [found.value for found in score.criteria] == [1.0, None]
    assert score.reason == "b: the judge's reply was not JSON"


@pytest.mark.parametrize(
    ("said", "value"),
    [
        pytest.param(reply(0), 0.0, id="it holds"),
        pytest.param(reply(1), 1.0, id="it does not hold"),
        pytest.param(reply(1, evidence=""), 1.0, id="what is not there needs no quote"),
    ],
)
def test_a_failure_condition_forces_zero_when_it_holds(said: str, value: float) -> None:
    client = FakeClient([reply(2), said])

    score = make_scorer(client, make_criterion(), CONDITION).score(question_case(), OUTPUT)

    assert score.value == value


def test_a_condition_that_holds_needs_a_quote() -> None:
    client = FakeClient([reply(2), reply(0, evidence=""), reply(0, evidence="")])

    score = make_scorer(client, make_criterion(), CONDITION).score(question_case(), OUTPUT)

    assert score.value is None


def test_repeats_are_averaged_and_their_spread_is_told() -> None:
    client = FakeClient([reply(2), reply(0), reply(1), reply(1)])

    judge = make_judge(repeats=4)
    score = make_scorer(client, judge=judge).score(question_case(), OUTPUT)

    assert score.value == 0.5
    assert score.spread == pytest.approx((1 / 6) ** 0.5)
    assert len({(request.hash, request.trial) for request in client.requests}) == 4


def test_a_repeat_without_a_usable_reply_is_left_out() -> None:
    client = FakeClient([reply(2), "no", "no"])

    score = make_scorer(client, judge=make_judge(repeats=2)).score(question_case(), OUTPUT)

    assert (score.value, score.spread) == (1.0, None)


@pytest.mark.parametrize(
    ("replies", "value"),
    [
        pytest.param((pair("first"), pair("second")), 1.0, id="better in both orders"),
        pytest.param((pair("second"), pair("first")), 0.0, id="worse in both orders"),
        pytest.param((pair("tie"), pair("tie")), 0.5, id="a tie in both orders"),
        pytest.param((pair("first"), pair("first")), 0.5, id="always the first is a tie"),
        pytest.param((pair("second"), pair("second")), 0.5, id="always the second is a tie"),
        pytest.param((pair("first"), pair("tie")), 0.5, id="half a win is a tie"),
        pytest.param((pair("first"), pair("left"), pair("left")), None, id="one order unusable"),
    ],
)
def test_two_answers_are_compared_in_both_orders(
    replies: tuple[str, ...], value: float | None
) -> None:
    client = FakeClient(replies)
    scorer = replace(make_scorer(client), pairwise=True)

    score = scorer.score(replace(question_case(), expected="It is Paris, on the Seine."), OUTPUT)

    assert score.value == value
    first, second = (asked(request) for request in client.requests[:2])
    assert first.index("Paris is the") < first.index("It is Paris")
    assert second.index("It is Paris") < second.index("Paris is the")


def test_a_quote_of_the_reference_alone_compares_nothing() -> None:
    client = FakeClient([pair("first", evidence="It is Paris")] * 4)
    scorer = replace(make_scorer(client), pairwise=True)

    score = scorer.score(replace(question_case(), expected="It is Paris, on the Seine."), OUTPUT)

    assert score.value is None
    assert "letter for letter from the first answer" in client.requests[0].messages[0].content
    assert "letter for letter from the second answer" in client.requests[2].messages[0].content


def test_an_empty_answer_is_zero_without_a_call() -> None:
    assert make_scorer(FakeClient([])).score(question_case(), make_output(" ")).value == 0.0


def test_the_score_says_who_judged_and_what_it_took() -> None:
    paid = make_output(
        reply(2), resolved_model="judge-2026", cost_usd=0.25, input_tokens=10, output_tokens=5
    )
    failed = CallError("boom", fault=CallFault.SERVER, sent=3)
    client = FakeClient([replace(paid, retries=1), failed])

    score = make_scorer(client, judge=make_judge(repeats=2)).score(question_case(), OUTPUT)

    by = score.judge
    assert by is not None
    assert (by.model, by.resolved) == ("openai/judge-stand-in", ("judge-2026",))
    assert (by.rubric, by.unusable) == ("rubric-1", 1)
    assert (by.spend.calls, by.spend.retries, by.spend.usd) == (2, 3, 0.25)


def test_a_judge_that_ends_the_run_says_what_was_sent_before() -> None:
    client = FakeClient([reply(2), StopRunError("the key was refused", sent=1)])

    with pytest.raises(StopRunError) as caught:
        make_scorer(client, make_criterion(id="a"), make_criterion(id="b")).score(
            question_case(), OUTPUT
        )

    assert caught.value.sent == 2


def test_a_judge_without_a_bench_gives_no_score() -> None:
    assert JudgeScorer(rubric=make_rubric()).score(question_case(), OUTPUT).value is None


def test_a_failed_gate_spares_the_judge() -> None:
    case = make_case(
        protocol=Protocol.CODE,
        criteria=[{"id": "right", "text": "It is right."}],
        scorers=tuple(ScorerSpec(name=n, params={}, weight=1.0) for n in ("extracts", "judge")),
    )

    trial = prepare(case, bench=make_bench(FakeClient([]))).trial(0, make_output("\n"))

    assert trial.scores[1].reason == "not run: `extracts` failed"
