"""A judge's bench for tests: a small rubric, an answer, and replies a judge might give."""

import json
from dataclasses import replace
from typing import Any

from evalci.core.criterion import Criterion
from evalci.core.golden_set import Case
from evalci.core.json_value import Json
from evalci.core.judge_config import Judge
from evalci.core.model_config import ModelConfig
from evalci.core.ports import ModelClient
from evalci.core.rubric import Rubric
from evalci.core.trial import Request
from evalci.scorers.judge import Bench, JudgeScorer
from tests.calls import make_output
from tests.cases import make_case

ANSWER = "Paris is the capital of France.\nIt lies on the \u201cSeine\u201d, in the north."
QUOTE = "Paris is the capital"
OUTPUT = make_output(ANSWER)


def make_judge(**changes: Any) -> Judge:
    """Return a judge that is asked once and knows the author as `claude`."""
    model = ModelConfig(name="judge", id="openai/judge-stand-in", family="gemini")
    return replace(Judge(model=model, repeats=1, author=("claude",)), **changes)


def make_bench(client: ModelClient, **changes: Any) -> Bench:
    """Return a bench for the first trial of a request."""
    judge = changes.pop("judge", make_judge())
    bench = Bench(judge=judge, client=client, clean=lambda text: text, request="request-a-1")
    return replace(bench, **changes)


def make_rubric(*criteria: Criterion) -> Rubric:
    """Return a rubric with one criterion, `right`, on the usual scale."""
    return Rubric(criteria=criteria or (make_criterion(),), hash="rubric-1")


def make_criterion(**changes: Any) -> Criterion:
    """Return the criterion `right`."""
    return replace(Criterion(id="right", text="The answer is right."), **changes)


def make_scorer(client: ModelClient, *criteria: Criterion, **changes: Any) -> JudgeScorer:
    """Return a judge scorer at its bench."""
    return JudgeScorer(rubric=make_rubric(*criteria), bench=make_bench(client, **changes))


def question_case(**changes: Any) -> Case:
    """Return the case that `ANSWER` answers."""
    return make_case(inputs={"q": "What is the capital of France?"}, expected=None, **changes)


def asked(request: Request) -> str:
    """Return all that a request says."""
    return "\n".join(message.content for message in request.messages)


def reply(score: Json = 2, *, evidence: Json = QUOTE, reason: Json = "It says so.") -> str:
    """Return a judge's reply in the form that is asked for."""
    return json.dumps({"evidence": evidence, "reason": reason, "score": score})


def pair(better: Json, *, evidence: Json = QUOTE) -> str:
    """Return a judge's reply to which of two answers is better."""
    return json.dumps({"evidence": evidence, "reason": "It says more.", "better": better})
