"""The gate: turns a run into an outcome per category and one verdict."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from evalci.core.policy import MaxDrop, Mode, OnInconclusive
from evalci.core.run import Run, RunCase, Standing
from evalci.core.summary import Summary, summarise
from evalci.errors import ExitCode

TOLERANCE = 1e-9
MUST_PASS_TRIALS = 5
MUST_PASS_SHARE = 0.8
LEANING_Z = 1.28
COMPARABLE_SHARE = 0.8


class Outcome(StrEnum):
    """What became of a category, a must-pass case, or the whole check."""

    REGRESSION = "regression"
    BELOW_FLOOR = "below floor"
    NOT_MEASURED = "not measured"
    INCONCLUSIVE = "inconclusive"
    NOT_COMPARABLE = "not comparable"
    UNVERIFIED = "unverified"
    NO_BASELINE = "no baseline"
    IMPROVED = "improved"
    UNCHANGED = "unchanged"
    PASS = "pass"  # noqa: S105  # the word of the report


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryResult:
    """One category's outcome with the sentence behind it; ``blocks`` makes the verdict fail."""

    summary: Summary
    outcome: Outcome
    reason: str
    blocks: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MustPassResult:
    """A must-pass case that failed in some trial; ``confirmed`` failures block."""

    case: RunCase
    failed: int
    trials: int
    confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The outcome of the whole check; ``reason`` is set when it is about the whole run."""

    outcome: Outcome
    categories: tuple[CategoryResult, ...]
    must_pass: tuple[MustPassResult, ...] = ()
    blocking: bool = False
    reason: str = ""

    @property
    def exit_code(self) -> ExitCode:
        """Return what a process ends with after this verdict."""
        if self.blocking:
            return ExitCode.GATE_FAILED
        return ExitCode.NOT_MEASURED if self.outcome is Outcome.NOT_MEASURED else ExitCode.OK


def decide(run: Run) -> Verdict:
    """Return the verdict of a run under the policy it carries.

    Order: regression, not measured, inconclusive, pass. A regression in one category stands even
    when another could not be measured; an empty measurement is never a pass.
    """
    match run.gate.mode:
        case Mode.THRESHOLD:
            results = tuple(_threshold(summary, run) for summary in summarise(run))
        case _:
            assert_never(run.gate.mode)
    must_pass = must_pass_results(run.cases)
    blocking = any(r.blocks for r in results) or any(m.confirmed for m in must_pass)
    outcome, reason = _overall(run, results, blocking=blocking)
    return Verdict(
        outcome=outcome,
        categories=results,
        must_pass=must_pass,
        blocking=blocking,
        reason=reason,
    )


def _overall(run: Run, results: Sequence[CategoryResult], *, blocking: bool) -> tuple[Outcome, str]:
    found = {result.outcome for result in results}
    if blocking:
        return Outcome.REGRESSION, ""
    stray = {case.category for case in run.cases} - {r.summary.category.name for r in results}
    if run.stopped or stray or not results:
        reason = "a case belongs to no category of the gate" if stray else "no case was selected"
        return Outcome.NOT_MEASURED, run.stopped or reason
    for outcome in _WORST_FIRST:
        if outcome in found:
            return outcome, ""
    if run.unverified:
        return Outcome.UNVERIFIED, run.unverified
    return _best(found), ""


_WORST_FIRST = (
    Outcome.NOT_MEASURED,
    Outcome.BELOW_FLOOR,
    Outcome.INCONCLUSIVE,
    Outcome.NOT_COMPARABLE,
)


def _best(found: set[Outcome]) -> Outcome:
    """Return the outcome of a run in which nothing is wrong or open."""
    if found == {Outcome.NO_BASELINE}:
        return Outcome.NO_BASELINE
    for outcome in (Outcome.UNCHANGED, Outcome.IMPROVED):
        if found <= {outcome, Outcome.UNCHANGED}:
            return outcome
    return Outcome.PASS


def _threshold(summary: Summary, run: Run) -> CategoryResult:
    """Hold one category to its limits: measured at all, comparable, drop, floor."""
    result = _unmeasured(summary, run) or _floor(summary) or _edited(summary)
    if summary.drop is None:
        return result or _uncompared(summary)
    limit = summary.category.limits.max_drop
    if exceeds(summary, limit) and (result is None or result.outcome is not Outcome.NOT_MEASURED):
        reason = f"fell by more than the {limit} allowed"
        return CategoryResult(
            summary=summary, outcome=Outcome.REGRESSION, reason=reason, blocks=True
        )
    if result is not None:
        return result
    if exceeds_upwards(summary, limit):
        reason = f"rose by more than {limit}"
        return CategoryResult(summary=summary, outcome=Outcome.IMPROVED, reason=reason)
    reason = f"no drop of more than {limit} seen"
    return CategoryResult(summary=summary, outcome=Outcome.PASS, reason=reason)


def _unmeasured(summary: Summary, run: Run) -> CategoryResult | None:
    """Return NOT_MEASURED when more trials are unscored than `gate.incomplete` allows."""
    missing, planned = summary.unscored, summary.planned
    nothing = not summary.cases or (planned > 0 and missing == planned)
    if not nothing and missing <= run.gate.incomplete * planned + TOLERANCE:
        return None
    reason = f"{missing} of {planned} trials have no score"
    return CategoryResult(summary=summary, outcome=Outcome.NOT_MEASURED, reason=reason)


def _uncompared(summary: Summary) -> CategoryResult:
    """Return the outcome of a category in which nothing was held against the baseline."""
    if summary.measured == 0:
        reason = f"all {summary.cases} cases carried forward"
        return CategoryResult(summary=summary, outcome=Outcome.UNCHANGED, reason=reason)
    if summary.standings[Standing.NEW] == summary.measured:
        reason = "nothing to compare with yet"
        return CategoryResult(summary=summary, outcome=Outcome.NO_BASELINE, reason=reason)
    return _not_comparable(summary)


def _edited(summary: Summary) -> CategoryResult | None:
    """Return NOT_COMPARABLE when less than 80 % of the measured old cases may be compared."""
    edited = summary.standings[Standing.EDITED] + summary.standings[Standing.RESCORED]
    known = edited + summary.standings[Standing.COMPARABLE] - summary.carried
    if not edited or known - edited >= COMPARABLE_SHARE * known - TOLERANCE:
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


def _floor(summary: Summary) -> CategoryResult | None:
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


def must_pass_results(cases: Sequence[RunCase]) -> tuple[MustPassResult, ...]:
    """Return the must-pass cases that failed, of those whose baseline always passed.

    A failure is confirmed when at least 4 of 5 trials (80 % of five or more) fail.
    """
    results = []
    for case in cases:
        verdicts = [trial.passed for trial in case.trials if trial.passed is not None]
        failed = verdicts.count(False)
        if not (failed and must_pass_holds(case)):
            continue
        results.append(
            MustPassResult(
                case=case,
                failed=failed,
                trials=len(verdicts),
                confirmed=failed
                >= MUST_PASS_SHARE * max(len(verdicts), MUST_PASS_TRIALS) - TOLERANCE,
            )
        )
    return tuple(results)


def must_pass_holds(case: RunCase) -> bool:
    """Tell whether a case is judged alone: flagged, comparable, and always passed before."""
    return (
        case.must_pass
        and case.compared
        and case.baseline is not None
        and all(trial.passed for trial in case.baseline.trials)
    )
