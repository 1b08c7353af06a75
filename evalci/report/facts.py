"""The small print of a report: spread, speed, cost, coverage, limits."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from statistics import fmean, median, quantiles

from evalci.core.certificate import sentence
from evalci.core.evidence.decision import Decision, Status
from evalci.core.hashes import short
from evalci.core.refusal import Refusal, refusal_of
from evalci.core.run import BaseRef, Run, Standing
from evalci.core.statistical_words import in_points_up
from evalci.core.stats.bounds import FULL_SIZE
from evalci.core.stats.sequential import LEAST_CASES
from evalci.core.summary import shown_mean
from evalci.core.trial import Finish, Spend, Trial, spend_of, total_of, usd_words
from evalci.core.verdict import Outcome, Verdict
from evalci.report.escape import counted, listed, mark_code
from evalci.report.judging import judge_facts, judge_limits, judge_spend
from evalci.report.review_queue import queue_facts

LEAST_BASELINE = 3
PRIVATE = "prompts and answers are private here: `evalci run` on your own machine shows them"
UNPRICED = "† some calls have no known cost: no `price` of the model, or no usage in the answer"


def facts(run: Run) -> tuple[str, ...]:
    """Return spread, latency, cost and refusals, as far as the run knows them."""
    trials = [trial for case in run.cases for trial in case.trials]
    judged = judge_facts(run, dollars(judge_spend(run)))
    lines = _spread(run) + _latency(trials) + _cost(run) + judged + queue_facts(run)
    refused = _refused(trials, Refusal.MODEL)
    filtered = _refused(trials, Refusal.FILTER)
    truncated = _finished(trials, Finish.TRUNCATED)
    lines += [f"{counted(refused, 'refusal')} (scored 0)"] * bool(refused)
    stopped = f"{counted(filtered, 'answer')} stopped by a content filter (scored 0)"
    lines += [stopped] * bool(filtered)
    lines += [f"{counted(truncated, 'answer')} cut off by the token limit"] * bool(truncated)
    return tuple(lines)


def _spread(run: Run) -> list[str]:
    scores = sorted(mean for mean in map(shown_mean, run.cases) if mean is not None)
    if len(scores) < LEAST_CASES:
        return []
    tenths = quantiles(scores, n=10, method="inclusive")
    middle = f"p10 {tenths[0]:.2f}, median {median(scores):.2f}, p90 {tenths[-1]:.2f}"
    return [f"case scores: mean {fmean(scores):.2f}, {middle}"]


def _latency(trials: list[Trial]) -> list[str]:
    times = [t.output.latency_s for t in trials if t.output and t.output.latency_s is not None]
    if len(times) < 2:
        return []
    cuts = quantiles(times, n=100, method="inclusive")
    return [f"latency: p50 {cuts[49]:.2f} s, p95 {cuts[94]:.2f} s, p99 {cuts[98]:.2f} s"]


def _cost(run: Run) -> list[str]:
    spend = run_spend(run)
    passed = sum(trial.passed is True for case in run.cases for trial in case.trials)
    lines = [f"cost: {dollars(spend)} for {counted(spend.calls, 'call')}"] if spend.calls else []
    if passed and spend.calls and not spend.unknown and spend.usd:
        lines.append(f"cost per passing answer: ${spend.usd / passed:.4f}")
    lines += [f"{counted(spend.retries, 'call')} sent again after transport errors"] * bool(
        spend.retries
    )
    return lines


def run_spend(run: Run) -> Spend:
    """Return what the run's calls cost; carried cases were not asked.

    Requests that left no trial are calls, too.
    """
    spend = spend_of({case.id: case.trials for case in run.cases if not case.carried})
    return replace(spend, calls=spend.calls + run.lost_requests)


def dollars(spend: Spend) -> str:
    """Return the known dollars; a dagger marks calls whose price nobody knows."""
    if spend.unknown and not spend.usd:
        return "unknown†"
    return f"{usd_words(spend.usd)}{'†' if spend.unknown else ''}"


def _refused(trials: list[Trial], refusal: Refusal) -> int:
    outputs = (trial.output for trial in trials)
    return sum(output is not None and refusal_of(output) is refusal for output in outputs)


def _finished(trials: list[Trial], finish: Finish) -> int:
    return sum(trial.output is not None and trial.output.finish is finish for trial in trials)


def blind_spots(run: Run, verdict: Verdict, noise: int) -> tuple[str, ...]:
    """Return what this check cannot see, a line each."""
    fell = f"{counted(noise, 'case')} fell in categories that passed: changed, could be noise"
    unselected = f"{counted(len(run.unselected), 'case')} not selected"
    return (
        *_ended_early(run, verdict),
        *[fell] * bool(noise),
        *_thin(verdict),
        *_small(verdict.decision),
        *_noisy(run),
        *_stale(run),
        *_unconfirmed(verdict),
        *_no_must_pass(run),
        *_edited_must_pass(run),
        *[PRIVATE] * run.private,
        *judge_limits(run),
        *[unselected] * bool(run.unselected),
        *[UNPRICED] * bool(run_spend(run).unknown + judge_spend(run).unknown),
    )


def _thin(verdict: Verdict) -> Iterator[str]:
    """Yield the categories with few cases under a plain limit, and those that lack scores."""
    for result in verdict.categories:
        summary, name = result.summary, mark_code(result.summary.category.name)
        if result.decision is None and 0 < summary.compared < LEAST_CASES:
            yield f"{name} has only {counted(summary.compared, 'compared case')}: one case decides"
        if summary.unscored and result.outcome is not Outcome.NOT_MEASURED:
            yield f"{name}: {summary.unscored} of {summary.planned} trials are unscored"


def _noisy(run: Run) -> Iterator[str]:
    if run.baseline is not None and run.baseline.trials < LEAST_BASELINE:
        trials = counted(run.baseline.trials, "trial")
        yield f"the baseline has {trials} a case: it is noisy itself"


def _unconfirmed(verdict: Verdict) -> Iterator[str]:
    for case in verdict.must_pass:
        if not case.confirmed:
            failed = f"failed {case.failed} of {case.trials} trials: not confirmed"
            yield f"must-pass {mark_code(case.case.id)} {failed}"


def _ended_early(run: Run, verdict: Verdict) -> list[str]:
    """Say what ended a run that came to a verdict all the same; else the verdict says it."""
    silent = not run.stopped or verdict.outcome is Outcome.NOT_MEASURED
    return [] if silent else [f"the run ended early: {mark_code(run.stopped)}"]


def _small(decision: Decision | None) -> list[str]:
    """Say what few cases hide: which are pooled, and how large a drop must be to be looked for."""
    if decision is None:
        return []
    names = ", ".join(mark_code(name) for name in decision.pooled)
    pooled = f"{names} have fewer than five cases each: decided together as"
    lines = [f"{pooled} {mark_code(decision.pool)}"] if decision.pooled else []
    return lines + [
        f"{mark_code(found.name)} has {counted(found.cases, 'case')}: a drop below "
        f"{in_points_up(found.detect)} can go unseen"
        for found in decision.categories
        if LEAST_CASES <= found.cases < FULL_SIZE and found.status is not Status.REGRESSION
    ]


def _stale(run: Run) -> list[str]:
    """Warn of a baseline that is older than the policy likes."""
    if run.baseline is None:
        return []
    days = _days(run.baseline.accepted_at, run.provenance.started_at)
    limit = run.baseline.max_age_days
    stale = days is not None and days > limit
    return [f"the baseline is {days} days old, more than {limit}: renew it"] * stale


def _no_must_pass(run: Run) -> list[str]:
    """Name must-pass cases that cannot block, because their baseline did not always pass."""
    shaky = [
        case.id
        for case in run.cases
        if case.must_pass
        and case.baseline is not None
        and not all(trial.passed for trial in case.baseline.trials)
    ]
    names = listed([mark_code(case) for case in shaky])
    reason = "the baseline did not always pass, so it does not block"
    return [f"must-pass {names}: {reason}"] * bool(shaky)


def _edited_must_pass(run: Run) -> list[str]:
    """Name must-pass cases that cannot be judged, because they were edited or scored otherwise."""
    edited = [
        case.id
        for case in run.cases
        if case.must_pass and case.standing in {Standing.EDITED, Standing.RESCORED}
    ]
    names = listed([mark_code(case) for case in edited])
    why = "edited, or scored otherwise, since the baseline, so not judged"
    return [f"must-pass {names}: {why}"] * bool(edited)


def footer(run: Run) -> str:
    """Return coverage, cost and the baseline used, in one line."""
    spend, carried = run_spend(run), sum(case.carried for case in run.cases)
    recorded = sum(
        trial.output is not None and trial.output.recorded
        for case in run.cases
        for trial in case.trials
    )
    parts = [counted(spend.calls, "live call")]
    parts += [counted(recorded, "recorded answer")] * bool(recorded)
    parts += [f"{carried} carried"] * bool(carried)
    parts += [f"{spend.cached} cached"] * bool(spend.cached)
    parts = [", ".join(parts), _money(run, spend), _baseline(run)]
    parts += [_base(run.base)] if run.base else []
    ran = run.provenance.sandbox
    parts += [f"code ran in {mark_code(ran)}"] if ran else []
    parts.append(
        f"{mark_code(run.golden_set.name)} {mark_code(run.golden_set.version)} "
        f"with {mark_code(run.model.id)}, gate mode {run.gate.mode.value}"
    )
    if run.certificate is not None:
        parts.append(sentence(run.certificate, run.gate.mode))
    return " · ".join(parts)


def _money(run: Run, spend: Spend) -> str:
    """Return what was spent of which cap; the budget pays for the judge, too."""
    judge = judge_spend(run)
    cost, cap = dollars(total_of((spend, judge))), run.budget.usd if run.budget else None
    whole = cost if cap is None else f"{cost} of {usd_words(cap)}"
    calls = f"judge {dollars(judge)}, {counted(judge.calls, 'call')}"
    return f"{whole} ({calls})" if judge != Spend() else whole


def _baseline(run: Run) -> str:
    if run.baseline is None:
        return "no baseline"
    commit = f" of {mark_code(short(run.baseline.commit))}" if run.baseline.commit else ""
    days = _days(run.baseline.accepted_at, run.provenance.started_at)
    age = "" if days is None else f", {counted(days, 'day')} old"
    predates = run.baseline.predates
    stale = f", predates {mark_code(short(predates))}" if predates else ""
    return f"baseline{commit}{age}{stale}"


def _base(base: BaseRef) -> str:
    source = f" ({mark_code(base.source)})" if base.source else ""
    return f"base {mark_code(short(base.commit))}{source}"


def _days(before: str, now: str) -> int | None:
    try:
        return max(0, (datetime.fromisoformat(now) - datetime.fromisoformat(before)).days)
    except (ValueError, TypeError):
        return None
