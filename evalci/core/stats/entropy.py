"""The controller of the pilot study: how often to repeat a case until its scores agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

PILOT_RANGE = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EntropyRule:
    """When scores agree enough: at most ``max_sd`` apart, and at least this confidence.

    ``max_sd`` is on the scale of the scores. The pilot study's 0.15 belongs to scores from 0 to 5;
    on a 0-1 scale it would be five times laxer, so that `on_unit_scale` divides it.
    """

    min_confidence: float = 0.90
    max_runs: int = 5
    max_sd: float = 0.15

    def on_unit_scale(self) -> "EntropyRule":
        """Return the same rule for scores that were rescaled from 0-5 to 0-1."""
        return EntropyRule(
            min_confidence=self.min_confidence,
            max_runs=self.max_runs,
            max_sd=self.max_sd / PILOT_RANGE,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How far the scores of a case agree; ``sd`` is None before the second score."""

    sd: float | None
    confidence: float
    go_on: bool


def agreement(scores: Sequence[float], rule: EntropyRule) -> Agreement:
    """Return the agreement of a case's scores, and whether to run it again.

    Confidence is 1 - sd/mean with ddof 1, at least 0, and 0 where the mean is not positive or
    there are fewer than two scores.
    """
    if len(scores) < 2:
        return Agreement(sd=None, confidence=0.0, go_on=len(scores) < rule.max_runs)
    sd, mean = stdev(scores), fmean(scores)
    confidence = max(0.0, 1 - sd / mean) if mean > 0 else 0.0
    apart = sd > rule.max_sd or confidence < rule.min_confidence
    return Agreement(sd=sd, confidence=confidence, go_on=apart and len(scores) < rule.max_runs)
