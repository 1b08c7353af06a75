"""Sends a failed call again, as often and as late as is polite."""

import threading
import time
from dataclasses import replace

from tenacity import RetryCallState, Retrying, retry_if_exception, wait_random_exponential

from evalci.core.ports import ModelClient
from evalci.core.trial import Output, Request
from evalci.errors import CallError, CallFault, StopRunError

MAX_RETRIES = 6
MAX_WAIT_S = 60.0
UNREACHABLE_S = 1.5


class RetryingClient:
    """Wraps a client; what it re-sends is counted in ``Output.retries``.

    A call is re-sent up to ``MAX_RETRIES`` times for faults that may go away, after the time the
    vendor asked for (at most ``MAX_WAIT_S``), else after a growing, jittered one. As long as
    nothing has ever answered, an endpoint that cannot be reached ends the run after
    ``UNREACHABLE_S`` seconds of trying: nothing has been paid for, and waiting helps nobody.
    """

    def __init__(self, inner: ModelClient) -> None:
        """``inner`` makes one attempt a call."""
        self._inner = inner
        self._answered = threading.Event()

    def complete(self, request: Request) -> Output:
        """Return the first good answer, or raise the last error."""
        started = time.monotonic()
        retrying = Retrying(
            retry=retry_if_exception(lambda exc: isinstance(exc, CallError) and exc.transient),
            stop=lambda state: self._give_up(state, started),
            wait=_wait_s,
            reraise=True,
        )
        try:
            for attempt in retrying:
                with attempt:
                    output = self._inner.complete(request)
        except CallError as exc:
            if exc.fault is CallFault.UNREACHABLE and not self._answered.is_set():
                where = request.model.api_base or request.model.id
                raise StopRunError(f"cannot reach {where}: {exc.message}") from exc
            raise
        self._answered.set()
        return replace(output, retries=attempt.retry_state.attempt_number - 1)

    def _give_up(self, state: RetryCallState, started: float) -> bool:
        exc = state.outcome.exception() if state.outcome else None
        if (
            isinstance(exc, CallError)
            and exc.fault is CallFault.UNREACHABLE
            and not self._answered.is_set()
        ):
            return time.monotonic() - started > UNREACHABLE_S
        return state.attempt_number > MAX_RETRIES


_BACKOFF = wait_random_exponential(multiplier=0.5, max=20.0)


def _wait_s(state: RetryCallState) -> float:
    exc = state.outcome.exception() if state.outcome else None
    asked = exc.retry_after_s if isinstance(exc, CallError) else None
    return min(asked, MAX_WAIT_S) if asked is not None else _BACKOFF(state)
