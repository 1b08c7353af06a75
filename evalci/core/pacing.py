"""How many calls to one model may be in flight, and when the next may start."""

from dataclasses import dataclass, replace

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """A window of calls in flight (additive increase, halved by a 429) and a closed gate.

    ``epoch`` counts the halvings: of the calls that were in flight together, only the first 429
    halves. ``refusals`` counts the epochs since the last good answer, for the growing pause of a
    vendor that does not say how long to wait.
    """

    most: int
    window: float
    closed_until: float = 0.0
    epoch: int = 0
    refusals: int = 0

    def answered(self) -> "Pace":
        """Return the pace after a good answer: one more call in flight a round."""
        window = min(float(self.most), self.window + 1.0 / max(self.window, 1.0))
        return replace(self, window=window, refusals=0)

    def refused(
        self, *, epoch: int, now: float, retry_after_s: float | None, jitter: float
    ) -> "Pace":
        """Return the pace after a 429 for a call that started in ``epoch``; ``jitter`` 0 to 1."""
        if retry_after_s is None:
            pause = min(FIRST_PAUSE_S * 2**self.refusals, LONGEST_PAUSE_S) * (0.75 + jitter / 2)
        else:
            # A little later than asked, so that clocks that differ do not make it too early.
            pause = retry_after_s * (1.0 + 0.05 * jitter)
        if epoch < self.epoch:
            told = now + pause if retry_after_s is not None else 0.0
            return replace(self, closed_until=max(self.closed_until, told))
        return replace(
            self,
            window=max(1.0, self.window / 2),
            closed_until=max(self.closed_until, now + pause),
            epoch=self.epoch + 1,
            refusals=self.refusals + 1,
        )
