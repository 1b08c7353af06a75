"""Keeps calls to one model at the pace its vendor allows."""

import random
import threading
import time
from collections import defaultdict

from evalci.core.model_config import ModelConfig
from evalci.core.pacing import Pace
from evalci.core.ports import ModelClient
from evalci.core.trial import Output, Request
from evalci.errors import CallError, CallFault, StopRunError

LONGEST_WAIT_S = 120.0


class Gates:
    """The gates of a run, one for each model and address; a model and its judge share them."""

    def __init__(self, most: int) -> None:
        """``most`` is how many calls to one model may be in flight."""
        self._gates: defaultdict[tuple[str, str | None], _Gate] = defaultdict(lambda: _Gate(most))
        self._lock = threading.Lock()

    def of(self, model: ModelConfig) -> "_Gate":
        """Return the gate of a model."""
        with self._lock:
            return self._gates[(model.id, model.api_base)]


class PacedClient:
    """Wraps a client; one gate for each model that is asked, shared by all workers.

    A 429, or any failure that says how long to wait, closes the gate for everybody, for as long as
    the vendor asks, and halves the number of calls in flight; good answers let it grow again, up to
    ``most``. A vendor that asks for more than ``LONGEST_WAIT_S`` ends the run: finished trials are
    kept, and waiting costs a runner.
    """

    def __init__(self, inner: ModelClient, gates: Gates) -> None:
        """``inner`` makes one attempt a call."""
        self._inner = inner
        self._gates = gates

    def complete(self, request: Request) -> Output:
        """Ask when it is this call's turn."""
        gate = self._gates.of(request.model)
        epoch = gate.enter()
        try:
            output = self._inner.complete(request)
        except CallError as exc:
            if exc.fault is CallFault.RATE_LIMITED or exc.retry_after_s is not None:
                gate.refused(epoch, exc.retry_after_s)
                _give_up(request, exc)
            raise
        except StopRunError as exc:
            gate.shut(exc)
            raise
        else:
            gate.answered()
            return output
        finally:
            gate.leave()


def _give_up(request: Request, exc: CallError) -> None:
    if exc.retry_after_s is not None and exc.retry_after_s > LONGEST_WAIT_S:
        message = f"{request.model.id} asks to wait {exc.retry_after_s:.0f} s ({exc.message})"
        hint = "run again later: finished trials are kept"
        raise StopRunError(message, hint=hint, sent=exc.sent) from exc


class _Gate:
    """The pace of one model, with the threads that wait for it."""

    def __init__(self, most: int) -> None:
        self._pace = Pace(most=most, window=float(most))
        self._in_flight = 0
        self._shut: StopRunError | None = None
        self._changed = threading.Condition()

    def enter(self) -> int:
        """Wait for a turn and return the epoch it falls into."""
        with self._changed:
            while True:
                if self._shut is not None:
                    raise StopRunError(self._shut.message, hint=self._shut.hint)
                wait_s = self._pace.closed_until - time.monotonic()
                if wait_s > 0:
                    self._changed.wait(wait_s)
                elif self._in_flight < int(self._pace.window):
                    self._in_flight += 1
                    return self._pace.epoch
                else:
                    self._changed.wait()

    def leave(self) -> None:
        """Make room for the next."""
        with self._changed:
            self._in_flight -= 1
            self._changed.notify()

    def answered(self) -> None:
        """Let the window grow."""
        with self._changed:
            grown = self._pace.answered()
            if int(grown.window) > int(self._pace.window):
                self._changed.notify()
            self._pace = grown

    def refused(self, epoch: int, retry_after_s: float | None) -> None:
        """Close the gate for a while."""
        with self._changed:
            self._pace = self._pace.refused(
                epoch=epoch,
                now=time.monotonic(),
                retry_after_s=retry_after_s,
                jitter=random.random(),  # noqa: S311  # no secret
            )

    def shut(self, reason: StopRunError) -> None:
        """Send everybody home: no further call can succeed."""
        with self._changed:
            self._shut = reason
            self._changed.notify_all()
