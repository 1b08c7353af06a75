"""Clocks that move only when they are looked at or slept through."""

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class FakeClock:
    """Starts at noon and moves on by a second after each look at it."""

    def __init__(self) -> None:
        """Begin at noon."""
        self._next = NOON

    def now(self) -> datetime:
        """Return the moment, then move on."""
        moment = self._next
        self._next += timedelta(seconds=1)
        return moment


class FakeTime:
    """Seconds that pass only when somebody sleeps; ``naps`` are the sleeps so far."""

    def __init__(self) -> None:
        """Begin at zero."""
        self.seconds = 0.0
        self.naps: list[float] = []

    def clock(self) -> float:
        """Return the seconds that passed."""
        return self.seconds

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.naps.append(seconds)
        self.seconds += seconds
