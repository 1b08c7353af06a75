"""Verdicts that prove nothing: nobody was asked, or a fork's own job reports what it found."""

from dataclasses import replace

from evalci.core.proposal import FROM_FORK
from evalci.core.run import Run
from evalci.core.summary import summarise
from evalci.core.verdict import CategoryResult, Outcome, Verdict

_GOOD = {Outcome.PASS, Outcome.IMPROVED, Outcome.UNCHANGED}


def not_run(run: Run, reason: str) -> Verdict:
    """Return the verdict of a run in which nobody was asked on purpose: neither good nor bad."""
    results = tuple(
        CategoryResult(
            summary=summary,
            outcome=Outcome.NOT_RUN,
            reason="nobody was asked" if summary.carried < summary.cases else "carried forward",
        )
        for summary in summarise(run)
    )
    return Verdict(outcome=Outcome.NOT_RUN, categories=results, reason=reason)


def disarmed(verdict: Verdict) -> Verdict:
    """Return a verdict that neither blocks nor passes: who wrote the change wrote its figures."""
    if verdict.outcome is Outcome.NOT_MEASURED:
        return verdict
    return replace(
        verdict,
        outcome=Outcome.UNVERIFIED,
        blocking=False,
        reason=FROM_FORK,
        whole_blocks=False,
        categories=tuple(map(_disarmed, verdict.categories)),
        findings=tuple(replace(finding, blocks=False) for finding in verdict.findings),
    )


def _disarmed(result: CategoryResult) -> CategoryResult:
    """Return a category that shows its figures, and no good outcome that rests on them."""
    outcome = Outcome.UNVERIFIED if result.outcome in _GOOD else result.outcome
    return replace(result, outcome=outcome, blocks=False)
