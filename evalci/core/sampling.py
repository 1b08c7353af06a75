"""Decides which trials to run next; an empty answer ends the measurement."""

from collections.abc import Sequence
from dataclasses import dataclass

from evalci.core.evidence.decision import Decision, Ending
from evalci.core.evidence.next_cases import next_cases
from evalci.core.evidence.options import Method
from evalci.core.evidence.weigh import follow
from evalci.core.must_pass import MUST_PASS_TRIALS, must_pass_holds
from evalci.core.policy import Mode
from evalci.core.run import Run, RunCase
from evalci.core.statistical import case_trials, options_of, rules_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """One trial to run."""

    case: str
    trial: int


class Sampler:
    """Goes through a run look by look: planned trials, then where a decision is open.

    The same trials give the same draws, so a run that was broken off goes on where it was.
    """

    def __init__(self, run: Run) -> None:
        """``run`` is planned; its trials so far count, also those of earlier attempts.

        What they settled is not asked again, so that another attempt repeats the verdict.
        """
        fixed = not run.gate.looks or run.gate.mode is Mode.THRESHOLD
        self._open = None if fixed else _OpenCases(run)

    def next_draws(self, run: Run) -> list[Draw]:
        """Return the trials that are due: planned, open, then must-pass confirmations.

        Replicates of one case lie a whole pass over the cases apart, so that one bad minute of a
        vendor does not hit all trials of a case. A trial that ended unscored is not due again.
        """
        due = [
            (case, trial) for case in run.cases if not case.carried for trial in range(case.planned)
        ]
        draws = _missing(due)
        if not draws and self._open is not None:
            draws = self._open.next_draws(run)
        return draws or _confirmations(run.cases)


class _OpenCases:
    """Spends further replicates on what the looks so far left open."""

    def __init__(self, run: Run) -> None:
        self._options = options_of(run.gate)
        self._replicate = 0
        self._decision: Decision | None = None

    def next_draws(self, run: Run) -> list[Draw]:
        """Return the next replicate of the cases that may still settle something."""
        while self._replicate < self._options.cap and not self._settled(run):
            replicate, self._replicate = self._replicate, self._replicate + 1
            before = [case.until(replicate) for case in case_trials(run)]
            rules = rules_of(run)
            wanted = set(next_cases(before, rules, self._options, decision=self._decision))
            draws = _missing([(case, replicate) for case in run.cases if case.id in wanted])
            if draws:
                return draws
        return []

    def _settled(self, run: Run) -> bool:
        """Tell, at the end of a look, whether nothing is open; between looks, go on."""
        looks = self._options.looks if self._options.method is Method.EVIDENCE else ()
        if self._replicate not in looks:
            return False
        so_far = [case.until(self._replicate) for case in case_trials(run)]
        self._decision = follow(so_far, rules_of(run), self._options, ending=Ending.MORE)
        return not self._decision.open


def _confirmations(cases: Sequence[RunCase]) -> list[Draw]:
    doubtful = [
        case
        for case in cases
        if must_pass_holds(case) and any(trial.passed is False for trial in case.trials)
    ]
    return _missing([(case, n) for case in doubtful for n in range(MUST_PASS_TRIALS)])


def _missing(due: Sequence[tuple[RunCase, int]]) -> list[Draw]:
    cases = {case.id: case for case, _ in due}
    taken = {name: {trial.trial for trial in case.trials} for name, case in cases.items()}
    draws = [Draw(case=case.id, trial=n) for case, n in due if n not in taken[case.id]]
    return sorted(draws, key=lambda draw: draw.trial)
