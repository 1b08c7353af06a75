"""What a test reads of a verdict."""

from evalci.core.verdict import Outcome, Verdict


def outcomes(verdict: Verdict) -> dict[str, Outcome]:
    """Return the outcome of each category by its name."""
    return {result.summary.category.name: result.outcome for result in verdict.categories}
