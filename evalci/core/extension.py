"""Extending a baseline: a scheduled run on unchanged inputs adds its trials, the oldest leave."""

from dataclasses import dataclass, replace

from evalci.core.acceptance import MAX_RUNS, refuse_unfit
from evalci.core.baseline import Baseline, BaselineCase, baseline_trial
from evalci.core.run import Run, RunCase, Standing
from evalci.core.trial import independent
from evalci.errors import BadInputError

MAX_TRIALS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """An extended baseline, and how many cases and trials it gained."""

    baseline: Baseline
    cases: int
    trials: int


def extend(run: Run, baseline: Baseline) -> Extension:
    """Return the baseline with the run's trials of every case that is asked and scored as before.

    A case keeps its newest 20 trials. BadInputError for a run that is no ground to compare with,
    that is in the baseline already, or that another model answered.
    """
    known = baseline.by_id()
    same = {case.id: case for case in run.cases if _unchanged(case, known.get(case.id))}
    _refuse(run, baseline, same)
    added = 0
    cases = []
    for before in baseline.cases:
        new = same.get(before.id)
        cases.append(before if new is None else _extended(before, new))
        added += len(independent(new.trials)) if new else 0
    extended = replace(baseline, cases=tuple(cases), runs=(*baseline.runs, run.id)[-MAX_RUNS:])
    return Extension(baseline=extended, cases=len(same), trials=added)


def _unchanged(case: RunCase, before: BaselineCase | None) -> bool:
    """Tell whether a measured case has the hashes, all of them, of the baseline at hand."""
    measured = not case.carried and case.standing is Standing.COMPARABLE
    return measured and before is not None and before.hashes == case.hashes


def _refuse(run: Run, baseline: Baseline, same: dict[str, RunCase]) -> None:
    if run.id in baseline.runs:
        raise BadInputError("the baseline has the trials of this run already")
    if not same:
        hint = "measure all cases with `evalci run --all --trials 4`"
        raise BadInputError("the run measured no case as the baseline has it", hint=hint)
    moved = set(run.provenance.resolved_models) - set(baseline.resolved_models)
    if moved:
        raise BadInputError(
            f"{sorted(moved)[0]} answered, not the model of the baseline",
            hint="look at the report, then `evalci baseline accept`",
        )
    refuse_unfit(run, min_trials=1, cases=same)


def _extended(before: BaselineCase, now: RunCase) -> BaselineCase:
    new = tuple(filter(None, map(baseline_trial, independent(now.trials))))
    return replace(before, trials=(*before.trials, *new)[-MAX_TRIALS:])
