"""What a planned run would ask and cost, from what the baseline recorded of each case."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from evalci.core.affected import Why, causes_of, unknown_dependencies
from evalci.core.baseline import Baseline, BaselineTrial
from evalci.core.budget import NO_BUDGET, Amount, BudgetRef, Tariff, worst_case
from evalci.core.must_pass import MUST_PASS_TRIALS
from evalci.core.policy import Mode
from evalci.core.run import Run, RunCase
from evalci.core.statistical import options_of
from evalci.core.trial import Request
from evalci.errors import BadInputError

LEAST_ENTROPY_TRIALS = 2
SIMULATED_RUNS = 200
SIMULATED_CASES = 40_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """At least, at most, and what it is when nothing got worse; None when nobody knows that."""

    least: float
    usual: float | None
    most: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedCase:
    """A case that would be measured, with its first trials, its calls at most, and why."""

    id: str
    category: str
    trials: int
    most: float
    why: tuple[Why, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AtWorst:
    """What all calls would take if each took what a budget reserves for it.

    ``usd`` None: nobody knows the price.
    """

    tokens: int
    usd: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What a run of a golden set with a model would ask, spend and take.

    Tokens, dollars and seconds are None where nothing is recorded. ``unpriced`` cases have no
    recorded cost, while others have: they count as much as those on average. ``judging`` are the
    judge's calls, which are no part of ``calls`` nor of the cost; None where nobody judges.
    ``worst`` stands in where not all is recorded.
    """

    golden_set: str
    model: str
    mode: Mode
    selection: str
    concurrency: int
    cases: tuple[PlannedCase, ...]
    carried: int
    unselected: int
    calls: Bounds
    tokens: Bounds | None
    usd: Bounds | None
    seconds: Bounds | None
    unpriced: int = 0
    judging: Bounds | None = None
    worst: AtWorst | None = None
    warnings: tuple[str, ...] = ()

    @property
    def recorded(self) -> bool:
        """Tell whether the baseline recorded tokens and cost of what would be measured."""
        known = None not in {self.tokens, self.usd} and not self.unpriced
        return known or not self.cases


def forecast_of(
    run: Run,
    baseline: Baseline | None,
    *,
    concurrency: int,
    questions: Mapping[str, int] | None = None,
) -> Forecast:
    """Return what a planned run would ask, and what that would cost; nothing is asked.

    ``questions`` are those to a judge about one answer, by case; a reply that cannot be used is
    asked for once more.
    """
    due = [case for case in run.cases if not case.carried]
    calls = _calls(run, due)
    paid = [_usage(case, run, baseline, lambda trial: trial.cost_usd) for case in due]
    tokens = [_usage(case, run, baseline, lambda trial: trial.tokens) for case in due]
    seconds = [_usage(case, run, baseline, lambda trial: trial.latency_s) for case in due]
    return Forecast(
        golden_set=run.golden_set.name,
        model=run.model.id,
        mode=run.gate.mode,
        selection=run.selection,
        concurrency=concurrency,
        cases=tuple(_planned(case, run, its) for case, its in zip(due, calls, strict=True)),
        carried=len(run.cases) - len(due),
        unselected=len(run.unselected),
        calls=_sum(calls, [1.0] * len(due)) or Bounds(least=0, usual=0, most=0),
        tokens=_sum(calls, tokens),
        usd=_sum(calls, paid),
        seconds=_wall(_sum(calls, seconds), seconds, _rounds(calls, due), concurrency),
        unpriced=paid.count(None) if any(each is not None for each in paid) else 0,
        judging=_sum(calls, [questions[case.id] for case in due]) if questions else None,
        warnings=_warnings(run),
    )


def _planned(case: RunCase, run: Run, calls: Bounds) -> PlannedCase:
    return PlannedCase(
        id=case.id,
        category=case.category,
        trials=case.planned,
        most=calls.most,
        why=causes_of(case, run),
    )


def with_budget(found: Forecast, caps: BudgetRef | None) -> Forecast:
    """Return a forecast that says when a cap ends the run before every case had its first look."""
    if caps is None:
        return found
    calls = found.calls.least + (found.judging.least if found.judging else 0)
    least = Amount(
        usd=found.usd.least if found.usd else 0.0,
        calls=round(calls),
        tokens=round(found.tokens.least) if found.tokens else 0,
    )
    cap = NO_BUDGET.kept_to(caps).exceeded_by(least)
    line = f"the budget of {cap} ends the run before every case had its first look"
    return replace(found, warnings=(*found.warnings, line)) if cap else found


def at_worst(
    cases: Sequence[PlannedCase], requests: Mapping[str, Request], tariff: Tariff
) -> AtWorst:
    """Return what cases take if all calls at most are made and each takes its worst case."""
    amounts = [(case.most, worst_case(requests[case.id], tariff)) for case in cases]
    usd = sum(calls * amount.usd for calls, amount in amounts)
    return AtWorst(
        tokens=round(sum(calls * amount.tokens for calls, amount in amounts)),
        usd=None if tariff.price is None else usd,
    )


def _usage(
    case: RunCase,
    run: Run,
    baseline: Baseline | None,
    value: Callable[[BaselineTrial], float | None],
) -> float | None:
    """Return what a call of a case used on average; another model may use something else."""
    if baseline is None or case.baseline is None or baseline.model_id != run.model.id:
        return None
    found = [known for trial in case.baseline.trials if (known := value(trial)) is not None]
    return fmean(found) if found else None


def _calls(run: Run, due: Sequence[RunCase]) -> list[Bounds]:
    """Return how many calls each case takes, retries left out."""
    found = [_bounds(case, run) for case in due]
    opened = [case for case, calls in zip(due, found, strict=True) if calls.usual is None]
    usual = _simulated(replace(run, cases=tuple(opened))) if opened else None
    return [
        replace(calls, usual=max(calls.least, usual)) if calls.usual is None and usual else calls
        for calls in found
    ]


def _bounds(case: RunCase, run: Run) -> Bounds:
    """Return the calls of a case; the usual ones stay open where the gate decides how many."""
    least = most = case.planned
    if case.may_compare and run.gate.looks and run.gate.mode is not Mode.THRESHOLD:
        most = max(most, options_of(run.gate).cap)
        if run.gate.mode is Mode.ENTROPY:
            least = max(least, LEAST_ENTROPY_TRIALS)
    confirmed = max(most, MUST_PASS_TRIALS) if _may_be_confirmed(case) else most
    return Bounds(least=least, usual=least if least == most else None, most=confirmed)


def _may_be_confirmed(case: RunCase) -> bool:
    """Tell whether a failure of a must-pass case would be confirmed by further trials."""
    if not (case.must_pass and case.may_compare and case.baseline):
        return False
    return all(trial.passed for trial in case.baseline.trials)


def _simulated(run: Run) -> float | None:
    """Return the calls a case takes when nothing changed, None for a baseline too thin to say."""
    from evalci.core.rehearsal import resample
    from evalci.core.stage import stage_of

    runs = max(5, min(SIMULATED_RUNS, SIMULATED_CASES // len(run.cases)))
    try:
        return resample(stage_of(run), runs).calls_per_case
    except BadInputError:
        return None


def _sum(calls: Sequence[Bounds], each: Sequence[float | None]) -> Bounds | None:
    """Return calls times what each of them uses; the unknown count as the known do on average."""
    known = [use for use in each if use is not None]
    if not known:
        return None
    mean = fmean(known)
    uses = [mean if use is None else use for use in each]
    pairs = list(zip(calls, uses, strict=True))
    usual = [None if one.usual is None else one.usual * use for one, use in pairs]
    certain = [value for value in usual if value is not None]
    return Bounds(
        least=sum(one.least * use for one, use in pairs),
        usual=sum(certain) if len(certain) == len(usual) else None,
        most=sum(one.most * use for one, use in pairs),
    )


def _rounds(calls: Sequence[Bounds], due: Sequence[RunCase]) -> Bounds:
    """Return how many times calls wait for those before: the planned go together, then one by one.

    The gate looks before it asks a case again.
    """
    pairs = list(zip(calls, due, strict=True))
    usual = [one.usual - case.planned for one, case in pairs if one.usual is not None]
    return Bounds(
        least=1 + max((one.least - case.planned for one, case in pairs), default=0),
        usual=1 + max(usual) if usual and len(usual) == len(pairs) else None,
        most=1 + max((one.most - case.planned for one, case in pairs), default=0),
    )


def _wall(
    total: Bounds | None, each: Sequence[float | None], rounds: Bounds, concurrency: int
) -> Bounds | None:
    """Return how long calls take side by side: in each round as long as the slowest of them."""
    if total is None:
        return None
    slowest = max(seconds for seconds in each if seconds is not None)
    usual = None
    if total.usual is not None and rounds.usual is not None:
        usual = max(slowest * rounds.usual, total.usual / concurrency)
    return Bounds(
        least=max(slowest * rounds.least, total.least / concurrency),
        usual=usual,
        most=max(slowest * rounds.most, total.most / concurrency),
    )


def _warnings(run: Run) -> tuple[str, ...]:
    """Return a line for what makes every case run because nobody knows better."""
    name = f"{run.golden_set.name} with {run.model.name}"
    if run.baseline is None:
        return (f"no baseline for {name}: every selected case runs",)
    return tuple(f"{name}: {line}" for line in unknown_dependencies(run))
