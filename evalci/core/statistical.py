"""Wires the evidence, exact and entropy modes to a run: its trials in, each category's result out."""

from dataclasses import replace
from typing import assert_never

from evalci.core.common_rules import below_floor, edited, uncompared, unmeasured
from evalci.core.evidence.decision import CategoryDecision, Decision, Ending, Reason, Status
from evalci.core.evidence.options import CategoryRule, Method, Options, options_for
from evalci.core.evidence.table import CaseTrials
from evalci.core.evidence.weigh import follow
from evalci.core.gate_config import category_rule
from evalci.core.run import GateRef, Run
from evalci.core.summary import Summary
from evalci.core.trial import Trial
from evalci.core.verdict import CategoryResult, Outcome

_OUTCOMES = {
    Status.REGRESSION: Outcome.REGRESSION,
    Status.INCONCLUSIVE: Outcome.INCONCLUSIVE,
    Status.OPEN: Outcome.INCONCLUSIVE,
    Status.ADVISORY: Outcome.ADVISORY,
    Status.IMPROVED: Outcome.IMPROVED,
    Status.PASS: Outcome.PASS,
}


def options_of(gate: GateRef) -> Options:
    """Return what the statistics are told by the policy of a run."""
    options = options_for(gate.preset)
    looks = gate.looks or options.looks
    method = Method(gate.mode.value)
    return replace(options, method=method, looks=looks, trials=looks[-1])


def rules_of(run: Run) -> dict[str, CategoryRule]:
    """Return the rule of each category; one graded case makes its category graded."""
    graded = {case.category for case in run.cases if case.graded}
    return {
        category.name: category_rule(
            category.limits, run.gate.preset, graded=category.name in graded
        )
        for category in run.gate.categories
    }


def case_trials(run: Run) -> list[CaseTrials]:
    """Return the scores of every case that may be held against its baseline, by replicate."""
    names = {category.name for category in run.gate.categories}
    return [
        CaseTrials(
            id=case.id,
            category=case.category,
            baseline=tuple(trial.score for trial in case.baseline.trials),
            candidate=_by_replicate(case.trials),
        )
        for case in run.cases
        if case.baseline is not None and case.may_compare and case.category in names
    ]


def _by_replicate(trials: tuple[Trial, ...]) -> tuple[float | None, ...]:
    """Return the composites by their replicate; None where a case sat one out, or has no score."""
    scores = {trial.trial: trial.composite for trial in trials}
    return tuple(scores.get(replicate) for replicate in range(max(scores, default=-1) + 1))


def decision_of(run: Run) -> Decision:
    """Return what the trials of a finished run say, look by look."""
    cases, options = case_trials(run), options_of(run.gate)
    taken = max((len(case.candidate) for case in cases), default=0)
    ending = Ending.CAP if taken >= options.cap else Ending.BUDGET
    if options.method is not Method.EVIDENCE:
        ending = Ending.CAP
    return follow(cases, rules_of(run), options, ending=ending)


def statistical_result(summary: Summary, run: Run, decision: Decision) -> CategoryResult:
    """Return a category's result: not measured, then the regression, floor, edits, the rest."""
    common = unmeasured(summary, run) or below_floor(summary) or edited(summary)
    found = decision.of(summary.category.name)
    if found is None or summary.drop is None:
        return common or uncompared(summary)
    regressed = found.status is Status.REGRESSION
    if common and (common.outcome is Outcome.NOT_MEASURED or not regressed):
        return replace(common, decision=found)
    return CategoryResult(
        summary=summary,
        outcome=_OUTCOMES[found.status],
        reason=reason_of(found, pooled=decision.pooled if _in_pool(summary, decision) else ()),
        blocks=found.blocks,
        decision=found,
    )


def _in_pool(summary: Summary, decision: Decision) -> bool:
    return summary.category.name in decision.pooled


def reason_of(found: CategoryDecision, *, pooled: tuple[str, ...] = ()) -> str:
    """Return the sentence behind a status: what is known, in numbers, and how surely."""
    sentence = _sentence(found)
    return (
        f"{sentence} (decided together with {len(pooled) - 1} other small ones)"
        if pooled
        else sentence
    )


def _sentence(found: CategoryDecision) -> str:
    upper, p = points(found.upper), p_text(found)
    match found.reason:
        case Reason.EVIDENCE:
            return f"evidence {odds(found.evidence)} that it got worse, {p}"
        case Reason.CLOSING_TEST | Reason.EXACT_TEST:
            return f"fell by {points(found.drop)} points, beyond chance: {p}"
        case Reason.ROSE:
            return f"rose by {points(-found.drop)} points, beyond chance"
        case Reason.RULED_OUT:
            return f"a drop of {points(found.detect)} points or more is ruled out"
        case Reason.RULED_OUT_EARLIER:
            return (
                f"a drop of {points(found.detect)} points or more was ruled out at an earlier look"
            )
        case Reason.BELOW_MARGIN:
            margin = points(found.margin)
            return f"no drop of {margin} points or more seen; up to {upper} points possible"
        case Reason.UNDECIDED_AT_CAP | Reason.UNDECIDED_WITHOUT_BUDGET | Reason.MORE_TO_COME:
            trials = f"not settled after {found.trials} trials"
            known = f"evidence {odds(found.evidence)}, a drop of up to {upper} points is possible"
            return f"{trials}: {known}"
        case Reason.FEW_CASES:
            return "fewer than five comparable cases: it cannot fail alone"
        case other:
            assert_never(other)


def points(share: float) -> str:
    """Return a share of the 0-1 scale in points: one digit below ten, none above."""
    value = share * 100
    return (
        f"{value:.0f}" if abs(value) >= 9.95 or abs(value - round(value)) < 0.05 else f"{value:.1f}"
    )


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
