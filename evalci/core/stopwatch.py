"""Times calls, and leaves out what this process loads with the first of them."""

from collections.abc import Callable

LEAST_S = 0.001  # no vendor answers sooner, and latencies are compared by their logarithms


class Stopwatch:
    """Tells how long answers took, in seconds.

    litellm loads what it needs with the first call to a vendor: half a second of our CPU, for which
    all calls that have begun by then wait. It would make a short run look slower than its baseline.
    """

    def __init__(self, wall: Callable[[], float], cpu: Callable[[], float]) -> None:
        """``wall`` and ``cpu`` give seconds: of the clock, and of the CPU that was used."""
        self._wall = wall
        self._cpu = cpu
        self._loaded = 0.0  # the CPU that was used when the first answer came

    def begin(self) -> Callable[[], float]:
        """Begin a call, and return what tells its seconds once the answer is there."""
        started, used = self._wall(), self._cpu()

        def seconds() -> float:
            self._loaded = self._loaded or self._cpu()
            own = max(0.0, self._loaded - used)
            return max(LEAST_S, self._wall() - started - own)

        return seconds
