"""The sentences of the statistical modes: what is known of a category, and how surely."""

import math

from evalci.core.evidence.decision import CategoryDecision, Reason, WholeDecision

_WORSE_BY_TEST = "fell by {fall}, beyond chance by the test at the trial cap: {p}"
_UNDECIDED = "{when}: evidence {evidence}, a drop of up to {upper} is possible"
_SENTENCES = {
    Reason.EVIDENCE: "evidence {evidence} that it got worse ({reached}), {p}",
    Reason.CLOSING_TEST: _WORSE_BY_TEST,
    Reason.EXACT_TEST: "fell by {fall}, beyond chance: {p}",
    Reason.ROSE: "rose by {rise}, beyond chance",
    Reason.RULED_OUT: "a drop of {detect} or more is ruled out ({confidence})",
    Reason.RULED_OUT_EARLIER: "passed at an earlier look; with all trials a drop of up to "
    "{upper} is possible",
    Reason.BELOW_MARGIN: "no drop of {margin} or more seen; up to {upper} possible",
    Reason.UNDECIDED_AT_CAP: _UNDECIDED,
    Reason.UNDECIDED_WITHOUT_BUDGET: _UNDECIDED,
    Reason.MORE_TO_COME: _UNDECIDED,
    Reason.FEW_CASES: "{cases}, fewer than five to compare: it cannot fail alone",
}
_BESIDE_THE_EVIDENCE = {
    Reason.EVIDENCE: "{past}, {p}",
    Reason.UNDECIDED_AT_CAP: "{when}, a drop of up to {upper} is possible",
    Reason.UNDECIDED_WITHOUT_BUDGET: "{when}, a drop of up to {upper} is possible",
    Reason.MORE_TO_COME: "{when}, a drop of up to {upper} is possible",
}
_WHEN = {
    Reason.UNDECIDED_AT_CAP: "after {trials}",
    Reason.UNDECIDED_WITHOUT_BUDGET: "after {trials}, with no calls left",
    Reason.MORE_TO_COME: "after {trials} so far",
}


def reason_of(found: CategoryDecision, *, limit: float, confidence: float) -> str:
    """Return the sentence behind a status: what is known, in numbers, and how surely."""
    return _filled(_SENTENCES[found.reason], found, limit=limit, confidence=confidence)


def short_reason_of(found: CategoryDecision, *, limit: float, confidence: float) -> str:
    """Return the same where the evidence itself already stands beside it, in a table."""
    sentence = _BESIDE_THE_EVIDENCE.get(found.reason, _SENTENCES[found.reason])
    return _filled(sentence, found, limit=limit, confidence=confidence)


def whole_reason_of(whole: WholeDecision) -> str:
    """Return the sentence behind the overall rule."""
    return (
        f"evidence {odds(whole.evidence)} that the run as a whole got worse "
        f"({reached(whole.evidence, whole.limit)}), {whole.z:.1f} standard errors"
    )


def _filled(sentence: str, found: CategoryDecision, *, limit: float, confidence: float) -> str:
    trials = _counted(found.trials, "trial")
    return sentence.format(
        evidence=odds(found.evidence),
        reached=reached(found.evidence, limit),
        past=limit_words(found.evidence, limit),
        confidence=f"{confidence * 100:g} %",
        p=p_text(found.paired_p),
        fall=in_points(found.drop),
        rise=in_points(-found.drop),
        detect=in_points_up(found.detect),
        margin=in_points(found.margin),
        upper=in_points_up(min(found.upper, 1.0)),
        when=_WHEN.get(found.reason, "").format(trials=trials),
        cases=_counted(found.cases, "case"),
    )


def reached(evidence: float, limit: float) -> str:
    """Return the limit, and that it was reached earlier where the evidence fell again."""
    return f"limit {odds(limit)}{'' if evidence >= limit else ', reached at an earlier look'}"


def limit_words(evidence: float, limit: float) -> str:
    """Return that evidence is past the limit, or was at an earlier look."""
    return f"past the limit of {odds(limit)}{'' if evidence >= limit else ' at an earlier look'}"


def points(share: float) -> str:
    """Return a share of the 0-1 scale in points, with one digit where it is not a whole number."""
    return f"{round(share * 100, 1):g}"


def in_points(share: float) -> str:
    """Return a share of the 0-1 scale with its unit."""
    text = points(share)
    return f"{text} point{'' if text == '1' else 's'}"


def in_points_up(share: float) -> str:
    """Return a bound in points, rounded up so that what is said of it stays true."""
    return in_points(math.ceil(share * 1000 - 1e-6) / 1000)


def odds(evidence: float) -> str:
    """Return evidence as the ratio that a report prints, never rounded up."""
    if evidence > 1_000_000:
        return "> 1,000,000:1"
    if evidence >= 10:
        return f"{math.floor(evidence + 1e-9):,}:1"
    tenths = math.floor(evidence * 10 + 1e-9) / 10
    return f"{tenths:g}:1" if tenths else "< 0.1:1"


def p_text(p: float) -> str:
    """Return a paired p by its name."""
    number = p_number(p)
    return f"paired p {number}" if number.startswith("<") else f"paired p = {number}"


def p_number(p: float) -> str:
    """Return a p value as a number without its leading zero."""
    if p < 0.0001:
        return "< .0001"
    digits = f"{p:.4f}" if p < 0.01 else f"{p:.2f}"
    return digits.removeprefix("0")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
