"""Runs checks in few supervisors, and those alone that a neighbour may have spoilt."""

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Protocol

from evalci.core.json_value import JsonObject
from evalci.core.sandbox import Check, CheckResult, Ending, Isolation
from evalci.errors import SandboxError, SandboxHangsError

USES = 5000  # of a supervisor: every check takes two user ids, and there are 65,536


class Answered(Protocol):
    """What a session says of a check."""

    @property
    def result(self) -> CheckResult:
        """Return how the check went."""

    @property
    def crowded(self) -> bool:
        """Tell whether a neighbour may have spoilt it."""


class Asked(Protocol):
    """A supervisor that checks can be sent to."""

    @property
    def closed(self) -> bool:
        """Tell whether it is gone, or should not be used again."""

    @property
    def versions(self) -> Mapping[str, str]:
        """Return the tools that it has."""

    @property
    def idle(self) -> bool:
        """Tell whether no check is in flight."""

    def ask(self, check: Check) -> Answered | None:
        """Run a check; None when the supervisor died meanwhile, SandboxError when it hangs."""

    def close(self) -> str:
        """End it."""


Open = Callable[[str, bool], Asked]


class SupervisorPool:
    """One shared supervisor an image, renewed when it died or was soiled."""

    def __init__(self, open_session: Open, *, alone_at_once: int, timeout_s: float) -> None:
        """``open_session`` starts a supervisor for an image, shared or for a single check."""
        self._open, self._timeout_s = open_session, timeout_s
        self._lock = threading.Lock()
        self._alone = threading.Semaphore(alone_at_once)
        self._shared: dict[str, Asked] = {}
        self._retired: list[Asked] = []
        self._uses: dict[str, int] = {}
        self._ended, self._hung = False, ""

    def run(self, check: Check) -> CheckResult:
        """Run a check in the shared supervisor of its image; alone where it asks or must."""
        answer = None
        if check.isolation is Isolation.SHARED:
            session = self._session(check.image)
            with contextlib.suppress(SandboxError):
                answer = session.ask(check)
        if answer is None or answer.crowded:
            return self._checked(self._run_alone(check), check)
        return self._checked(answer.result, check)

    def versions(self, image: str) -> Mapping[str, str]:
        """Return the tools of an image by name."""
        return self._session(image).versions

    def close(self) -> None:
        """End every supervisor, and start none any more for a check that is in flight."""
        with self._lock:
            self._ended = True
            sessions = [*self._shared.values(), *self._retired]
            self._shared, self._retired = {}, []
        for session in sessions:
            session.close()

    def _session(self, image: str) -> Asked:
        with self._lock:
            session = self._shared.get(image)
            used = self._uses.get(image, 0)
            if session is None or session.closed or used >= USES:
                if session is not None:
                    self._retired.append(self._shared.pop(image))
                session, used = self._started(image, shared=True), 0
                self._shared[image] = session
            self._uses[image] = used + 1
            for retired in [s for s in self._retired if s.idle]:
                self._retired.remove(retired)
                retired.close()
            return session

    def _run_alone(self, check: Check) -> CheckResult:
        """Run a check with no neighbour; one that kills its own sandbox twice failed.

        Once may be the engine's doing, and so is a sandbox that cannot be opened afterwards.
        """
        with self._alone:
            for _ in range(2):
                with self._opened(check.image) as session:
                    answer = session.ask(check)
                if answer is not None:
                    return answer.result
            with self._opened(check.image):
                return CheckResult(ending=Ending.KILLED, code=-9, output="")

    @contextlib.contextmanager
    def _opened(self, image: str) -> Iterator[Asked]:
        session = self._started(image, shared=False)
        try:
            yield session
        finally:
            session.close()

    def _started(self, image: str, *, shared: bool) -> Asked:
        if self._ended:
            raise SandboxError("the sandbox was closed while a check was in flight")
        if self._hung:  # every further check would wait as long
            raise SandboxError(self._hung)
        try:
            return self._open(image, shared)
        except SandboxHangsError as exc:
            self._hung = exc.message
            raise

    def _checked(self, result: CheckResult, check: Check) -> CheckResult:
        """Return a result; SandboxError when it was not the code that failed."""
        broken = next((r["broken"] for r in result.records if "broken" in r), None)
        if broken is not None:
            raise SandboxError(f"the sandbox cannot run `{_name(check)}`: {broken}")
        return replace(result, limit_s=check.timeout_s or self._timeout_s)


def _name(check: Check) -> str:
    task: JsonObject = check.task
    return check.command[0] if check.command else str(task.get("kind", "runner"))
