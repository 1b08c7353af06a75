"""Says why a drift run has too many gaps: where they are, and what most of them failed with."""

from collections import Counter

from evalci.cli.written import Written
from evalci.core.verdict import Outcome
from evalci.errors import NotMeasuredError
from evalci.report.escape import listed


def gaps_in(written: Written) -> NotMeasuredError:
    """Return what a run that was not measured is to end with."""
    gaps = [
        f"{result.summary.category.name}: {result.reason}"
        for result in written.verdict.categories
        if result.outcome is Outcome.NOT_MEASURED
    ]
    trials = (trial for case in written.run.cases for trial in case.trials)
    causes = Counter(trial.failure for trial in trials if trial.failure)
    cause = "".join(f"; most of them: {text}" for text, _ in causes.most_common(1))
    message = (written.verdict.reason or listed(gaps)) + cause
    return NotMeasuredError(message, hint="run it again when that is over")
