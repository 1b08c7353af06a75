"""Extending a baseline: a scheduled run on unchanged inputs adds its trials, the oldest leave."""

from dataclasses import dataclass, replace

from evalci.core.acceptance import MAX_RUNS, refuse_unfit
from evalci.core.baseline import Baseline, BaselineCase, baseline_trial
from evalci.core.gate import decide
from evalci.core.run import Run, RunCase, Standing
from evalci.core.trial import Trial, independent
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

    Trials beyond the planned ones depend on what the first ones said, and are left out. A case
    keeps its newest 20 trials. BadInputError for a run that is no ground to compare with,
    that got worse, that is in the baseline already, or that another model answered.
    """
    known = baseline.by_id()
    same = {case.id: case for case in run.cases if _unchanged(case, known.get(case.id))}
    _refuse(run, baseline, same)
    added = 0
    cases = []
    for before in baseline.cases:
        new = same.get(before.id)
        cases.append(before if new is None else _extended(before, new))
        added += len(_planned(new)) if new else 0
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
    _refuse_worse(run)


def _refuse_worse(run: Run) -> None:
    """Refuse what the gate holds against the run: it would lower what later runs are held to."""
    verdict = decide(run)
    failed = [result.case.id for result in verdict.must_pass]
    if not (failed or verdict.blocking):
        return
    names = [r.summary.category.name for r in verdict.categories if r.blocks]
    what = f"must-pass case `{failed[0]}` failed" if failed else "the run got worse"
    where = f" in {', '.join(names)}" if names and not failed else ""
    raise BadInputError(
        f"{what}{where}, so its trials are not added",
        hint="look at the report; `evalci baseline accept` takes a loss on purpose",
    )


def _planned(case: RunCase) -> tuple[Trial, ...]:
    """Return the trials that were due whatever the others said."""
    return tuple(trial for trial in independent(case.trials) if trial.trial < case.planned)


def _extended(before: BaselineCase, now: RunCase) -> BaselineCase:
    new = tuple(filter(None, map(baseline_trial, _planned(now))))
    return replace(before, trials=(*before.trials, *new)[-MAX_TRIALS:])
