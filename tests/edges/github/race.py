"""Publishers at once, in an order that a seed decides; their time is counted, not waited."""

import random
import threading
from collections.abc import Callable, Mapping

PATIENCE_S = 60.0


class Race:
    """Lets one runner move at a time: the one whose next moment comes first.

    A runner waits wherever time passes: before a request takes effect, and in sleep. As soon as all
    of them wait, the clock jumps to the earliest moment and that runner goes on.
    """

    def __init__(self, seed: int, *, longest_s: float) -> None:
        """``longest_s`` is how long a request may be on its way."""
        self._seed = seed
        self._dice: dict[str, random.Random] = {}
        self._longest_s = longest_s
        self._seconds = 0.0
        self._waiting: dict[str, float] = {}
        self._running: set[str] = set()
        self._turn = threading.Condition()

    def clock(self) -> float:
        """Return the time of the race."""
        return self._seconds

    def travel(self, name: str) -> None:
        """Let the time pass that a request is on its way."""
        self.sleep(name, self.dice(name).uniform(0.0, self._longest_s))

    def dice(self, name: str) -> random.Random:
        """Return what chance holds for one runner: the same in every race of a seed."""
        fresh = random.Random(f"{self._seed} {name}")  # noqa: S311  # a schedule, no secret
        return self._dice.setdefault(name, fresh)

    def sleep(self, name: str, seconds: float) -> None:
        """Let time pass for one runner."""
        with self._turn:
            self._waiting[name] = self._seconds + seconds
            self._turn.notify_all()
            done = self._turn.wait_for(lambda: self._is_next(name), timeout=PATIENCE_S)
            assert done, "the race stands still"
            self._seconds = self._waiting.pop(name)

    def _is_next(self, name: str) -> bool:
        everybody_waits = self._waiting.keys() >= self._running
        return everybody_waits and min(self._waiting, key=self._order) == name

    def _order(self, name: str) -> tuple[float, str]:
        return self._waiting[name], name

    def run(self, runners: Mapping[str, Callable[[], object]]) -> list[Exception]:
        """Run everybody to the end and return what went wrong."""
        failures: list[Exception] = []
        self._running = set(runners)

        def run(name: str, runner: Callable[[], object]) -> None:
            try:
                runner()
            except Exception as exc:  # noqa: BLE001  # a thread's failure is the test's to see
                failures.append(exc)
            with self._turn:
                self._running.discard(name)
                self._turn.notify_all()

        threads = [
            threading.Thread(target=run, args=(name, runner), daemon=True)
            for name, runner in runners.items()
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE_S)
        return failures
