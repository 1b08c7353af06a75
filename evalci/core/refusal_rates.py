"""Refusals of a run by category, beside those that the baseline noted."""

from collections.abc import Sequence
from dataclasses import dataclass

from evalci.core.refusal import Refusal, refusal_of
from evalci.core.run import Run, RunCase
from evalci.core.trial import independent


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalCount:
    """How many of some answers the model refused, and how many a content filter stopped."""

    answers: int
    refused: int
    filtered: int

    @property
    def any(self) -> bool:
        """Tell whether there was one."""
        return bool(self.refused or self.filtered)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalRate:
    """The refusals of a category among what was measured now, and among the baseline's answers.

    The baseline's are those of the compared cases.
    """

    category: str
    now: RefusalCount
    before: RefusalCount


def refusal_rates(run: Run) -> tuple[RefusalRate, ...]:
    """Return the categories in which anything was refused, now or in the baseline."""
    rates = (_rate(name, cases) for name, cases in run.by_category().items())
    return tuple(rate for rate in rates if rate.now.any or rate.before.any)


def _rate(category: str, cases: Sequence[RunCase]) -> RefusalRate:
    measured = [case for case in cases if not case.carried]
    outputs = [t.output for case in measured for t in independent(case.trials) if t.output]
    notes = [t.note for c in measured if c.compared and c.baseline for t in c.baseline.trials]
    return RefusalRate(
        category=category,
        now=_count([refusal_of(output) or "" for output in outputs]),
        before=_count(notes),
    )


def _count(notes: Sequence[str]) -> RefusalCount:
    return RefusalCount(
        answers=len(notes),
        refused=sum(note == Refusal.MODEL for note in notes),
        filtered=sum(note == Refusal.FILTER for note in notes),
    )
