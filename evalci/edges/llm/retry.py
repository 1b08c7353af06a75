"""Sends a failed call again, as often and as late as is polite."""

import threading
import time
from collections import Counter
from dataclasses import replace

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    sleep_using_event,
    wait_random_exponential,
)

from evalci.core.ports import ModelClient
from evalci.core.trial import Output, Request
from evalci.errors import CallError, CallFault, StopRunError

MAX_RETRIES = 6
MAX_TIMEOUTS = 3
UNREACHABLE_S = 1.5


class RetryingClient:
    """Wraps a client; what it re-sends is counted in ``Output.retries``, or in the error.

    A call is re-sent up to ``retries`` times for faults that may go away, after the time the
    vendor asked for, else after a growing, jittered one; one that ran into its deadline at most
    ``MAX_TIMEOUTS`` times in all. As long as nothing has ever answered, an endpoint that cannot be
    reached ends the run after ``UNREACHABLE_S`` seconds of trying: nothing has been paid for, and
    waiting helps nobody. Nobody waits on after the run was stopped.
    """

    def __init__(self, inner: ModelClient, *, retries: int = MAX_RETRIES) -> None:
        """``inner`` makes one attempt a call."""
        self._inner = inner
        self._retries = retries
        self._answered = threading.Event()
        self._stopped = threading.Event()

    def complete(self, request: Request) -> Output:
        """Return the first good answer, or raise the last error."""
        call = _Call(self._retries, self._answered)
        retrying = Retrying(
            retry=retry_if_exception(lambda exc: isinstance(exc, CallError) and exc.transient),
            stop=call.give_up,
            wait=_wait_s,
            sleep=sleep_using_event(self._stopped),
            reraise=True,
        )
        try:
            for attempt in retrying:
                with attempt:
                    output = self._ask(request, call)
        except CallError as exc:
            exc.sent = call.sent
            if exc.fault is CallFault.UNREACHABLE and not self._answered.is_set():
                where = request.model.api_base or request.model.id
                message = f"cannot reach {where}: {exc.message}"
                raise StopRunError(message, sent=call.sent) from exc
            raise
        except StopRunError as exc:
            self._stopped.set()
            exc.sent = call.sent
            raise
        self._answered.set()
        return replace(output, retries=call.sent - 1)

    def _ask(self, request: Request, call: "_Call") -> Output:
        try:
            output = self._inner.complete(request)
        except (CallError, StopRunError) as exc:
            call.count(exc)
            raise
        call.sent += 1
        return output


class _Call:
    """One call with all that was sent for it."""

    def __init__(self, retries: int, answered: threading.Event) -> None:
        self.sent = 0
        self._retries = retries
        self._answered = answered
        self._faults: Counter[CallFault] = Counter()
        self._started = time.monotonic()

    def count(self, exc: CallError | StopRunError) -> None:
        """Count a request that was sent in vain; a refusal of our own was not sent."""
        self.sent += exc.sent
        if isinstance(exc, CallError):
            self._faults[exc.fault] += 1

    def give_up(self, state: RetryCallState) -> bool:
        """Tell whether the last failure was the last."""
        exc = state.outcome.exception() if state.outcome else None
        fault = exc.fault if isinstance(exc, CallError) else None
        if fault is CallFault.UNREACHABLE and not self._answered.is_set():
            return time.monotonic() - self._started > UNREACHABLE_S
        if self._faults[CallFault.TIMEOUT] >= MAX_TIMEOUTS:
            return True
        return state.attempt_number > self._retries


_BACKOFF = wait_random_exponential(multiplier=0.5, max=20.0)


def _wait_s(state: RetryCallState) -> float:
    exc = state.outcome.exception() if state.outcome else None
    asked = exc.retry_after_s if isinstance(exc, CallError) else None
    return _BACKOFF(state) if asked is None else asked
