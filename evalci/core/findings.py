"""Notices what the means do not show: tails, steadiness, latency, cost, a slow slide."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from statistics import fmean

from evalci.core.evidence.decision import Decision
from evalci.core.finding import Finding, FindingKind
from evalci.core.judge_noise import judge_noise
from evalci.core.policy import Mode, Risk
from evalci.core.run import Run, RunCase
from evalci.core.slide import slides
from evalci.core.statistical_words import in_points, in_points_up, odds, points
from evalci.core.stats.arrays import Generator
from evalci.core.stats.latency import (
    SAME_HOUR_RATIO_LIMIT,
    SLOW_POINTS,
    cost_ratio,
    slow_calls,
    typical_slowdown,
)
from evalci.core.stats.relabel import Pair
from evalci.core.stats.scores import TOLERANCE
from evalci.core.stats.sequential import LEAST_CASES
from evalci.core.stats.stability import steadiness_loss
from evalci.core.stats.tails import LEAST_FALL, tail_fall
from evalci.core.trial import Output, independent
from evalci.core.verdict import CategoryResult, Outcome

GLANCE = 0  # no draws: the size alone, which is cheap and mostly small enough
HOUR = timedelta(hours=1)
STEADY = (
    "they never differed, which bounds little where answers are few: more cases, trials or "
    "`judge.repeats` narrow it, a calibration does not"
)


def findings_of(
    run: Run, results: Sequence[CategoryResult], decision: Decision | None
) -> tuple[Finding, ...]:
    """Return what is worth a line beside the outcomes; the plain rule gets cost and anchor only."""
    found = [*_cost(run), *slides(run), *_judges(run)]
    if run.gate.mode is not Mode.THRESHOLD:
        found = [*_category_findings(run, results), *_latency(run), *found]
        found += _both_directions(run, decision)
    return tuple(found)


def _category_findings(run: Run, results: Sequence[CategoryResult]) -> Iterator[Finding]:
    """Yield tails and steadiness where the category itself did not fail: there they say nothing."""
    if not run.gate.watch.tail:
        return
    groups = run.by_category()
    for result in results:
        name = result.summary.category.name
        if result.outcome is Outcome.REGRESSION:
            continue
        pairs = [_scores(case) for case in groups.get(name, ()) if case.compared]
        if len(pairs) >= LEAST_CASES:
            critical = result.summary.category.limits.risk is Risk.CRITICAL
            yield from _tail(run, name, pairs, critical=critical)
            yield from _stability(run, name, pairs)


def _tail(run: Run, name: str, pairs: Sequence[Pair], *, critical: bool) -> Iterator[Finding]:
    rng = _generator(run, "tail", name)
    glance = tail_fall(pairs, rng=rng, draws=GLANCE)
    if glance is None or glance.fall < LEAST_FALL - TOLERANCE:
        return
    found = tail_fall(pairs, rng=rng)
    if found is not None and found.found:
        text = f"the worst fifth of its cases fell by {in_points(found.fall)}, beyond chance"
        yield Finding(kind=FindingKind.TAIL, category=name, text=text, blocks=critical)


def _stability(run: Run, name: str, pairs: Sequence[Pair]) -> Iterator[Finding]:
    found = steadiness_loss(pairs, rng=_generator(run, "stability", name))
    if found is not None and found.found:
        before, after = points(found.before), in_points(found.after)
        text = f"trials of one case now differ more: spread {before} -> {after}"
        yield Finding(kind=FindingKind.STABILITY, category=name, text=text)


def _latency(run: Run) -> Iterator[Finding]:
    """Yield the typical slowdown, and the rise of slow calls, over all compared cases."""
    pairs = [pair for case in run.cases if case.compared and (pair := _seconds(case))]
    if run.gate.watch.latency and len(pairs) >= LEAST_CASES:
        yield from _slowdown(run, pairs)
        yield from _slow_calls(run, pairs)


def _slowdown(run: Run, pairs: Sequence[Pair]) -> Iterator[Finding]:
    rng = _generator(run, "latency")
    glance = typical_slowdown(pairs, rng=rng, draws=GLANCE)
    if glance is None or glance.size <= SAME_HOUR_RATIO_LIMIT:
        return
    found = typical_slowdown(pairs, rng=rng, same_hour=_same_hour(run))
    if found is not None and found.found:
        text = f"a typical call takes {found.size:.2f} times as long as in the baseline"
        yield Finding(kind=FindingKind.LATENCY, text=text)


def _slow_calls(run: Run, pairs: Sequence[Pair]) -> Iterator[Finding]:
    rng = _generator(run, "slow calls")
    glance = slow_calls(pairs, rng=rng, draws=GLANCE)
    if glance is None or glance.size < SLOW_POINTS - TOLERANCE:
        return
    found = slow_calls(pairs, rng=rng)
    if found is not None and found.found:
        text = f"slow calls (1.8 times a case's usual time) rose by {in_points(found.size)}"
        yield Finding(kind=FindingKind.LATENCY, text=text)


def _cost(run: Run) -> Iterator[Finding]:
    """Yield the rise of the mean cost of a case; an unknown price is unknown, never zero."""
    limit, cases = run.gate.watch.max_cost_ratio, [case for case in run.cases if case.compared]
    if limit is None:
        return
    before = [
        _mean(trial.cost_usd for trial in case.baseline.trials) for case in cases if case.baseline
    ]
    after = [_mean(_measured(case, lambda output: output.cost_usd)) for case in cases]
    ratio = cost_ratio(before, after)
    if ratio is not None and ratio > limit:
        text = f"a case costs {ratio:.1f} times as much as in the baseline (limit {limit:g})"
        yield Finding(kind=FindingKind.COST, text=text)


def _judges(run: Run) -> Iterator[Finding]:
    """Yield what a movement must exceed where a judge scores."""
    for noise in judge_noise(run):
        who = "a judge has a part in its scores" if noise.partly else "the judge alone scores it"
        least = f"only a move of {in_points_up(noise.margin)} is more than the judge's own noise"
        how = f"two standard errors of {noise.repeats} repeat{'s' * (noise.repeats > 1)}"
        bound = f"; {STEADY}" * noise.steady
        yield Finding(
            kind=FindingKind.JUDGE, category=noise.category, text=f"{who}: {least} ({how}{bound})"
        )


def _both_directions(run: Run, decision: Decision | None) -> Iterator[Finding]:
    whole = None if decision is None else decision.whole
    if whole is None or not whole.both_directions:
        return
    sides = f"losses {odds(whole.losses)}, gains {odds(whole.gains)}"
    text = f"answers changed in both directions ({sides}){_why_both(run)}"
    yield Finding(kind=FindingKind.BOTH_DIRECTIONS, text=text)


def _why_both(run: Run) -> str:
    """Return what to suspect; nothing where a side does not know which model answered."""
    before = set(run.baseline.resolved_models) if run.baseline else set()
    now = set(run.provenance.resolved_models)
    if not before or not now:
        return ""
    if now <= before:
        return "; the same model answered: it helps some and hurts others, or trials are copies"
    return "; the model changed"


def _scores(case: RunCase) -> Pair:
    before = case.baseline.trials if case.baseline else ()
    now = (trial.composite for trial in independent(case.trials))
    return Pair(
        before=tuple(trial.score for trial in before),
        after=tuple(value for value in now if value is not None),
    )


def _seconds(case: RunCase) -> Pair | None:
    """Return the times of the calls of both sides, None where one side has none."""
    known = case.baseline.trials if case.baseline else ()
    before = tuple(trial.latency_s for trial in known if trial.latency_s)
    after = tuple(s for s in _measured(case, lambda output: output.latency_s) if s)
    return Pair(before=before, after=after) if before and after else None


def _measured(case: RunCase, value: Callable[[Output], float | None]) -> tuple[float | None, ...]:
    """Return a value of every answer that a model gave; a copy says nothing."""
    outputs = (trial.output for trial in case.trials)
    return tuple(value(output) for output in outputs if output is not None and not output.copied)


def _mean(values: Iterable[float | None]) -> float | None:
    found = tuple(values)
    known = [value for value in found if value is not None]
    return fmean(known) if known and len(known) == len(found) else None


def _same_hour(run: Run) -> bool:
    """Tell whether baseline and run were measured within an hour of each other."""
    if run.baseline is None:
        return False
    try:
        then, now = map(
            datetime.fromisoformat, (run.baseline.accepted_at, run.provenance.started_at)
        )
        return abs(now - then) <= HOUR
    except (TypeError, ValueError):
        return False


def _generator(run: Run, *names: str) -> Generator:
    """Return the generator of one finding: what was measured decides its draws, not the clock."""
    import numpy as np

    key = "\n".join((run.golden_set.hash, run.model.id, *names))
    return np.random.default_rng(int(hashlib.sha256(key.encode()).hexdigest()[:16], 16))
