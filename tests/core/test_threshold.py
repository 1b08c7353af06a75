"""The plain rule where a judge alone scores: a rise within its own noise is no improvement."""

from dataclasses import replace

import pytest

from evalci.core.gate import decide
from evalci.core.policy import Mode
from evalci.core.run import RunCase
from evalci.core.trial import JudgedBy, Score, Trial
from evalci.core.verdict import Outcome
from tests.runs import make_run, make_run_case


def judged_case(now: float, spread: float) -> RunCase:
    case = make_run_case((now,), (0.5,) * 4, graded=True, judged=True)
    return replace(case, trials=tuple(_judged(trial, spread) for trial in case.trials))


def _judged(trial: Trial, spread: float) -> Trial:
    by = JudgedBy(model="openai/judge", repeats=2)
    score = Score(scorer="judge", value=trial.composite, spread=spread, judge=by)
    return replace(trial, scores=(score,))


@pytest.mark.parametrize(
    ("case", "outcome", "words"),
    [
        pytest.param(
            judged_case(0.8, 0.5), Outcome.PASS, "within the judge's own noise", id="judge alone"
        ),
        pytest.param(
            make_run_case((0.8,), (0.5,) * 4, graded=True),
            Outcome.IMPROVED,
            "rose by more than",
            id="another scorer",
        ),
    ],
)
def test_a_rise_within_the_noise_of_the_judge_is_no_improvement(
    case: RunCase, outcome: Outcome, words: str
) -> None:
    run = make_run(case)

    (result,) = decide(replace(run, gate=replace(run.gate, mode=Mode.THRESHOLD))).categories

    assert result.outcome is outcome
    assert words in result.reason
