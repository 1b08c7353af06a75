"""Makes of a finished run what the history keeps of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from statistics import fmean, median, quantiles

from evalci.core.axis_rates import AxisRate, axis_rates
from evalci.core.composite import Axis
from evalci.core.hashes import digest
from evalci.core.history import (
    CaseRecord,
    CategoryRecord,
    JudgeRecord,
    ReferenceRecord,
    RunRecord,
    Trigger,
)
from evalci.core.run import AnchorRef, BaselineRef, Run, RunCase
from evalci.core.trial import Finish, Output, Score, Trial
from evalci.core.verdict import CategoryResult, Verdict

# A zero of one of these, or of any scorer with this reason, means that the form was not kept.
_FORM_SCORERS = frozenset({"json_schema", "extracts", "applies"})
_NO_ANSWER = "no answer found in the output"


def record_of(run: Run, verdict: Verdict, *, trigger: Trigger) -> RunRecord:
    """Return what the history keeps of a run: scores, hashes and counts, and no text of a model."""
    measured = tuple(case for case in run.cases if not case.carried)
    made, judge = run.provenance, _judge(measured)
    axes = {rate.category: rate for rate in axis_rates(run)}
    return RunRecord(
        id=run.id,
        golden_set=run.golden_set.name,
        model=run.model.name,
        model_id=run.model.id,
        at=made.started_at,
        trigger=trigger,
        outcome=verdict.outcome.value,
        evalci=made.evalci,
        golden_set_version=run.golden_set.version,
        golden_set_hash=run.golden_set.hash,
        requests=digest(sorted([case.id, case.hashes.request] for case in run.cases)),
        scoring=digest(sorted([case.id, case.hashes.harness] for case in run.cases)),
        prompts={path: hash_ for prompt in run.prompts for path, hash_ in prompt.files.items()},
        commit=made.commit,
        resolved_models=made.resolved_models,
        fingerprints=made.fingerprints,
        judge=judge,
        baseline=_reference(run.baseline),
        anchor=_reference(run.anchor),
        overrides=_overrides(verdict),
        selection=run.selection,
        carried=len(run.cases) - len(measured),
        edited=sum(map(_edited, measured)),
        complete=not run.stopped,
        categories=tuple(
            _judged_apart(run, _category(result, measured, axes)) for result in verdict.categories
        ),
        cases=tuple(_case(case) for case in measured),
    )


def _reference(ref: BaselineRef | AnchorRef | None) -> ReferenceRecord | None:
    if ref is None:
        return None
    known = ReferenceRecord(accepted_at=ref.accepted_at, commit=ref.commit)
    if isinstance(ref, AnchorRef):
        return known
    return replace(known, trials=ref.trials, resolved_models=ref.resolved_models)


def _edited(case: RunCase) -> bool:
    """Tell whether a case is asked otherwise than it was for its baseline."""
    before = case.baseline if case.compared else None
    return before is not None and before.hashes.request != case.hashes.request


def _overrides(verdict: Verdict) -> tuple[str, ...]:
    """Return the names of what an override let through."""
    every = (
        *(result.override for result in verdict.categories),
        *(result.override for result in verdict.must_pass),
        verdict.whole_override,
    )
    return tuple(sorted(override.category for override in every if override is not None))


def _judge(cases: Iterable[RunCase]) -> JudgeRecord | None:
    """Return who judged any trial; several resolved names mean that the judge's vendor moved."""
    found = [
        judge
        for case in cases
        for trial in case.trials
        for score in trial.scores
        if (judge := score.judge) is not None
    ]
    if not found:
        return None
    resolved = {name for judge in found for name in judge.resolved}
    return JudgeRecord(id=found[0].model, resolved=tuple(sorted(resolved)))


def _category(
    result: CategoryResult, measured: Sequence[RunCase], axes: Mapping[str, AxisRate]
) -> CategoryRecord:
    name = result.summary.category.name
    cases = [case for case in measured if case.category == name]
    means = [fmean(case.values) for case in cases if case.values]
    records = [_case(case) for case in cases]
    outputs = _outputs(trial for case in cases for trial in case.trials)
    times = [o.latency_s for o in outputs if o.latency_s is not None]
    anchored = [(c.anchor, fmean(c.values)) for c in cases if c.values and c.anchor is not None]
    return CategoryRecord(
        name=name,
        outcome=result.outcome.value,
        cases=len(means),
        trials=sum(len(record.scores) for record in records),
        unscored=sum(case.unscored for case in cases),
        refused=sum(record.refused for record in records),
        truncated=sum(record.truncated for record in records),
        malformed=sum(record.malformed for record in records),
        mean=_mean(means),
        p10=quantile(means, 10),
        p90=quantile(means, 90),
        baseline=result.summary.compared_baseline,
        drop=result.summary.drop,
        anchor=_mean([before for before, _ in anchored]),
        slide=_mean([before - now for before, now in anchored]),
        latency_p50_s=quantile(times, 50),
        latency_p95_s=quantile(times, 95),
        cost_usd=_cost(outputs),
        length=_mean([float(len(output.text)) for output in outputs]),
        axes=_axes(axes.get(name)),
    )


def _judged_apart(run: Run, record: CategoryRecord) -> CategoryRecord:
    """Return a category with what the judge alone moved of it, as it is where nobody looked."""
    shift = next((one for one in run.judge_shifts if one.category == record.name), None)
    if shift is None:
        return record
    return replace(record, judge_shift=shift.points, judge_error=shift.error)


def _case(case: RunCase) -> CaseRecord:
    outputs = _outputs(case.trials)
    times = [o.latency_s for o in outputs if o.latency_s is not None]
    known = case.baseline if case.compared else None
    return CaseRecord(
        id=case.id,
        category=case.category,
        dimensions=case.dimensions,
        request=case.hashes.request,
        harness=case.hashes.harness,
        scores=tuple(trial.composite for trial in case.trials),
        refused=sum(output.finish is Finish.REFUSED for output in outputs),
        truncated=sum(output.finish is Finish.TRUNCATED for output in outputs),
        malformed=sum(_malformed(trial) for trial in case.trials),
        latency_s=median(times) if times else None,
        cost_usd=_cost(outputs),
        length=_mean([float(len(output.text)) for output in outputs]),
        baseline=None if known is None else known.mean,
    )


def _outputs(trials: Iterable[Trial]) -> list[Output]:
    return [trial.output for trial in trials if trial.output is not None]


def _malformed(trial: Trial) -> bool:
    """Tell whether an answer was given, and could not be read in the form that was asked for."""
    answered = trial.output is not None and trial.output.finish is Finish.STOP
    return answered and any(map(_formless, trial.scores))


def _formless(score: Score) -> bool:
    return score.value == 0 and (score.scorer in _FORM_SCORERS or score.reason == _NO_ANSWER)


def _axes(rate: AxisRate | None) -> dict[str, float]:
    """Return the level of each axis of a category; none where a run has no axes."""
    if rate is None:
        return {}
    levels = {Axis.CORRECTNESS.value: rate.correctness.now, Axis.QUALITY.value: rate.quality.now}
    return {axis: level for axis, level in levels.items() if level is not None}


def _cost(outputs: Sequence[Output]) -> float | None:
    """Return the mean price of an answer, None as soon as one of them is unknown."""
    prices = [output.cost_usd for output in outputs if output.cost_usd is not None]
    return fmean(prices) if prices and len(prices) == len(outputs) else None


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None


def quantile(values: Sequence[float], percent: int) -> float | None:
    """Return a quantile by linear interpolation, None without values."""
    if len(values) < 2:
        return values[0] if values else None
    return quantiles(values, n=100, method="inclusive")[percent - 1]
