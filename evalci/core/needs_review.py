"""The queue of answers whose automatic signals are ambiguous: a person should look at them."""

from collections.abc import Iterator
from dataclasses import dataclass

from evalci.core.run import Run
from evalci.core.trial import Score, Trial

# A judge that calls a failing answer this good, or a passing one this bad, contradicts the tests.
GOOD, BAD = 0.75, 0.25
# The standard deviation of a judge's repeats from which on it does not agree with itself.
MAX_SPREAD = 0.2
_GRADING = {"judge", "chrf"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """One answer of the queue, and why it is there."""

    case: str
    trial: int
    why: str


def needs_review(run: Run) -> tuple[Doubt, ...]:
    """Return the answers of a run that a person should look at, in the run's order."""
    return tuple(
        Doubt(case=case.id, trial=trial.trial, why=why)
        for case in run.cases
        if not case.carried
        for trial in case.trials
        for why in _why(trial)
    )


def _why(trial: Trial) -> Iterator[str]:
    """Yield the first reason to doubt the scores of a trial, if there is one."""
    found = [why for score in trial.scores for why in _doubts(score, trial.passed)]
    yield from found[:1]


def _doubts(score: Score, passed: bool | None) -> Iterator[str]:  # a state of the trial
    asked = score.judge is not None
    if score.value is None:
        if asked:
            yield f"the judge has no score: {score.reason}"
        return
    if score.spread is not None and score.spread > MAX_SPREAD:
        yield f"the judge's repeats differ by {score.spread:.2f}"
    # Without a judgement the judge was not asked: a gate before it failed.
    if score.scorer not in _GRADING or (score.scorer == "judge" and not asked):
        return
    if passed is False and score.value >= GOOD:
        yield f"the answer fails, yet {score.scorer} gives {score.value:.2f}"
    if passed is True and score.value <= BAD:
        yield f"the answer passes, yet {score.scorer} gives {score.value:.2f}"
