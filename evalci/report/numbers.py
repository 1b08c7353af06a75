"""Scores, drops and sizes as a report prints them."""

from dataclasses import dataclass

from evalci.core.evidence.decision import CategoryDecision
from evalci.core.summary import Overall, Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """What was compared: the means before and now, over how many cases and trials."""

    before: float
    now: float
    cases: int
    trials: int

    @property
    def delta(self) -> str:
        """Return how far it moved, in points and as a share."""
        relative = (self.now - self.before) / self.before if self.before > 0 else None
        return delta(self.now - self.before, relative)

    @property
    def words(self) -> str:
        """Return the movement for a sentence."""
        inside = self.delta.replace(" (", ", ").removesuffix(")")
        return f"{self.before:.2f} → {self.now:.2f} ({inside})"

    @property
    def size(self) -> str:
        """Return the size for a sentence."""
        cases = "case" if self.cases == 1 else "cases"
        return f"{self.cases} {cases} × {self.trials} {'trial' if self.trials == 1 else 'trials'}"


def movement_of(found: CategoryDecision) -> Movement:
    """Return how what was decided moved."""
    return Movement(
        before=found.baseline_mean, now=found.mean, cases=found.cases, trials=found.trials
    )


def movement_of_summary(summary: Summary) -> Movement | None:
    """Return how the compared cases of a category moved, None when nothing was compared."""
    before, now = summary.compared_baseline, summary.compared_mean
    if before is None or now is None:
        return None
    return Movement(before=before, now=now, cases=summary.compared, trials=summary.trials)


def movement_of_whole(whole: Overall, trials: int) -> Movement:
    """Return how all compared cases moved."""
    return Movement(before=whole.before, now=whole.now, cases=whole.cases, trials=trials)


def score(value: float | None) -> str:
    """Return a score, a dash where there is none."""
    return "–" if value is None else f"{value:.2f}"


def delta(move: float, relative: float | None) -> str:
    """Return a move of the 0-1 scale in points and, where it has a meaning, as a share."""
    tail = "" if relative is None else f" ({signed(relative * 100, 1)} %)"
    return f"{signed(move * 100, 1)} pp{tail}"


def signed(value: float, digits: int) -> str:
    """Return a number with its sign, a real minus, and no trailing zeros; zero has no sign."""
    rounded = round(value, digits)
    if rounded == 0:
        return "0"
    text = f"{abs(rounded):.{digits}f}".rstrip("0").rstrip(".")
    return f"{'+' if rounded > 0 else '−'}{text}"


def current_of(summary: Summary) -> str:
    """Return the score now, with its interval where something was measured."""
    if summary.mean is None or summary.interval is None or not summary.measured:
        return score(summary.mean)
    return f"{summary.mean:.2f} ({summary.interval.low:.2f}–{summary.interval.high:.2f})"


def delta_of(summary: Summary) -> str:
    """Return how far a category moved, a dash where nothing was compared."""
    if summary.drop is None:
        return "–"
    return delta(-summary.drop, None if summary.relative is None else -summary.relative)


def size_of(summary: Summary) -> str:
    """Return how many cases and trials a category was measured with."""
    if not summary.measured:
        return f"{summary.cases} carried"
    carried = f" of {summary.cases}" if summary.carried else ""
    return f"{summary.measured}×{summary.trials}{carried}"
