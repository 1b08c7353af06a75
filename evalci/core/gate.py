"""The gate: turns a run into an outcome per category and one verdict."""

from collections.abc import Sequence
from typing import assert_never

from evalci.core.evidence.decision import Decision
from evalci.core.evidence.table import CaseTrials
from evalci.core.findings import findings_of
from evalci.core.foreign import disarmed, not_run
from evalci.core.must_pass import MUST_PASS_TRIALS, must_pass_results
from evalci.core.overridden import Found, lifted, regressed
from evalci.core.policy import Mode
from evalci.core.run import Run, Shard
from evalci.core.slices import slices_of
from evalci.core.statistical import decision_of, looked_once, measured_trials, statistical_result
from evalci.core.summary import Summary, summarise
from evalci.core.threshold import threshold_result
from evalci.core.verdict import CategoryResult, Outcome, Verdict


def decide(run: Run) -> Verdict:
    """Return the verdict of a run under the policy it carries.

    Order: regression, not measured, inconclusive, pass. A regression in one category stands even
    when another could not be measured; an empty measurement is never a pass, and neither is a
    shard: it has no verdict. Neither has a fork's own report, or a run that asked nobody. What the
    run's overrides cover does not block, and stays in sight.
    """
    if run.shard is not None:
        return _of_shard(run.shard)
    if run.proposal is None:
        return _decided(run)
    if run.proposal.not_run:
        return not_run(run, run.proposal.not_run)
    return disarmed(_decided(run)) if run.proposal.foreign else _decided(run)


def _decided(run: Run) -> Verdict:
    """Return the verdict of what was measured."""
    summaries = summarise(run)
    trials = measured_trials(run, summaries)
    results, decision = _results(run, summaries, trials)
    found = Found(
        results=results,
        must_pass=must_pass_results(run.cases),
        findings=findings_of(run, results, decision),
        whole=regressed(decision),
    )
    left = lifted(run, found, trials)
    outcome, reason = _overall(run, left)
    return Verdict(
        outcome=outcome,
        categories=left.results,
        must_pass=left.must_pass,
        blocking=left.blocking,
        reason=reason,
        decision=decision,
        whole_blocks=left.whole,
        whole_override=left.whole_override,
        findings=left.findings,
        slices=slices_of(run, trials),
    )


def _of_shard(shard: Shard) -> Verdict:
    """Return no verdict: a part of the cases says nothing of a category."""
    reason = f"{shard.words} decides nothing: `evalci merge` joins the shards"
    return Verdict(outcome=Outcome.NOT_MEASURED, categories=(), reason=reason)


def _results(
    run: Run, summaries: Sequence[Summary], trials: Sequence[CaseTrials]
) -> tuple[tuple[CategoryResult, ...], Decision | None]:
    match run.gate.mode:
        case Mode.THRESHOLD:
            return tuple(threshold_result(summary, run) for summary in summaries), None
        case Mode.EVIDENCE | Mode.EXACT | Mode.ENTROPY:
            decision = decision_of(run, trials)
            return tuple(statistical_result(s, run, decision) for s in summaries), decision
        case _:
            assert_never(run.gate.mode)


def _overall(run: Run, left: Found) -> tuple[Outcome, str]:
    found = {result.outcome for result in left.results}
    if left.blocking:
        return Outcome.REGRESSION, ""
    stray = {case.category for case in run.cases} - {r.summary.category.name for r in left.results}
    if _broken_off(run) or stray or not left.results:
        reason = "a case belongs to no category of the gate" if stray else "no case was selected"
        return Outcome.NOT_MEASURED, run.stopped or reason
    for outcome in _WORST_FIRST:
        if outcome in found or (outcome is Outcome.OVERRIDDEN and left.overridden):
            return outcome, ""
    if run.unverified:
        return Outcome.UNVERIFIED, run.unverified
    return _best(found), ""


def _broken_off(run: Run) -> bool:
    """Tell whether a run stopped too early for a verdict.

    Once every case had its first look, what is settled stays settled and what is open is
    undecided; a must-pass case whose failure nobody confirmed leaves no verdict.
    """
    if not run.stopped:
        return False
    doubtful = any(m.trials < MUST_PASS_TRIALS for m in must_pass_results(run.cases))
    return doubtful or not looked_once(run)


_WORST_FIRST = (
    Outcome.NOT_MEASURED,
    Outcome.BELOW_FLOOR,
    Outcome.OVERRIDDEN,
    Outcome.INCONCLUSIVE,
    Outcome.NOT_COMPARABLE,
)


def _best(found: set[Outcome]) -> Outcome:
    """Return the outcome of a run in which nothing is wrong or open."""
    if found == {Outcome.NO_BASELINE}:
        return Outcome.NO_BASELINE
    if found <= {Outcome.NO_BASELINE, Outcome.UNCHANGED}:
        return Outcome.UNCHANGED
    for outcome in (Outcome.UNCHANGED, Outcome.IMPROVED, Outcome.ADVISORY):
        if found <= {outcome, Outcome.UNCHANGED}:
            return outcome
    return Outcome.PASS
