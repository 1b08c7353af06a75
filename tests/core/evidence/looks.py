"""Runs the looks of the evidence gate in memory: trials come from a list instead of a model."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from evalci.core.evidence.decision import Decision, Ending
from evalci.core.evidence.next_cases import next_cases
from evalci.core.evidence.options import CategoryRule, Options
from evalci.core.evidence.table import CaseTrials
from evalci.core.evidence.weigh import weigh

Answer = Callable[[str, int], float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """Where the looks ended: the decision and the cases with the trials that were taken."""

    decision: Decision
    cases: tuple[CaseTrials, ...]

    @property
    def calls(self) -> int:
        """Return how many trials were taken."""
        return sum(score is not None for case in self.cases for score in case.candidate)


def run_looks(
    cases: Sequence[CaseTrials],
    rules: Mapping[str, CategoryRule],
    options: Options,
    answer: Answer,
) -> Ended:
    """Return how a run ends that takes trials look by look until nothing is open."""
    decision = None
    taken = 0
    for look in options.looks:
        for replicate in range(taken, look):
            due = set(next_cases(cases, rules, options, decision=decision))
            cases = [_with(c, answer(c.id, replicate) if c.id in due else None) for c in cases]
        taken = look
        ending = Ending.CAP if look == options.looks[-1] else Ending.MORE
        decision = weigh(cases, rules, options, ending=ending, earlier=decision)
        if not decision.open:
            break
    assert decision is not None
    return Ended(decision=decision, cases=tuple(cases))


def _with(case: CaseTrials, score: float | None) -> CaseTrials:
    return replace(case, candidate=(*case.candidate, score))
