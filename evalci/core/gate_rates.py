"""Gate rates: which share of the answers passes each code gate, and where the others stop."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from statistics import fmean

from evalci.core.baseline import Baseline, BaselineCase
from evalci.core.run import Run, RunCase
from evalci.core.trial import Trial

# In the order in which they run.
CODE_GATES = (
    *("extracts", "applies", "compiles", "constraints", "tests"),
    *("types", "lint", "security", "complexity"),
)
_GATES = frozenset(CODE_GATES)
Draws = Sequence[Mapping[str, float | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRate:
    """The share of answers that pass a gate, each case counting the same.

    An answer that a gate stopped does not pass those after it. ``stopped`` is the share for which
    this gate is the first that fails. ``before`` and ``stopped_before`` are the baseline's, None
    without one.
    """

    gate: str
    cases: int
    rate: float
    stopped: float
    before: float | None = None
    stopped_before: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRates:
    """The rates of all gates; ``passed`` is how many gates an answer passes on average.

    ``gates`` is how many it could pass, ``passed_before`` the baseline's average.
    """

    gates: float
    passed: float
    rates: tuple[GateRate, ...]
    passed_before: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _CaseDraws:
    """The gates of a case with each answer's values, now and in the baseline."""

    gates: tuple[str, ...]
    now: Draws
    before: Draws = ()


def gates_passed(trial: Trial) -> int | None:
    """Return how many code gates an answer passed, None where there was none to pass."""
    values = [score.value for score in trial.scores if score.scorer in CODE_GATES]
    return values.count(1.0) if values else None


def gate_rates(run: Run) -> GateRates | None:
    """Return the rates of a run, None when no code was judged in it.

    As soon as cases can be compared, the rates are theirs alone: both sides are the same cases.
    """
    found = [(case.compared, _of_run(case)) for case in run.cases if _judges_code(case)]
    both = [d for compared, d in found if compared and d.gates and d.now and d.before]
    return _rates(both or [draws for _, draws in found], compared=bool(both))


def baseline_gate_rates(baseline: Baseline) -> GateRates | None:
    """Return the rates of a baseline, None when no code was judged for it."""
    return _rates([_of_baseline(case) for case in baseline.cases], compared=False)


def _judges_code(case: RunCase) -> bool:
    """Tell at a glance whether a code gate looked at any answer of a case, now or before."""
    before = () if case.baseline is None else case.baseline.trials
    names = chain(
        (score.scorer for trial in case.trials for score in trial.scores),
        (name for trial in before for name in trial.scores),
    )
    return not _GATES.isdisjoint(names)


def _of_run(case: RunCase) -> _CaseDraws:
    scored = [trial for trial in case.trials if trial.composite is not None]
    now = _known({score.scorer: score.value for score in trial.scores} for trial in scored)
    accepted = () if case.baseline is None else case.baseline.trials
    before = _known(trial.scores for trial in accepted)
    return _CaseDraws(gates=_gates([*now, *before]), now=now, before=before)


def _of_baseline(case: BaselineCase) -> _CaseDraws:
    now = _known(trial.scores for trial in case.trials)
    return _CaseDraws(gates=_gates(now), now=now)


def _known(draws: Iterable[Mapping[str, float | None]]) -> Draws:
    """Return the answers that every code gate formed an opinion of."""
    return [draw for draw in draws if not any(g in draw and draw[g] is None for g in CODE_GATES)]


def _gates(draws: Draws) -> tuple[str, ...]:
    return tuple(gate for gate in CODE_GATES if any(gate in draw for draw in draws))


def _rates(cases: Sequence[_CaseDraws], *, compared: bool) -> GateRates | None:
    judged = [case for case in cases if case.gates and case.now]
    if not judged:
        return None
    found = (_rate(gate, judged, compared=compared) for gate in CODE_GATES)
    return GateRates(
        gates=fmean(len(case.gates) for case in judged),
        passed=fmean(_passed(case.gates, case.now) for case in judged),
        passed_before=fmean(_passed(c.gates, c.before) for c in judged) if compared else None,
        rates=tuple(rate for rate in found if rate is not None),
    )


def _rate(gate: str, cases: Sequence[_CaseDraws], *, compared: bool) -> GateRate | None:
    own = [case for case in cases if gate in case.gates]
    if not own:
        return None
    return GateRate(
        gate=gate,
        cases=len(own),
        rate=fmean(_share(gate, case.now) for case in own),
        stopped=fmean(_stopped(gate, case.gates, case.now) for case in own),
        before=fmean(_share(gate, case.before) for case in own) if compared else None,
        stopped_before=(
            fmean(_stopped(gate, case.gates, case.before) for case in own) if compared else None
        ),
    )


def _share(gate: str, draws: Draws) -> float:
    """Return the share that passes; an answer that was refused or zeroed passes nothing."""
    return fmean(draw.get(gate) == 1.0 for draw in draws)


def _stopped(gate: str, gates: Sequence[str], draws: Draws) -> float:
    """Return the share that fails here first; what no gate looked at was stopped by none."""
    return fmean(gate == _first_failed(gates, draw) for draw in draws)


def _first_failed(gates: Sequence[str], draw: Mapping[str, float | None]) -> str:
    return next((gate for gate in gates if draw.get(gate) not in {None, 1.0}), "")


def _passed(gates: Sequence[str], draws: Draws) -> float:
    return sum(_share(gate, draws) for gate in gates)
