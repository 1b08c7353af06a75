"""A client that is made with the first call it gets, if it gets one."""

import threading
from collections.abc import Callable

from evalci.core.ports import ModelClient
from evalci.core.trial import Output, Request
from evalci.errors import EvalciError


class DeferredClient:
    """Wraps the making of a client: a run that is answered from the cache needs no key."""

    def __init__(self, make: Callable[[], ModelClient]) -> None:
        """``make`` is called once, whether it succeeds or not."""
        self._make = make
        self._made: ModelClient | None = None
        self._failure: EvalciError | None = None
        self._lock = threading.Lock()

    def complete(self, request: Request) -> Output:
        """Ask the client, once it is there."""
        return self._client().complete(request)

    def _client(self) -> ModelClient:
        with self._lock:
            if self._failure is not None:
                raise self._failure
            if self._made is None:
                try:
                    self._made = self._make()
                except EvalciError as exc:
                    self._failure = exc
                    raise
            return self._made
