"""What holds in every mode of the gate: missing trials, edited cases, floors."""

from typing import assert_never

from evalci.core.policy import OnInconclusive
from evalci.core.run import Run, Standing
from evalci.core.summary import Summary
from evalci.core.verdict import CategoryResult, Outcome

TOLERANCE = 1e-9
LEANING_Z = 1.28
COMPARABLE_SHARE = 0.8
COMPARABLE_CASES = 5


def unmeasured(summary: Summary, run: Run) -> CategoryResult | None:
    """Return NOT_MEASURED when more trials are unscored than `gate.incomplete` allows."""
    missing, planned = summary.unscored, summary.planned
    nothing = not summary.cases or (planned > 0 and missing == planned)
    if not nothing and missing <= run.gate.incomplete * planned + TOLERANCE:
        return None
    reason = f"{missing} of {planned} trials have no score"
    return CategoryResult(summary=summary, outcome=Outcome.NOT_MEASURED, reason=reason)


def uncompared(summary: Summary) -> CategoryResult:
    """Return the outcome of a category in which nothing was held against the baseline."""
    if summary.measured == 0:
        reason = f"all {summary.cases} cases carried forward"
        return CategoryResult(summary=summary, outcome=Outcome.UNCHANGED, reason=reason)
    if summary.standings[Standing.NEW] == summary.measured:
        reason = "nothing to compare with yet"
        return CategoryResult(summary=summary, outcome=Outcome.NO_BASELINE, reason=reason)
    return _not_comparable(summary)


def edited(summary: Summary) -> CategoryResult | None:
    """Return NOT_COMPARABLE when edits leave less than 80 % of the measured old cases, or 5."""
    edited = summary.standings[Standing.EDITED] + summary.standings[Standing.RESCORED]
    known = edited + summary.standings[Standing.COMPARABLE] - summary.carried
    left = known - edited
    enough = left >= COMPARABLE_SHARE * known - TOLERANCE and left >= COMPARABLE_CASES
    if not edited or enough:
        return None
    return _not_comparable(summary)


def _not_comparable(summary: Summary) -> CategoryResult:
    """Neutral at best, and a failure where the policy fails what is undecided."""
    return CategoryResult(
        summary=summary,
        outcome=Outcome.NOT_COMPARABLE,
        reason="its cases were edited, or scored otherwise, since the baseline",
        blocks=summary.category.limits.on_inconclusive is OnInconclusive.FAIL,
    )


def below_floor(summary: Summary) -> CategoryResult | None:
    """Hold the mean of what was measured now to the floor; inside its 95 % interval it is open."""
    floor, mean = summary.category.limits.min_score, summary.now
    if floor is None or mean is None or mean >= floor - TOLERANCE:
        return None
    high = summary.now_interval.high if summary.now_interval else 1.0
    if high < floor - TOLERANCE:
        reason = f"{mean:.2f} (95 % up to {high:.2f}) is below the floor {floor:.2f}"
        return CategoryResult(
            summary=summary, outcome=Outcome.BELOW_FLOOR, reason=reason, blocks=True
        )
    reason = f"{mean:.2f} is below the floor {floor:.2f}, but 95 % reaches up to {high:.2f}"
    z = (floor - mean) / summary.now_se if summary.now_se else 0.0
    blocks = _undecided_blocks(summary, z=z)
    return CategoryResult(
        summary=summary, outcome=Outcome.INCONCLUSIVE, reason=reason, blocks=blocks
    )


def _undecided_blocks(summary: Summary, *, z: float) -> bool:
    """Apply `on_inconclusive`: `leaning` fails when the undecided number leans the bad way."""
    match summary.category.limits.on_inconclusive:
        case OnInconclusive.FAIL:
            return True
        case OnInconclusive.LEANING:
            return z >= LEANING_Z
        case OnInconclusive.PASS | OnInconclusive.NEUTRAL:
            return False
        case other:
            assert_never(other)
