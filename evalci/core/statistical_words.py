"""The sentences of the statistical modes: what is known of a category, and how surely."""

from evalci.core.evidence.decision import CategoryDecision, Reason

_SENTENCES = {
    Reason.EVIDENCE: "evidence {evidence} that it got worse, {p}",
    Reason.CLOSING_TEST: "fell by {fall} points, beyond chance: {p}",
    Reason.EXACT_TEST: "fell by {fall} points, beyond chance: {p}",
    Reason.ROSE: "rose by {rise} points, beyond chance",
    Reason.RULED_OUT: "a drop of {detect} points or more is ruled out",
    Reason.RULED_OUT_EARLIER: "a drop of {detect} points or more was ruled out at an earlier look",
    Reason.BELOW_MARGIN: "no drop of {margin} points or more seen; up to {upper} points possible",
    Reason.FEW_CASES: "fewer than five comparable cases: it cannot fail alone",
}
_OPEN = (
    "not settled after {trials} trials: evidence {evidence}, "
    "a drop of up to {upper} points is possible"
)


def reason_of(found: CategoryDecision) -> str:
    """Return the sentence behind a status: what is known, in numbers, and how surely."""
    return _SENTENCES.get(found.reason, _OPEN).format(
        evidence=odds(found.evidence),
        p=p_text(found),
        fall=points(found.drop),
        rise=points(-found.drop),
        detect=points(found.detect),
        margin=points(found.margin),
        upper=points(found.upper),
        trials=found.trials,
    )


def points(share: float) -> str:
    """Return a share of the 0-1 scale in points: one digit below ten, none above."""
    value = round(share * 100, 1)
    return f"{value:.0f}" if abs(value) >= 10 or value == round(value) else f"{value:.1f}"


def odds(evidence: float) -> str:
    """Return evidence as the ratio that a report prints."""
    if evidence > 1_000_000:
        return "> 1,000,000:1"
    return f"{evidence:,.0f}:1" if evidence >= 10 else f"{evidence:.1f}:1"


def p_text(found: CategoryDecision) -> str:
    """Return the paired p: exact for pass/fail scores, by the normal tail for graded ones."""
    p = found.p if found.p_exact is None else found.p_exact
    if p < 0.0001:
        return "paired p < .0001"
    digits = f"{p:.4f}" if p < 0.01 else f"{p:.2f}"
    return f"paired p = {digits.removeprefix('0')}"
