"""The plain rule: a category fails when its mean fell by more than its limit."""

from evalci.core.common_rules import below_floor, edited, uncompared, unmeasured
from evalci.core.judge_noise import noise_now, noise_of
from evalci.core.policy import MaxDrop
from evalci.core.run import Run
from evalci.core.stats.scores import TOLERANCE
from evalci.core.summary import Summary
from evalci.core.verdict import CategoryResult, Outcome


def threshold_result(summary: Summary, run: Run) -> CategoryResult:
    """Hold one category to its limits: measured at all, comparable, drop, floor."""
    floor = below_floor(summary, noise_now(summary, run))
    result = unmeasured(summary, run) or floor or edited(summary)
    if summary.drop is None:
        return result or uncompared(summary)
    limit = summary.category.limits.max_drop
    fell = exceeds(summary, limit)
    if fell and (noise := noise_of(summary, run)) > summary.drop + TOLERANCE:
        reason = f"fell by more than the {limit} allowed, but within the judge's own noise"
        return result or CategoryResult(
            summary=summary, outcome=Outcome.INCONCLUSIVE, reason=f"{reason} ({noise:.2f})"
        )
    if fell and (result is None or result.outcome is not Outcome.NOT_MEASURED):
        reason = f"fell by more than the {limit} allowed"
        return CategoryResult(
            summary=summary, outcome=Outcome.REGRESSION, reason=reason, blocks=True
        )
    if result is not None:
        return result
    return _held(summary, run)


def _held(summary: Summary, run: Run) -> CategoryResult:
    """Tell a rise from no movement; one within the judge's own noise is none."""
    limit, rise = summary.category.limits.max_drop, -(summary.drop or 0.0)
    if not exceeds_upwards(summary, limit):
        reason = f"no drop of more than {limit} seen"
        return CategoryResult(summary=summary, outcome=Outcome.PASS, reason=reason)
    reason = f"rose by more than {limit}"
    if (noise := noise_of(summary, run)) > rise + TOLERANCE:
        reason = f"{reason}, but within the judge's own noise ({noise:.2f})"
        return CategoryResult(summary=summary, outcome=Outcome.PASS, reason=reason)
    return CategoryResult(summary=summary, outcome=Outcome.IMPROVED, reason=reason)


def exceeds(summary: Summary, limit: MaxDrop) -> bool:
    """Tell whether a drop is larger than its limit; exactly the limit passes.

    A relative drop from a baseline of zero or less is undefined: there any fall exceeds.
    """
    if summary.drop is None:
        return False
    if limit.relative is None:
        return summary.drop > (limit.points or 0.0) + TOLERANCE
    if summary.relative is None:
        return summary.drop > TOLERANCE
    return summary.relative > limit.relative + TOLERANCE


def exceeds_upwards(summary: Summary, limit: MaxDrop) -> bool:
    """Tell whether a rise is larger than the limit that a drop would have."""
    drop = summary.drop or 0.0
    if limit.relative is None:
        return -drop > (limit.points or 0.0) + TOLERANCE
    return -drop > limit.relative * (summary.compared_baseline or 0.0) + TOLERANCE
