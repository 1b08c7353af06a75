"""Which cases of a run failed, for a run of those alone."""

from statistics import fmean

from evalci.core.run import Run, RunCase
from evalci.core.stats.scores import TOLERANCE


def failing_cases(run: Run) -> frozenset[str]:
    """Return the ids of the measured cases that fell short, in whatever way."""
    return frozenset(case.id for case in run.cases if not case.carried and falls_short(case))


def falls_short(case: RunCase) -> bool:
    """Tell whether a trial has no score or did not pass, or the mean is below the baseline's.

    A case that is graded, not passed or failed, and has no comparable baseline cannot fall short.
    """
    if case.unscored or any(trial.passed is False for trial in case.trials):
        return True
    if not case.compared or case.baseline is None:
        return False
    return fmean(case.values) < case.baseline.mean - TOLERANCE
