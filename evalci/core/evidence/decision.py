"""What the evidence gate answers: a status per category with every number behind it."""

from dataclasses import dataclass
from enum import StrEnum


class Ending(StrEnum):
    """What may still come after the trials at hand."""

    MORE = "more trials may follow"
    CAP = "every open category has the most trials it may get"
    BUDGET = "the calls are used up"


class Status(StrEnum):
    """What became of a category, or of the whole run."""

    REGRESSION = "regression"
    INCONCLUSIVE = "inconclusive"
    OPEN = "open"
    ADVISORY = "advisory"
    IMPROVED = "improved"
    PASS = "pass"  # noqa: S105  # the word of the report


class Reason(StrEnum):
    """The rule that gave a category its status."""

    EVIDENCE = "the evidence reached the limit"
    CLOSING_TEST = "the closing test at the cap rejected"
    EXACT_TEST = "the exact permutation test rejected"
    ROSE = "it rose by its margin, beyond chance"
    RULED_OUT = "the drop to detect is ruled out"
    RULED_OUT_EARLIER = "the drop to detect was ruled out at an earlier look"
    BELOW_MARGIN = "no drop of its margin was seen at the cap"
    UNDECIDED_AT_CAP = "undecided with the most trials it may get"
    UNDECIDED_WITHOUT_BUDGET = "undecided when the calls were used up"
    MORE_TO_COME = "more trials may settle it"
    FEW_CASES = "fewer than five comparable cases"


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryDecision:
    """A category's status and its numbers; rates and drops are points of 1, a drop is positive.

    ``evidence`` is a ratio to 1, not posterior odds. ``upper`` is the one-sided bound of the
    drop, ``detect`` what it had to fall below. ``p`` is the normal tail of ``z``; ``p_exact`` the
    mid-p of pass/fail scores, else None. ``cases`` and ``trials`` are those compared, ``trials``
    of the case with most. ``blocks`` makes the verdict fail.
    """

    name: str
    status: Status
    reason: Reason
    blocks: bool
    cases: int
    trials: int
    baseline_mean: float
    mean: float
    drop: float
    se: float
    z: float
    p: float
    p_exact: float | None
    evidence: float
    upper: float
    detect: float
    margin: float
    kappa: float
    prior_mean: float

    @property
    def paired_p(self) -> float:
        """Return the p value of a report: exact for pass/fail scores, else the normal tail."""
        return self.p if self.p_exact is None else self.p_exact

    @property
    def rules_out(self) -> bool:
        """Tell whether a report may say that a drop of ``detect`` is ruled out."""
        return self.upper < self.detect


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeDecision:
    """The run as a whole: the watched ``statistic`` with its ``limit``, and the overall rule.

    ``losses`` and ``gains`` are the sparse evidence over all cases of each direction.
    """

    statistic: float
    limit: float
    evidence: float
    drop: float
    se: float
    z: float
    prior_mean: float
    regressed: bool
    losses: float
    gains: float

    @property
    def both_directions(self) -> bool:
        """Tell whether answers changed in both directions; that never blocks."""
        return min(self.losses, self.gains) >= BOTH_LIMIT


BOTH_LIMIT = 40.0


class Change(StrEnum):
    """What happened to a case."""

    BROKEN = "broken"
    REGRESSED = "regressed"
    FELL = "fell, could be noise"
    ROSE = "rose, could be noise"
    GAINED = "gained"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseChange:
    """A case that moved: means and trials of both sides, and how likely its change is real.

    ``p_change`` is the posterior of a loss (or gain) of more than 20 points for pass/fail scores,
    of any loss (or gain) for graded ones; None where it is plainly below 95 %. ``p_broken`` is 0
    for cases that rose.
    """

    id: str
    category: str
    change: Change
    before: float
    before_trials: int
    after: float
    after_trials: int
    p_change: float | None
    p_broken: float

    @property
    def fall(self) -> float:
        """Return how far it fell, negative when it rose."""
        return self.before - self.after


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a look at a run says; without a single comparable case ``whole`` is None.

    ``pooled`` are the categories that were too small alone and were decided as the one category
    ``pool``. ``not_scored`` and ``not_compared`` are cases without a trial of the candidate, or
    of the baseline.
    """

    verdict: Status
    categories: tuple[CategoryDecision, ...]
    whole: WholeDecision | None
    cases: tuple[CaseChange, ...] = ()
    pool: str = ""
    pooled: tuple[str, ...] = ()
    not_scored: tuple[str, ...] = ()
    not_compared: tuple[str, ...] = ()

    @property
    def blocks(self) -> bool:
        """Tell whether the run fails: a regression, or something undecided where that fails."""
        whole = self.whole is not None and self.whole.regressed
        return whole or any(category.blocks for category in self.categories)

    @property
    def limit(self) -> float:
        """Return what evidence must reach to fail, 0 where nothing was compared."""
        return 0.0 if self.whole is None else self.whole.limit

    @property
    def open(self) -> bool:
        """Tell whether further trials may settle something."""
        return any(category.status is Status.OPEN for category in self.categories)

    def of(self, category: str) -> CategoryDecision | None:
        """Return what decided a category, its pool where it was pooled; None if nothing did."""
        name = self.pool if category in self.pooled else category
        return next((found for found in self.categories if found.name == name), None)
