"""A model client that answers from values, and remembers what it was asked."""

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from evalci.core.trial import Output, Request
from tests.calls import make_output

Answer = Output | str | Exception
Answers = Callable[[Request], Answer] | Sequence[Answer]


class FakeClient:
    """Answers from a function, or from a list in its order; an exception is raised.

    ``requests`` holds what was asked, ``most_in_flight`` how many calls ever ran at once.
    """

    def __init__(self, answers: Answers) -> None:
        """A list must hold an answer for every call."""
        self.requests: list[Request] = []
        self.most_in_flight = 0
        self._lock = threading.Lock()
        self._in_flight = 0
        self._answer = answers if callable(answers) else _in_turn(answers)

    def complete(self, request: Request) -> Output:
        """Return or raise the next answer."""
        with self._counted(request):
            answer = self._answer(request)
        if isinstance(answer, Exception):
            raise answer
        return make_output(answer) if isinstance(answer, str) else answer

    @contextmanager
    def _counted(self, request: Request) -> Iterator[None]:
        with self._lock:
            self.requests.append(request)
            self._in_flight += 1
            self.most_in_flight = max(self.most_in_flight, self._in_flight)
        try:
            yield
        finally:
            with self._lock:
                self._in_flight -= 1


def _in_turn(answers: Sequence[Answer]) -> Callable[[Request], Answer]:
    waiting = deque(answers)

    def answer(request: Request) -> Answer:
        if not waiting:
            raise AssertionError(f"no answer left for `{request.case}`")
        return waiting.popleft()

    return answer
