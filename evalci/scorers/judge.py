"""The scorer that asks a model: one criterion at a time, blind, with evidence, never a guess."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from evalci.core.answer import without_reasoning
from evalci.core.criterion import Criterion
from evalci.core.golden_set import Case
from evalci.core.hashes import digest
from evalci.core.json_value import JsonObject, as_object
from evalci.core.judge_config import Judge
from evalci.core.judge_question import (
    FORMAT,
    Material,
    Question,
    asked_again,
    material_of,
    pair_questions,
    scale_question,
)
from evalci.core.judge_reply import Reply, read_reply
from evalci.core.judgement import UNREACHED, judgement_of
from evalci.core.ports import ModelClient
from evalci.core.rubric import Rubric, rubric_of
from evalci.core.trial import JudgedBy, Message, Output, Request, Score, spend_on
from evalci.errors import CallError, StopRunError
from evalci.scorers.base import ScorerKind, Tier, parameters

NAME = "judge"
ATTEMPTS = 2
PAIRWISE = "pairwise"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What a judge works with: who it is, how to ask it, and for which trial of which request.

    ``clean`` takes secrets out of what is sent to another vendor. ``request`` and ``trial`` make
    the judgements of two trials draws of their own, even when both got the same answer.
    """

    judge: Judge
    client: ModelClient
    clean: Callable[[str], str]
    request: str
    trial: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeScorer:
    """The weighted mean of a rubric's criteria; unscored as soon as one has no usable reply."""

    rubric: Rubric
    pairwise: bool = False
    bench: Bench | None = None

    def score(self, case: Case, output: Output) -> Score:
        """Ask about every criterion, as often as the config repeats it."""
        if self.bench is None:
            return Score(scorer=NAME, value=None, reason="no judge is at hand")
        if not without_reasoning(output.text).strip():
            return Score(scorer=NAME, value=0.0, reason="the answer is empty")
        judge, criteria = self.bench.judge, self.rubric.criteria
        names = judge.author if judge.blind else None
        material = material_of(case, output.text, names=names, clean=self.bench.clean)
        asking = _Asking(case.id, self.bench)
        try:
            repeats = [
                [self._reply(asking, criterion, material, number) for criterion in criteria]
                for number in range(judge.repeats)
            ]
        except StopRunError as exc:
            # What was sent for a score that never came is not to be forgotten.
            exc.sent += asking.sent
            raise
        found = judgement_of(criteria, repeats)
        return Score(
            scorer=NAME,
            value=found.value,
            reason=found.reason,
            criteria=found.criteria,
            spread=found.spread,
            judge=replace(asking.judged_by(self.rubric, material), pairwise=self.pairwise),
        )

    def _reply(
        self, asking: "_Asking", criterion: Criterion, material: Material, repeat: int
    ) -> Reply:
        if not self.pairwise or criterion.forces_zero:
            return asking.ask(scale_question(criterion, material), repeat)
        first, second = pair_questions(criterion, material)
        return _joined(asking.ask(first, repeat), asking.ask(second, repeat))


def _joined(one: Reply, other: Reply) -> Reply:
    """Return what both orders say, a tie where they disagree: then the order decided."""
    if one.value is None or other.value is None:
        return one if one.value is None else other
    if one.value == other.value:
        return one
    return replace(one, value=0.5, reason=f"the two orders disagree; one says: {one.reason}")


class _Asking:
    """The questions of one score, with everything that they took."""

    def __init__(self, case: str, bench: Bench) -> None:
        self._case = case
        self._bench = bench
        self._outputs: list[Output] = []
        self._vain: list[int] = []
        self._unusable = 0
        self._unreached: Reply | None = None

    @property
    def sent(self) -> int:
        """Return how many requests were sent now."""
        return sum(1 + o.retries for o in self._outputs if o.live) + sum(self._vain)

    def ask(self, question: Question, repeat: int) -> Reply:
        """Return the first usable reply.

        Where the cache holds none but unusable ones, the judge is asked anew, as if for the first
        time: a judge that was broken once is not broken for good.
        """
        if self._unreached is not None:
            return self._unreached  # it was sent again and again: the next would be, too
        before = len(self._outputs)
        reply = self._asked(question, repeat, fresh=False)
        paid = [output for output in self._outputs[before:] if not output.cached]
        kept = len(self._outputs) - before - len(paid)
        if reply.fault is None or not kept:
            return reply
        self._outputs[before:] = paid
        self._unusable -= kept
        return self._asked(question, repeat, fresh=True)

    def _asked(self, question: Question, repeat: int, *, fresh: bool) -> Reply:
        """Ask, and once more for a fault; a call that failed was sent again below already."""
        messages, reply = question.messages, Reply(value=None)
        for attempt in range(ATTEMPTS):
            number = repeat * ATTEMPTS + attempt
            request = replace(self._request(question, messages, number=number), fresh=fresh)
            try:
                output = self._bench.client.complete(request)
            except CallError as exc:
                self._vain.append(exc.sent)
                self._unusable += 1
                self._unreached = Reply(value=None, reason=f"{UNREACHED}: {exc.message}")
                return self._unreached
            self._outputs.append(output)
            reply = read_reply(output, question)
            if reply.fault is None:
                return reply
            self._unusable += 1
            messages = asked_again(question, reply.fault.value)
        return replace(reply, reason=reply.fault.value if reply.fault else "")

    def _request(
        self, question: Question, messages: tuple[Message, ...], *, number: int
    ) -> Request:
        """Return the request; it is named after the one whose answer is judged."""
        bench, model = self._bench, self._bench.judge.model
        params: JsonObject = {"temperature": 0, **model.params}
        named = digest(
            {
                "format": FORMAT,
                "model": model.id,
                "params": params,
                "messages": [message.as_json() for message in messages],
                "trial": bench.trial,
            }
        )
        return Request(
            case=self._case,
            trial=number,
            model=model,
            messages=messages,
            params=params,
            hash=f"{bench.request}.{named[:32]}",
            reply_schema=question.schema,
        )

    def judged_by(self, rubric: Rubric, material: Material) -> JudgedBy:
        """Return the provenance of the score."""
        judge = self._bench.judge
        return JudgedBy(
            model=judge.model.id,
            resolved=tuple(sorted({o.resolved_model for o in self._outputs if o.resolved_model})),
            rubric=rubric.hash,
            repeats=judge.repeats,
            masked=material.masked,
            cut=material.left_out,
            akin=judge.akin,
            left_out=next((o.left_out for o in self._outputs if o.left_out), ""),
            unusable=self._unusable,
            spend=spend_on(self._outputs, vain=self._vain),
        )


def build_judge(params: JsonObject, case: Case) -> JudgeScorer:
    """Return the scorer without a bench; ValueError when there is nothing to judge."""
    rubric = rubric_of(as_object(params.get("rubric", {})), case.criteria)
    pairwise = params.get("mode") == PAIRWISE
    if pairwise and case.expected is None:
        raise ValueError("`mode: pairwise` compares with `expected`, which the case lacks")
    return JudgeScorer(rubric=rubric, pairwise=pairwise)


def rubrics_of(cases: Iterable[Case]) -> dict[str, tuple[Criterion, ...]]:
    """Return what a judge is asked about the answers to some cases, by the hash of the rubric."""
    rubrics = [scorer.rubric for case in cases for scorer in _judges(case)]
    return {rubric.hash: rubric.criteria for rubric in rubrics}


def _judges(case: Case) -> list[JudgeScorer]:
    return [build_judge(spec.params, case) for spec in case.scorers if spec.name == NAME]


def questions_of(case: Case) -> int:
    """Return how many questions one repeat takes, 0 for a case without a judge."""
    return sum(
        2 if scorer.pairwise and not criterion.forces_zero else 1
        for scorer in _judges(case)
        for criterion in scorer.rubric.criteria
    )


JUDGE = ScorerKind(
    name=NAME,
    tier=Tier.JUDGE,
    version=1,
    binary=False,
    schema=parameters(
        rubric={
            "type": "object",
            "description": "path of a rubric file, from the golden set's folder, or the name of "
            "one of evalci's: documentation, generation, quality, refactor, review, search",
        },
        mode={
            "enum": ["scale", PAIRWISE],
            "description": "scale, or pairwise against `expected`",
        },
    ),
    build=build_judge,
)
