"""What holds in every mode of the gate: missing trials, edited cases, floors."""

import math

from evalci.core.judge_noise import STANDARD_ERRORS, JudgeNoise
from evalci.core.policy import OnInconclusive
from evalci.core.run import Run, Standing
from evalci.core.stats.scores import TOLERANCE
from evalci.core.summary import Summary
from evalci.core.verdict import CategoryResult, Outcome

COMPARABLE_SHARE = 0.8
COMPARABLE_CASES = 5


def unmeasured(summary: Summary, run: Run) -> CategoryResult | None:
    """Return NOT_MEASURED when more trials are unscored than `gate.incomplete` allows."""
    missing, planned = summary.unscored, summary.planned
    nothing = not (summary.cases or summary.lost) or (planned > 0 and missing == planned)
    if not nothing and missing <= run.gate.incomplete * planned + TOLERANCE:
        return None
    reason = f"{missing} of {planned} trials have no score"
    return CategoryResult(summary=summary, outcome=Outcome.NOT_MEASURED, reason=reason)


def uncompared(summary: Summary) -> CategoryResult:
    """Return the outcome of a category in which nothing was held against the baseline."""
    if summary.measured == 0:
        reason = f"all {summary.cases} cases carried forward"
        return CategoryResult(summary=summary, outcome=Outcome.UNCHANGED, reason=reason)
    new, edited = summary.standings[Standing.NEW], _edits(summary)
    if new == summary.measured and not summary.carried:
        reason = "nothing to compare with yet"
        return CategoryResult(summary=summary, outcome=Outcome.NO_BASELINE, reason=reason)
    if summary.carried and new + edited == summary.measured:
        reason = f"{_listed(new, edited)}: not compared"
        return CategoryResult(summary=summary, outcome=Outcome.UNCHANGED, reason=reason)
    return _not_comparable(summary)


def _edits(summary: Summary) -> int:
    return summary.standings[Standing.EDITED] + summary.standings[Standing.RESCORED]


def _listed(new: int, edited: int) -> str:
    """Return how many cases are new and how many edited, as words."""
    parts = [f"{new} new"] * bool(new) + [f"{edited} edited"] * bool(edited)
    return f"{' and '.join(parts)} case{'' if new + edited == 1 else 's'}"


def edited(summary: Summary) -> CategoryResult | None:
    """Return NOT_COMPARABLE when edits and removals leave less than 80 % of the old cases, or 5.

    Cases that were carried forward are left: they are what they were.
    """
    edited = _edits(summary) + summary.lost
    left = summary.standings[Standing.COMPARABLE]
    known = edited + left
    enough = left >= COMPARABLE_SHARE * known - TOLERANCE and left >= COMPARABLE_CASES
    if not edited or enough:
        return None
    return _not_comparable(summary)


def _not_comparable(summary: Summary) -> CategoryResult:
    """Neutral at best, and a failure where the policy fails what is undecided."""
    gone = f"; {summary.lost} of them {'is' if summary.lost == 1 else 'are'} gone"
    return CategoryResult(
        summary=summary,
        outcome=Outcome.NOT_COMPARABLE,
        reason="its cases were edited, or scored otherwise, since the baseline"
        + gone * bool(summary.lost),
        blocks=summary.category.limits.on_inconclusive is OnInconclusive.FAIL,
    )


def below_floor(summary: Summary, judge: JudgeNoise | None = None) -> CategoryResult | None:
    """Hold the mean of what was measured now to the floor; inside its 95 % interval it is open.

    So it is where the noise of its ``judge`` reaches up to the floor.
    """
    floor, mean = summary.category.limits.min_score, summary.now
    if floor is None or mean is None or mean >= floor - TOLERANCE:
        return None
    noise = judge.margin if judge else 0.0
    high = max(summary.now_interval.high if summary.now_interval else 1.0, min(1.0, mean + noise))
    alone = "; nothing but a judge scored it" if judge and not judge.partly else ""
    if high < floor - TOLERANCE:
        reason = f"{mean:.2f} (95 % up to {high:.2f}) is below the floor {floor:.2f}{alone}"
        return CategoryResult(
            summary=summary, outcome=Outcome.BELOW_FLOOR, reason=reason, blocks=True
        )
    reason = f"{mean:.2f} is below the floor {floor:.2f}, but 95 % reaches up to {high:.2f}{alone}"
    error = math.hypot(summary.now_se or 0.0, noise / STANDARD_ERRORS)
    z = (floor - mean) / error if error else 0.0
    blocks = summary.category.limits.on_inconclusive.blocks(z)
    return CategoryResult(
        summary=summary, outcome=Outcome.INCONCLUSIVE, reason=reason, blocks=blocks
    )
