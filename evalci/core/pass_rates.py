"""pass@1, pass@5 and pass^5 of each category: how far luck of the draw decides an answer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean

from evalci.core.run import Run, RunCase
from evalci.core.stats.pass_at_k import pass_at_k, pass_hat_k
from evalci.core.trial import independent

K = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class PassRate:
    """The pass rates of a category, 0 to 1, each case counting the same.

    Over the ``cases`` with a pass/fail scorer and at least 5 scored trials, all of one side.
    ``gap`` is pass@5 minus pass@1: what asking again would gain. ``every`` is pass^5, the chance
    that five answers in a row pass.
    """

    cases: int
    one: float
    best: float
    every: float

    @property
    def gap(self) -> float:
        """Return what the best of five answers passes more often than one answer."""
        return self.best - self.one


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryPassRate:
    """A category's pass rates now and in the baseline, None where no case has enough trials.

    As soon as a case has enough on both sides, the rates are those of such cases alone.
    """

    category: str
    now: PassRate | None
    before: PassRate | None


def pass_rates(run: Run) -> tuple[CategoryPassRate, ...]:
    """Return the categories in which at least one case was answered five times."""
    rates = (_of_category(name, cases) for name, cases in run.by_category().items())
    found = (rate for rate in rates if rate.now is not None)
    return tuple(sorted(found, key=lambda rate: rate.category))


def _of_category(name: str, cases: Sequence[RunCase]) -> CategoryPassRate:
    found = [(now, _before(case)) for case in cases if len(now := _now(case)) >= K]
    both = [(now, before) for now, before in found if len(before) >= K]
    return CategoryPassRate(
        category=name,
        now=_rate([now for now, _ in both or found]),
        before=_rate([before for _, before in both]),
    )


def _now(case: RunCase) -> list[bool]:
    return [t.passed for t in independent(case.trials) if t.passed is not None]


def _before(case: RunCase) -> list[bool]:
    trials = case.baseline.trials if case.compared and case.baseline else ()
    return [trial.passed for trial in trials if trial.passed is not None]


def _rate(enough: Sequence[Sequence[bool]]) -> PassRate | None:
    if not enough:
        return None

    def mean(chance: Callable[..., float | None], k: int) -> float:
        return fmean(chance(n=len(v), passes=sum(v), k=k) or 0.0 for v in enough)

    return PassRate(
        cases=len(enough),
        one=mean(pass_at_k, 1),
        best=mean(pass_at_k, K),
        every=mean(pass_hat_k, K),
    )
