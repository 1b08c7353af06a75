"""Keeps every answer on disk before it is used, and never asks for one that is there."""

from collections.abc import Callable, Mapping

from evalci.core.ports import ModelClient
from evalci.core.trial import Output, Request

Place = tuple[str, int]


def by_case(request: Request) -> Place:
    """Return where a model's answer belongs: to a case and a trial."""
    return request.case, request.trial


def by_hash(request: Request) -> Place:
    """Return where a judge's reply belongs: to a question, and how often it was asked."""
    return request.hash, request.trial


class LoggedClient:
    """Wraps a client; a run that is killed while it scores does not ask again.

    ``known`` are the answers, by their place, that a broken-off run left without a score.
    """

    def __init__(
        self,
        inner: ModelClient,
        *,
        known: Mapping[Place, Output],
        keep: Callable[[Request, Output], None],
        place: Callable[[Request], Place] = by_case,
    ) -> None:
        """``keep`` puts an answer on disk, ``place`` says which one it is."""
        self._inner = inner
        self._known = known
        self._keep = keep
        self._place = place

    def complete(self, request: Request) -> Output:
        """Return the answer of the broken-off run, else a new one; kept ones are not kept twice."""
        known = self._known.get(self._place(request))
        if known is not None:
            return known
        output = self._inner.complete(request)
        if not output.recorded:
            self._keep(request, output)
        return output
