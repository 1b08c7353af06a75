"""How long to insist when GitHub fails for a while, and how long to let others write."""

import random
import time
from collections.abc import Callable
from itertools import count
from typing import TypeVar

from evalci.errors import ApiFault, GitHubError

DEADLINE_S = 65.0
FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 10.0
# GitHub's documentation: without a Retry-After, wait at least a minute after a secondary limit.
RATE_LIMIT_WAIT_S = 60.0
# Longer than anybody takes between reading a comment and writing it.
SETTLE_S = 2.0
T = TypeVar("T")


class BoundedPatience:
    """Tries again after faults that may go away, until ``DEADLINE_S`` after the first of them.

    Once that was in vain, every further action gets one attempt until one succeeds: an outage is
    waited for once, not once for every thing there is to say.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        dice: random.Random | None = None,
    ) -> None:
        """``clock`` and ``sleep`` go together; ``dice`` are for the jitter."""
        self._clock = clock
        self._sleep = sleep
        self._dice = dice or random.Random()  # noqa: S311  # jitter, no secret
        self._gave_up = False

    def insist(self, action: Callable[[], T]) -> T:
        """Return the first result, or raise the last error."""
        deadline: float | None = None
        for attempt in count():
            try:
                result = action()
            except GitHubError as exc:
                now = self._clock()
                deadline = now + DEADLINE_S if deadline is None else deadline
                wait = self._wait_s(exc, attempt)
                if not exc.transient or self._gave_up or now + wait > deadline:
                    self._gave_up = self._gave_up or exc.transient
                    raise
                self._sleep(wait)
            else:
                self._gave_up = False
                return result
        raise AssertionError("unreachable")

    def pause(self, round_: int) -> None:
        """Wait for others to finish; longer in each round, and everybody differently."""
        self._sleep(SETTLE_S * self._dice.uniform(1.0, 1.0 + 0.5 * round_))

    def _wait_s(self, exc: GitHubError, attempt: int) -> float:
        if exc.retry_after_s is not None:
            return exc.retry_after_s + self._dice.uniform(0.0, 1.0)
        if exc.fault is ApiFault.RATE_LIMITED:
            return RATE_LIMIT_WAIT_S
        return min(FIRST_WAIT_S * 2.0**attempt, LONGEST_WAIT_S) * self._dice.uniform(0.5, 1.0)
