"""Frozen answers: what a judge once said of them tells later whether the judge has moved."""

import json
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import fmean, stdev

from evalci.core.document import Document, schema_problems
from evalci.core.json_value import Json, JsonObject, as_object, parse_json
from evalci.core.judge_shift import JudgeShift
from evalci.core.problem import raise_problems
from evalci.core.run import Run, RunCase, Standing
from evalci.core.trial import Finish, Output, Request, Trial
from evalci.errors import BadInputError
from evalci.schemas import load_schema

FORMAT = 1
ANEW = "write it again with `evalci drift --freeze`"
UNKNOWN_SPREAD = 0.5
SAME_JUDGE = 0.01  # how far a judge may be off and count as the same


@dataclass(frozen=True, slots=True, kw_only=True)
class FrozenAnswer:
    """An answer of a model to a case, and the composite that it had when it was frozen.

    ``harness`` is the hash of how it was scored then: under another one the score says nothing.
    """

    case: str
    harness: str
    score: float
    text: str
    finish: Finish = Finish.STOP


def frozen_answers(run: Run) -> tuple[FrozenAnswer, ...]:
    """Return the first scored answer of each case that a judge had a part in."""
    found = ((case, next(_judged(case), None)) for case in run.cases if not case.carried)
    return tuple(
        FrozenAnswer(
            case=case.id,
            harness=case.hashes.harness,
            score=trial.composite,
            text=trial.output.text,
            finish=trial.output.finish,
        )
        for case, trial in found
        if trial is not None and trial.output is not None and trial.composite is not None
    )


def _judged(case: RunCase) -> Iterator[Trial]:
    return (
        trial
        for trial in case.trials
        if trial.composite is not None and any(score.judge is not None for score in trial.scores)
    )


def frozen_text(answers: Iterable[FrozenAnswer], *, clean: Callable[[str], str]) -> str:
    """Return the file of frozen answers: one line each, redacted, sorted by case."""
    lines = [
        {
            "format": FORMAT,
            "case": answer.case,
            "harness": answer.harness,
            "score": round(answer.score, 6),
            "text": clean(answer.text),
            "finish": answer.finish.value,
        }
        for answer in sorted(answers, key=lambda answer: answer.case)
    ]
    return "".join(json.dumps(line, sort_keys=True, ensure_ascii=False) + "\n" for line in lines)


def parse_frozen(text: str, source: str) -> tuple[FrozenAnswer, ...]:
    """Return the answers in a file; BadInputError names the line that is wrong."""
    rows = [row for row in enumerate(text.split("\n"), 1) if row[1].strip()]
    data = [_parsed(row, f"{source}:{number}") for number, row in rows]
    document = Document(
        source=source, data=data, line_of=lambda path: rows[int(path[0])][0] if path else 0
    )
    whole: JsonObject = {"type": "array", "items": load_schema("frozen")}
    raise_problems(schema_problems(document, whole, data, ()))
    answers = [_answer(as_object(row)) for row in data]
    seen: set[str] = set()
    for (number, _), answer in zip(rows, answers, strict=True):
        if answer.case in seen:
            raise BadInputError(f"{source}:{number}: a second answer to `{answer.case}`", hint=ANEW)
        seen.add(answer.case)
    return tuple(answers)


def _parsed(row: str, place: str) -> Json:
    try:
        return parse_json(row)
    except ValueError:
        raise BadInputError(f"{place}: not valid JSON", hint=ANEW) from None


def _answer(data: JsonObject) -> FrozenAnswer:
    return FrozenAnswer(
        case=str(data["case"]),
        harness=str(data["harness"]),
        score=float(str(data["score"])),
        text=str(data["text"]),
        finish=Finish(str(data.get("finish", Finish.STOP))),
    )


class FrozenClient:
    """Answers each case with what was frozen of it, so that only the judge is asked anew."""

    def __init__(self, answers: Iterable[FrozenAnswer]) -> None:
        """``answers`` has one for each case that will be asked."""
        self._by_case = {answer.case: answer for answer in answers}

    def complete(self, request: Request) -> Output:
        """Return the frozen answer of a case."""
        answer = self._by_case[request.case]
        return Output(
            text=answer.text,
            requested_model=request.model.id,
            finish=answer.finish,
            recorded=True,
        )


def frozen_run(run: Run, answers: Iterable[FrozenAnswer], *, times: int = 1) -> Run:
    """Return a run that asks only for the frozen answers that are scored today as they were then.

    Nothing is compared in it: it has each of the answers so many ``times``.
    """
    harness = {answer.case: answer.harness for answer in answers}
    cases = tuple(
        replace(case, planned=times, trials=(), baseline=None, carried=False, must_pass=False)
        for case in run.cases
        if harness.get(case.id) == case.hashes.harness
    )
    return replace(run, cases=cases, baseline=None, gate=replace(run.gate, looks=(), closed_at=0))


def judge_shifts(run: Run, answers: Iterable[FrozenAnswer], again: Run) -> tuple[JudgeShift, ...]:
    """Return how far the judge alone moved the mean of each category of a run.

    The frozen answers stand for all judged cases; a case that nobody judges did not move.
    """
    then = {answer.case: answer.score for answer in answers}
    moved: dict[str, list[float]] = {}
    for case in again.cases:
        if case.values:
            moved.setdefault(case.category, []).append(fmean(case.values) - then[case.id])
    return tuple(_shift(name, found, run) for name, found in moved.items())


def held_together(run: Run, shifts: Sequence[JudgeShift]) -> Run:
    """Return a run with its judge's shifts, and with what they make comparable again.

    Another version of the judge is another yardstick, unless frozen answers tell how far it is off.
    """
    known = {shift.category for shift in shifts}
    cases = (_compared(case) if case.category in known else case for case in run.cases)
    return replace(run, judge_shifts=tuple(shifts), cases=tuple(cases))


def _compared(case: RunCase) -> RunCase:
    before = case.baseline
    alike = before is not None and before.hashes.harness == case.hashes.harness
    if case.standing is Standing.RESCORED and alike:
        return replace(case, standing=Standing.COMPARABLE)
    return case


def has_moved(run: Run) -> bool:
    """Tell whether the judge has moved by more than its noise since answers were frozen."""
    return any(abs(one.points) > 2 * one.error + SAME_JUDGE for one in run.judge_shifts)


def unguarded(run: Run) -> frozenset[str]:
    """Return the categories in which a judge scores, and nothing tells whether it moved."""
    judged = {case.category for case in run.cases if next(_judged(case), None) is not None}
    return frozenset(judged - {shift.category for shift in run.judge_shifts})


def _shift(name: str, moved: Sequence[float], run: Run) -> JudgeShift:
    cases = [case for case in run.cases if case.category == name and case.values]
    judged = sum(next(_judged(case), None) is not None for case in cases)
    share = judged / len(cases) if cases else 0.0
    spread = stdev(moved) if len(moved) > 1 else UNKNOWN_SPREAD
    return JudgeShift(
        category=name,
        points=share * fmean(moved),
        error=share * spread / math.sqrt(len(moved)),
        answers=len(moved),
    )
