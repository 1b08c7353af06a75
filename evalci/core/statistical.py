"""Wires the evidence, exact and entropy modes to a run: trials in, results out."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from evalci.core.common_rules import below_floor, edited, uncompared, unmeasured
from evalci.core.evidence.decision import CategoryDecision, Decision, Ending, Status
from evalci.core.evidence.options import CategoryRule, Method, Options, options_for
from evalci.core.evidence.table import CaseTrials
from evalci.core.evidence.weigh import follow
from evalci.core.gate_config import category_rule
from evalci.core.judge_noise import judge_noise, noise_now
from evalci.core.policy import Mode
from evalci.core.run import GateRef, Run
from evalci.core.statistical_words import reason_of
from evalci.core.summary import Summary
from evalci.core.trial import Trial, independent
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
    return replace(options, method=method, looks=looks, trials=looks[-1], closed_at=gate.closed_at)


def rules_of(run: Run) -> dict[str, CategoryRule]:
    """Return the rule of each category; one graded case makes its category graded.

    What a judge scores must move by more than its part in the judge's own noise.
    """
    graded = {case.category for case in run.cases if case.graded}
    noise = {found.category: found.margin for found in judge_noise(run)}
    return {
        category.name: _above_noise(
            category_rule(category.limits, run.gate.preset, graded=category.name in graded),
            noise.get(category.name, 0.0),
        )
        for category in run.gate.categories
    }


def _above_noise(rule: CategoryRule, noise: float) -> CategoryRule:
    return replace(rule, margin=max(rule.margin, noise), noise=noise) if noise else rule


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


def measured_trials(run: Run, summaries: Iterable[Summary]) -> list[CaseTrials]:
    """Return the scores of what was measured well enough to be judged.

    A category that was not measured counts nowhere, not in the whole run either: what is missing
    there may be missing because it failed.
    """
    known = {s.category.name for s in summaries if unmeasured(s, run) is None}
    return [case for case in case_trials(run) if case.category in known]


def _by_replicate(trials: tuple[Trial, ...]) -> tuple[float | None, ...]:
    """Return the composites by their replicate; None where a case sat one out, or has no score."""
    scores = {trial.trial: trial.composite for trial in independent(trials)}
    return tuple(scores.get(replicate) for replicate in range(max(scores, default=-1) + 1))


def decision_of(run: Run, cases: Sequence[CaseTrials]) -> Decision:
    """Return what the trials of a finished run say of ``cases``, look by look."""
    options = options_of(run.gate)
    taken = max((len(case.candidate) for case in cases), default=0)
    complete = taken >= options.cap or options.method is not Method.EVIDENCE
    ending = Ending.CAP if complete and not run.stopped else Ending.BUDGET
    return follow(cases, rules_of(run), options, ending=ending)


def looked_once(run: Run) -> bool:
    """Tell whether every case that may be compared had all trials of the first look."""
    if run.gate.mode is not Mode.EVIDENCE or not run.gate.looks:
        return False
    due = [case for case in run.cases if case.may_compare]
    return bool(due) and all(len(case.trials) >= run.gate.looks[0] for case in due)


def statistical_result(summary: Summary, run: Run, decision: Decision) -> CategoryResult:
    """Return a category's result: not measured, then the regression, floor, edits, the rest."""
    floor = below_floor(summary, noise_now(summary, run))
    common = unmeasured(summary, run) or floor or edited(summary)
    found = decision.of(summary.category.name)
    if found is None or summary.drop is None:
        return common or uncompared(summary)
    regressed = found.status is Status.REGRESSION
    if common and (common.outcome is Outcome.NOT_MEASURED or not regressed):
        return replace(common, decision=found)
    return CategoryResult(
        summary=summary,
        outcome=_OUTCOMES[found.status],
        reason=_reason(summary, found, decision, run),
        blocks=found.blocks,
        decision=found,
    )


def _reason(summary: Summary, found: CategoryDecision, decision: Decision, run: Run) -> str:
    confidence = options_of(run.gate).confidence
    sentence = reason_of(found, limit=decision.limit, confidence=confidence)
    if summary.category.name not in decision.pooled:
        return sentence
    others = len(decision.pooled) - 1
    return f"with {others} other small {'category' if others == 1 else 'categories'}: {sentence}"
