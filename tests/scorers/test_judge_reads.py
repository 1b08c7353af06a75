"""What the judge is sent: the task and the answer as data, masked, cut and without secrets."""

import re
from dataclasses import replace

import pytest

from evalci.core.golden_set import Protocol, ScorerSpec
from evalci.core.model_config import ModelConfig
from evalci.scorers.registry import prepare
from tests.calls import make_output
from tests.fake_client import FakeClient
from tests.judge_desk import (
    ANSWER,
    OUTPUT,
    asked,
    make_bench,
    make_judge,
    make_scorer,
    question_case,
    reply,
)
from tests.signatures import SIGNATURES, TELLING


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
