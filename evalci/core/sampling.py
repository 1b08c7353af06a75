"""Decides which trials to run next; an empty answer ends the measurement."""

from collections.abc import Sequence
from dataclasses import dataclass

from evalci.core.gate import MUST_PASS_TRIALS, must_pass_holds
from evalci.core.run import RunCase


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """One trial to run."""

    case: str
    trial: int


def next_draws(cases: Sequence[RunCase], *, confirm: bool = True) -> list[Draw]:
    """Return the trials that are due: first the planned ones, then must-pass confirmations.

    Replicates of one case lie a whole pass over the cases apart, so that one bad minute of a
    vendor does not hit all trials of a case. A trial that ended unscored is not due again.
    """
    due = [(case, trial) for case in cases if not case.carried for trial in range(case.planned)]
    draws = _open_draws(due)
    if draws or not confirm:
        return draws
    doubtful = [
        case
        for case in cases
        if must_pass_holds(case) and any(trial.passed is False for trial in case.trials)
    ]
    return _open_draws([(case, n) for case in doubtful for n in range(MUST_PASS_TRIALS)])


def _open_draws(due: Sequence[tuple[RunCase, int]]) -> list[Draw]:
    taken = {case.id: {trial.trial for trial in case.trials} for case, _ in due}
    draws = [Draw(case=case.id, trial=n) for case, n in due if n not in taken[case.id]]
    return sorted(draws, key=lambda draw: draw.trial)
