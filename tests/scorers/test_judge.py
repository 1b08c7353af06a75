"""The judge scorer: what it asks, how it joins what it hears, and what it tells of it."""

import re
from dataclasses import replace

import pytest

from evalci.core.criterion import Level, condition_of
from evalci.core.golden_set import Protocol, ScorerSpec
from evalci.core.json_value import Json
from evalci.core.model_config import ModelConfig
from evalci.core.trial import Request
from evalci.errors import CallError, CallFault, StopRunError
from evalci.scorers.judge import JudgeScorer, build_judge, questions_of
from evalci.scorers.judge_seat import judge_share, judged_alone, with_judge
from evalci.scorers.registry import prepare
from tests.fakes import Answer, FakeClient, make_case, make_output
from tests.judge_desk import (
    ANSWER,
    QUOTE,
    make_bench,
    make_criterion,
    make_judge,
    make_rubric,
    make_scorer,
    pair,
    question_case,
    reply,
)
from tests.signatures import SIGNATURES, TELLING

OUTPUT = make_output(ANSWER)
CONDITION = condition_of({"id": "rude", "text": "It is rude."})


def asked(request: Request) -> str:
    return "\n".join(message.content for message in request.messages)


def by_criterion(**scores: int) -> FakeClient:
    """Return a judge that gives each criterion, known by its text, its score."""

    def answer(request: Request) -> Answer:
        (score,) = [score for text, score in scores.items() if f": {text}\n" in asked(request)]
        return reply(score)

    return FakeClient(answer)


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


def test_the_judge_sees_task_reference_and_answer_as_data_and_not_the_prompt() -> None:
    client = FakeClient([reply(2)])
    case = replace(question_case(), expected="Paris.", prompt="prompts/secret.md")

    make_scorer(client).score(case, OUTPUT)

    text = client.requests[0].messages[1].content
    key = re.findall(r"<<answer (\w+)>>", text)[0]
    assert f"<<task {key}>>\nq:\nWhat is the capital of France?\n<<end {key}>>" in text
    assert f"<<reference answer {key}>>\nParis.\n<<end {key}>>" in text
    assert f"<<answer {key}>>\n{ANSWER}\n" in text


def test_an_answer_cannot_know_the_marks_that_end_it() -> None:
    keys = []
    for text in (ANSWER, f"{ANSWER}!"):
        client = FakeClient([reply(2)])
        make_scorer(client).score(question_case(), make_output(text))
        keys += re.findall(r"<<answer (\w+)>>", asked(client.requests[0]))

    assert len(set(keys)) == 2


@pytest.mark.parametrize("signature", SIGNATURES)
def test_a_blind_judge_never_reads_who_wrote_the_answer(signature: str) -> None:
    client = FakeClient([reply(2), reply(2)])
    names = ("claude", "anthropic", "sonnet", "opus", "haiku", "claude-sonnet-4-6")
    case = replace(question_case(), inputs={"q": signature}, expected=signature)

    score = make_scorer(client, judge=make_judge(author=names)).score(
        case, make_output(f"{ANSWER}\n{signature}")
    )

    assert not any(name in asked(client.requests[0]).casefold() for name in TELLING)
    assert score.judge is not None
    assert score.judge.masked >= 3


def test_code_is_shown_as_it_is() -> None:
    client = FakeClient([reply(2, evidence="import anthropic")])
    code = replace(question_case(), protocol=Protocol.CODE)

    score = make_scorer(client).score(code, make_output("import anthropic\nclaude = 1"))

    assert "import anthropic\nclaude = 1" in asked(client.requests[0])
    assert (score.value, score.judge and score.judge.masked) == (1.0, 0)


def test_a_long_answer_loses_its_middle_and_says_so() -> None:
    client = FakeClient([reply(2, evidence="word 1 word")])
    text = " ".join(f"word {n}" for n in range(9_000))

    score = make_scorer(client).score(question_case(), make_output(text))

    assert len(asked(client.requests[0])) < 30_000
    assert "characters left out …]" in asked(client.requests[0])
    assert score.judge is not None
    assert score.judge.cut == len(text) - 24_000


def test_a_quote_of_the_reference_alone_compares_nothing() -> None:
    client = FakeClient([pair("first", evidence="It is Paris")] * 4)
    scorer = replace(make_scorer(client), pairwise=True)

    score = scorer.score(replace(question_case(), expected="It is Paris, on the Seine."), OUTPUT)

    assert score.value is None
    assert "letter for letter from the first answer" in client.requests[0].messages[0].content
    assert "letter for letter from the second answer" in client.requests[2].messages[0].content


def test_our_own_mark_of_a_cut_is_no_quote() -> None:
    client = FakeClient([reply(2, evidence="characters left out")] * 2)
    text = " ".join(f"word {n}" for n in range(9_000))

    score = make_scorer(client).score(question_case(), make_output(text))

    assert score.value is None
    assert score.reason == "right: the judge's evidence is not in the answer"


def test_no_secret_goes_to_the_judge() -> None:
    client = FakeClient([reply(2)])

    make_scorer(client, clean=lambda text: text.replace("Seine", "[redacted]")).score(
        question_case(), OUTPUT
    )

    assert "Seine" not in asked(client.requests[0])


def test_an_empty_answer_is_zero_without_a_call() -> None:
    assert make_scorer(FakeClient([])).score(question_case(), make_output(" ")).value == 0.0


def test_temperature_is_zero_unless_the_model_config_says_otherwise() -> None:
    client = FakeClient([reply(2), reply(2)])
    warm = ModelConfig(name="judge", id="openai/judge", params={"temperature": 0.5})

    make_scorer(client).score(question_case(), OUTPUT)
    make_scorer(client, judge=make_judge(model=warm)).score(question_case(), OUTPUT)

    assert [request.params["temperature"] for request in client.requests] == [0, 0.5]


def test_two_trials_with_one_answer_are_judged_apart() -> None:
    client = FakeClient([reply(2), reply(2)])
    case = replace(question_case(), scorers=(ScorerSpec(name="judge", params={}, weight=1.0),))
    case = replace(case, criteria=[{"id": "right", "text": "It is right."}])
    scorer = prepare(case, bench=make_bench(client))

    for number in (0, 1):
        scorer.trial(number, OUTPUT)

    assert len({request.hash for request in client.requests}) == 2
    assert all(request.hash.startswith("request-a-1.") for request in client.requests)


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


def test_pairwise_needs_a_reference() -> None:
    case = make_case(expected=None, criteria=[{"id": "a", "text": "x"}])

    with pytest.raises(ValueError, match="`mode: pairwise` compares with `expected`"):
        build_judge({"mode": "pairwise"}, case)


@pytest.mark.parametrize(
    ("params", "count"), [({}, 2), ({"mode": "pairwise"}, 4)], ids=["scale", "pairwise"]
)
def test_the_questions_of_a_case_are_known_beforehand(params: dict[str, str], count: int) -> None:
    spec = ScorerSpec(name="judge", params=params, weight=1.0)
    case = make_case(criteria=[{"id": n, "text": n} for n in "ab"], scorers=(spec,))

    assert questions_of(case) == count


def test_the_judge_is_part_of_how_a_case_is_scored() -> None:
    spec = ScorerSpec(name="judge", params={"mode": "scale"}, weight=1.0)

    (seated,) = with_judge(make_case(scorers=(spec,)), make_judge()).scorers

    assert seated.params["judge"] == make_judge().as_json()


@pytest.mark.parametrize(
    ("weights", "alone"),
    [
        pytest.param({"judge": 1.0}, True, id="the judge and nothing else"),
        pytest.param({"judge": 1.0, "chrf": 0.0}, True, id="another is shown only"),
        pytest.param({"judge": 0.1, "tests": 0.9}, False, id="another decides, too"),
        pytest.param({"judge": 0.0, "tests": 1.0}, False, id="the judge is shown only"),
    ],
)
def test_a_judge_alone_is_the_only_one_with_weight(
    weights: dict[str, float], *, alone: bool
) -> None:
    specs = [ScorerSpec(name=name, params={}, weight=weight) for name, weight in weights.items()]

    assert judged_alone(specs) is alone


def ruled(*scorers: str) -> ScorerSpec:
    """Return `violations` with a rule of two points of ten for each scorer, a pattern for none."""
    rules: list[Json] = [
        {"id": f"r{n}", "weight": 2, "scorer": name} for n, name in enumerate(scorers) if name
    ]
    rules += [{"id": "p", "weight": 2, "regex": "x"}] * scorers.count("")
    return ScorerSpec(name="violations", params={"rules": rules}, weight=1.0)


@pytest.mark.parametrize(
    ("specs", "alone", "share"),
    [
        pytest.param([ruled("judge")], True, 0.2, id="a rule looks at the judge"),
        pytest.param([ruled("judge", "")], False, 0.2, id="a pattern deducts as well"),
        pytest.param([ruled("tests")], False, 0.0, id="a rule looks at another scorer"),
        pytest.param(
            [ScorerSpec(name="judge", params={}, weight=3.0), ruled("")],
            *(False, 0.75),
            id="the judge with another scorer",
        ),
    ],
)
def test_a_rule_on_the_judge_counts_as_the_judge(
    specs: list[ScorerSpec], *, alone: bool, share: float
) -> None:
    specs = [ScorerSpec(name="judge", params={}, weight=0.0), *specs]

    assert judged_alone(specs) is alone
    assert judge_share(specs) == pytest.approx(share)
