"""Asks another judge about answers that a run's own judge has scored already."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from evalci.core.answered import answered_trials
from evalci.core.clean_trial import clean_trial
from evalci.core.golden_set import Case
from evalci.core.judge_config import Judge
from evalci.core.model_config import ModelConfig
from evalci.core.ports import ModelClient
from evalci.core.rating import judge_ratings
from evalci.core.redaction import Redactor
from evalci.core.run import Run
from evalci.core.trial import Output, Request, Trial
from evalci.errors import NotMeasuredError
from evalci.measure import Work, measure
from evalci.scorers.judge import NAME, Bench
from evalci.scorers.registry import prepare


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """An answer that a judge has scored; ``request`` is the hash of what it answers."""

    case: Case
    request: str
    trial: Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class Seated:
    """The other judge with all that it works with; ``author`` wrote the answers."""

    judge: Judge
    author: ModelConfig
    client: ModelClient
    redactor: Redactor
    concurrency: int


def judged_answers(
    run: Run, cases: Sequence[Case], *, most: int, dice: Random
) -> tuple[Judged, ...]:
    """Return answers that the run's judge has scored, one a case, of at most so many cases."""
    found: dict[str, Judged] = {}
    for measured, trial, case in answered_trials(run, cases):
        if judge_ratings([trial]):
            found.setdefault(
                case.id, Judged(case=case, request=measured.hashes.request, trial=trial)
            )
    chosen = dice.sample(sorted(found), min(most, len(found)))
    return tuple(found[id_] for id_ in sorted(chosen))


def second_opinions(answers: Sequence[Judged], seated: Seated) -> tuple[Trial, ...]:
    """Return the other judge's trials of the same answers.

    NotMeasuredError when the budget or the vendor ended it: half a comparison is none.
    """
    measured = measure(
        [_work(answer, seated) for answer in answers],
        client=_Given(answers),
        concurrency=seated.concurrency,
        clean=lambda trial: clean_trial(trial, seated.redactor),
        on_trial=lambda _trial, _request: None,
    )
    if measured.stopped:
        raise NotMeasuredError(f"judge `{seated.judge.model.name}`: {measured.stopped}")
    if not judge_ratings(measured.trials):
        why = measured.trials[0].failure if measured.trials else "nothing to judge"
        raise NotMeasuredError(f"judge `{seated.judge.model.name}` scored no answer: {why}")
    return measured.trials


class _Given:
    """The client that repeats the answers of a run."""

    def __init__(self, answers: Sequence[Judged]) -> None:
        self._outputs = {(a.case.id, a.trial.trial): a.trial.output for a in answers}

    def complete(self, request: Request) -> Output:
        """Return the answer that the run got."""
        output = self._outputs[request.case, request.trial]
        assert output is not None  # noqa: S101  # only answers are judged
        return output


def _work(answer: Judged, seated: Seated) -> Work:
    case = answer.case
    # The judge alone: neither gates nor `fail_if` decide whether it is asked.
    specs = tuple(replace(spec, weight=1.0) for spec in case.scorers if spec.name == NAME)
    bench = Bench(
        judge=seated.judge,
        client=seated.client,
        clean=seated.redactor.text,
        request=answer.request,
    )
    request = Request(
        case=case.id,
        trial=answer.trial.trial,
        model=seated.author,
        messages=(),
        params={},
        hash=answer.request,
    )
    return Work(
        request=request, scorer=prepare(replace(case, scorers=specs, fail_if=()), bench=bench)
    )
