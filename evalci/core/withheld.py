"""A run without texts: what is left of it where prompts and answers are private."""

from dataclasses import replace

from evalci.core.criterion import CriterionScore
from evalci.core.run import FileChange, Run, RunCase
from evalci.core.trial import Score, Trial


def without_texts(run: Run) -> Run:
    """Return a run that says how every answer scored, and nothing of what anybody wrote.

    Answers, reference answers, rubrics, reasons and findings of scorers, diffs of prompts and all
    that follows the first colon of an error are left out. Names, paths, hashes, numbers and the
    `why` of `fail_if` stay, so that the verdict is the same.
    """
    return replace(
        run,
        private=True,
        stopped=_first_part(run.stopped),
        cases=tuple(map(_case, run.cases)),
        changes=tuple(map(_change, run.changes)),
        rubrics={},
    )


def _case(case: RunCase) -> RunCase:
    return replace(case, expected=None, trials=tuple(map(_trial, case.trials)))


def _trial(trial: Trial) -> Trial:
    return replace(
        trial,
        output=trial.output and replace(trial.output, text=""),
        scores=tuple(map(_score, trial.scores)),
        failure=_first_part(trial.failure),
    )


def _score(score: Score) -> Score:
    criteria = tuple(CriterionScore(id=one.id, value=one.value) for one in score.criteria)
    return Score(
        scorer=score.scorer,
        value=score.value,
        measures=score.measures,
        zeroes=score.zeroes,
        criteria=criteria,
        spread=score.spread,
        judge=score.judge,
    )


def _change(change: FileChange) -> FileChange:
    return replace(change, diff="")


def _first_part(text: str) -> str:
    """Return what evalci itself says of a failure; what somebody else said follows a colon."""
    return text.partition(": ")[0]
