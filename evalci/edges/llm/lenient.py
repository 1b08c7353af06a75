"""Leaves out what a vendor rejects and an answer can do without."""

import threading
from dataclasses import replace

from evalci.core.ports import ModelClient
from evalci.core.trial import Output, Request
from evalci.errors import CallError, CallFault, StopRunError

TEMPERATURE = "temperature"
SCHEMA = "response_format"


class LenientClient:
    """Wraps a judge's client: models that take no temperature, or no schema, are asked without.

    What was left out is said in ``Output.left_out``, and left out from then on.
    """

    def __init__(self, inner: ModelClient) -> None:
        """``inner`` raises a CallError for a request that its vendor rejects."""
        self._inner = inner
        self._left_out: dict[str, tuple[str, ...]] = {}
        self._lock = threading.Lock()

    def complete(self, request: Request) -> Output:
        """Ask; once more for each parameter that is rejected by its name."""
        vain = 0
        while True:
            without = self._left_out.get(request.model.id, ())
            try:
                output = self._inner.complete(_reduced(request, without))
            except (CallError, StopRunError) as exc:
                rejected = _rejected(exc, request, without)
                vain += exc.sent
                if not rejected:
                    exc.sent = vain
                    raise
                self._leave_out(request, rejected)
            else:
                left_out = ", ".join(without)
                return replace(output, left_out=left_out, retries=output.retries + vain)

    def _leave_out(self, request: Request, name: str) -> None:
        with self._lock:
            known = self._left_out.get(request.model.id, ())
            self._left_out[request.model.id] = tuple(sorted({*known, name}))


def _reduced(request: Request, without: tuple[str, ...]) -> Request:
    return replace(
        request,
        params={name: value for name, value in request.params.items() if name not in without},
        reply_schema={} if SCHEMA in without else request.reply_schema,
    )


def _rejected(exc: CallError | StopRunError, request: Request, without: tuple[str, ...]) -> str:
    """Return the parameter that a vendor names in its refusal, empty for any other failure."""
    if not isinstance(exc, CallError) or exc.fault is not CallFault.REJECTED:
        return ""
    said = exc.message.casefold()
    sent = [TEMPERATURE] * (TEMPERATURE in request.params) + [SCHEMA] * bool(request.reply_schema)
    signs = {TEMPERATURE: (TEMPERATURE,), SCHEMA: (SCHEMA, "json_schema", "structured output")}
    found = (name for name in sent if name not in without and any(s in said for s in signs[name]))
    return next(found, "")
