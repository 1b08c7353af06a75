"""What the JUnit report consists of: a suite for each golden set and model, and its test cases.

Passed means: measured, held against the baseline, and not to blame. What was not measured (carried
forward) or not compared (new, edited) is skipped, which viewers count apart and never as a defect.
So there are failures exactly when the gate blocks, and errors when something is not measured.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import assert_never

from evalci.core.gate import decide
from evalci.core.publication import Failure
from evalci.core.run import Run, RunCase, Standing
from evalci.core.verdict import CategoryResult, Outcome, Verdict
from evalci.report.escape import unmarked
from evalci.report.examples import Example, build_examples
from evalci.report.facts import run_spend
from evalci.report.failures import failure_proceed, failure_title
from evalci.report.moved import moved_cases
from evalci.report.outcomes import outcome_words
from evalci.report.overrides import giver_words, until_words
from evalci.report.rows import regressed_whole, whole_sentence
from evalci.report.view import build_view


class Result(StrEnum):
    """What became of a test case; the word is the element that says so."""

    PASSED = "passed"
    FAILURE = "failure"
    ERROR = "error"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class JUnitCase:
    """One line of a test viewer; ``kind`` is the type that viewers group failures by."""

    group: str
    name: str
    result: Result
    kind: str = ""
    message: str = ""
    body: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class JUnitSuite:
    """A golden set with a model."""

    name: str
    cases: tuple[JUnitCase, ...]
    properties: tuple[tuple[str, str], ...] = ()
    timestamp: str = ""
    seconds: float = 0.0
    words: str = ""


def run_suite(run: Run) -> JUnitSuite:
    """Return the suite of a run."""
    verdict = decide(run)
    view = build_view(run, verdict)
    proceed = f"To proceed: {view.proceed}."
    return JUnitSuite(
        name=f"{run.golden_set.name}.{run.model.name}",
        cases=(
            *_whole(run, verdict),
            *(_category_case(result) for result in verdict.categories),
            *_cases(run, verdict),
        ),
        properties=_properties(run, verdict),
        timestamp=_timestamp(run.provenance.started_at),
        seconds=_duration(run.provenance.started_at, run.provenance.finished_at),
        words="\n".join(
            unmarked(line) for line in (view.title, view.headline, *view.sentences, proceed)
        ),
    )


def failure_suite(failure: Failure) -> JUnitSuite:
    """Return a suite of one error for what did not come to a run."""
    code = "killed" if failure.exit_code is None else f"exit {failure.exit_code}"
    title = failure_title(failure)
    case = JUnitCase(
        group="run",
        name="verdict",
        result=Result.ERROR,
        kind=code,
        message=f"{title}: {failure.error}" if failure.error else title,
        body=f"To proceed: {failure_proceed(failure)}.",
    )
    return JUnitSuite(name=failure.key or "evalci", cases=(case,))


def _whole(run: Run, verdict: Verdict) -> Iterator[JUnitCase]:
    """Yield what the run as a whole is: not measured, or worse, whatever its categories say."""
    unmeasured = verdict.outcome is Outcome.NOT_MEASURED
    reason = run.stopped or verdict.reason
    bare = JUnitCase(group="run", name="verdict", result=Result.FAILURE)
    if reason and (unmeasured or (verdict.blocking and run.stopped)):
        kind = Outcome.NOT_MEASURED.value
        yield replace(bare, result=Result.ERROR, kind=kind, message=f"not measured: {reason}")
    for finding in verdict.findings:
        if finding.blocks:
            kind = finding.kind.value
            name = f"{kind} {finding.category}".strip()
            yield replace(bare, name=name, kind=kind, message=finding.text)
    if whole := regressed_whole(verdict):
        message = whole_sentence(verdict, whole)
        yield replace(bare, kind=Outcome.REGRESSION.value, message=message)


def _category_case(result: CategoryResult) -> JUnitCase:
    return JUnitCase(
        group="category",
        name=result.summary.category.name,
        result=Result.FAILURE if result.blocks else _result_of(result.outcome),
        kind=result.outcome.value,
        message=f"{_outcome(result)}: {result.reason}",
    )


def _outcome(result: CategoryResult) -> str:
    """Return the outcome of a category and, where it is overridden, why."""
    one = result.override
    if one is None:
        return outcome_words(result.outcome)
    return f"{unmarked(until_words(one))} by {unmarked(giver_words(one))} ({one.reason})"


def _result_of(outcome: Outcome) -> Result:
    """Return what an outcome is when it does not block."""
    match outcome:
        case Outcome.PASS | Outcome.IMPROVED:
            return Result.PASSED
        case Outcome.NOT_MEASURED:
            return Result.ERROR
        case (
            Outcome.REGRESSION
            | Outcome.BELOW_FLOOR
            | Outcome.INCONCLUSIVE
            | Outcome.NOT_COMPARABLE
            | Outcome.UNVERIFIED
            | Outcome.OVERRIDDEN
            | Outcome.NOT_RUN
            | Outcome.NO_BASELINE
            | Outcome.UNCHANGED
            | Outcome.ADVISORY
        ):
            return Result.SKIPPED
        case _:
            assert_never(outcome)


def _cases(run: Run, verdict: Verdict) -> Iterator[JUnitCase]:
    found = build_examples(run, verdict, moved_cases(run, verdict))
    examples = {example.case: example for example in found if example.blocks and example.sure}
    unmeasured = {
        result.summary.category.name
        for result in verdict.categories
        if result.outcome is Outcome.NOT_MEASURED
    }
    for case in run.cases:
        if case.id in examples:
            yield _failing(case, examples[case.id])
        else:
            yield _other(case, Result.ERROR if case.category in unmeasured else Result.SKIPPED)


def _failing(case: RunCase, example: Example) -> JUnitCase:
    why = unmarked(example.why)
    message = f"{unmarked(example.flipped)}: {why}" if why else unmarked(example.flipped)
    blocks = [
        ("Output", example.output),
        ("Expected", example.expected),
        ("Judge", example.judged),
    ]
    texts = [f"{title}:\n{text}" for title, text in blocks if text]
    return JUnitCase(
        group=case.category,
        name=case.id,
        result=Result.FAILURE,
        kind="must pass" if case.must_pass else "fell",
        message=message,
        body="\n\n".join([f"case in {case.source}, prompt {case.prompt}", *texts]),
        seconds=_seconds(case),
    )


def _other(case: RunCase, unscored: Result) -> JUnitCase:
    """Return a case that is not to blame; ``unscored`` is what a lack of scores makes of it."""
    result, kind, message = Result.PASSED, "", ""
    if case.carried:
        result, kind = Result.SKIPPED, "carried forward"
        message = "carried forward: nothing that affects it changed"
    elif case.unscored and (unscored is Result.ERROR or not case.values):
        result, kind, message = unscored, Outcome.NOT_MEASURED.value, _unscored(case)
    elif not case.compared:
        result, kind = Result.SKIPPED, "not compared"
        message = _STANDINGS[case.standing]
    return JUnitCase(
        group=case.category,
        name=case.id,
        result=result,
        kind=kind,
        message=message,
        seconds=_seconds(case),
    )


def _unscored(case: RunCase) -> str:
    causes = [trial.failure for trial in case.trials if trial.failure]
    cause = f": {causes[0]}" if causes else ""
    return f"{case.unscored} of {len(case.values) + case.unscored} trials have no score{cause}"


_STANDINGS = {
    Standing.NEW: "new: nothing to compare with yet",
    Standing.EDITED: "edited since the baseline: not compared",
    Standing.RESCORED: "scored otherwise since the baseline: not compared",
    Standing.COMPARABLE: "not measured",
}


def _properties(run: Run, verdict: Verdict) -> tuple[tuple[str, str], ...]:
    spend = run_spend(run)
    commit = run.baseline.commit if run.baseline else None
    found = {
        "verdict": verdict.outcome.value,
        "blocking": str(verdict.blocking).lower(),
        "exit_code": str(int(verdict.exit_code)),
        "golden_set": run.golden_set.name,
        "golden_set_version": run.golden_set.version,
        "model": run.model.name,
        "model_id": run.model.id,
        "resolved_models": ", ".join(run.provenance.resolved_models),
        "commit": run.provenance.commit or "",
        "baseline_commit": commit or "",
        "calls": str(spend.calls),
        "cost_usd": "" if spend.unknown else f"{spend.usd:.6f}",
        "evalci": run.provenance.evalci,
    }
    return tuple(found.items())


def _seconds(case: RunCase) -> float:
    return sum(t.output.latency_s or 0.0 for t in case.trials if t.output is not None)


def _timestamp(moment: str) -> str:
    """Return a moment in UTC without its offset, as the format has it; empty when it is none."""
    try:
        return datetime.fromisoformat(moment).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    except (ValueError, OverflowError):
        return ""


def _duration(start: str, end: str) -> float:
    try:
        return max(
            0.0, (datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds()
        )
    except (ValueError, TypeError):
        return 0.0
