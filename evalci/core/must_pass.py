"""Cases that are judged alone: they always passed before, and now they fail."""

from collections.abc import Sequence

from evalci.core.run import RunCase
from evalci.core.stats.scores import TOLERANCE
from evalci.core.trial import independent
from evalci.core.verdict import MustPassResult

MUST_PASS_TRIALS = 5
MUST_PASS_SHARE = 0.8


def must_pass_results(cases: Sequence[RunCase]) -> tuple[MustPassResult, ...]:
    """Return the must-pass cases that failed, of those whose baseline always passed.

    A failure is confirmed when at least 4 of 5 trials (80 % of five or more) fail.
    """
    results = []
    for case in cases:
        draws = independent(case.trials)
        verdicts = [trial.passed for trial in draws if trial.passed is not None]
        failed = verdicts.count(False)
        if not (failed and must_pass_holds(case)):
            continue
        results.append(
            MustPassResult(
                case=case,
                failed=failed,
                trials=len(verdicts),
                confirmed=failed
                >= MUST_PASS_SHARE * max(len(verdicts), MUST_PASS_TRIALS) - TOLERANCE,
            )
        )
    return tuple(results)


def must_pass_holds(case: RunCase) -> bool:
    """Tell whether a case is judged alone: flagged, comparable, and always passed before."""
    return (
        case.must_pass
        and case.compared
        and case.baseline is not None
        and all(trial.passed for trial in case.baseline.trials)
    )
