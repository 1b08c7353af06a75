"""Talks with one supervisor: sends checks, hands each answer to whoever waits for it."""

import contextlib
import json
import struct
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import count
from typing import Any, Protocol

from evalci.core.json_value import as_list, as_object
from evalci.core.sandbox import Check, CheckResult, Ending, SandboxPolicy
from evalci.errors import SandboxError

GRACE_S = 60.0


class Wire(Protocol):
    """The stdin and stdout of a supervisor."""

    def send(self, data: bytes) -> None:
        """Write all of it; OSError when nobody listens any more."""

    def receive(self) -> bytes:
        """Return what came next, nothing at the end."""

    def close(self) -> str:
        """End the supervisor and all it runs; return the last it said on stderr."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A result; ``crowded`` when a neighbour may have spoilt it, None when the supervisor died."""

    result: CheckResult
    crowded: bool


class Session:
    """One supervisor; ``closed`` once it is gone or should not be used again."""

    def __init__(self, wire: Wire, policy: SandboxPolicy, *, grace_s: float = GRACE_S) -> None:
        """Wait for the first word of the supervisor; SandboxError when there is none.

        ``grace_s`` are the seconds by which an answer may be late.
        """
        self.closed = False
        self._grace_s, self._longest_s, self._heard = grace_s, policy.timeout_s, time.monotonic()
        self._wire, self._policy = wire, policy
        self._lock = threading.Lock()
        self._sending = threading.Lock()
        self._numbers = count()
        self._waiting: dict[int, Future[Answer | None]] = {}
        self._hello: Future[dict[str, str]] = Future()
        threading.Thread(target=self._read, daemon=True, name="sandbox").start()
        try:
            self.versions = self._hello.result(GRACE_S)
        except (TimeoutError, SandboxError):
            said = self.close()
            raise SandboxError(f"the sandbox does not start: {said or 'it says nothing'}") from None

    @property
    def idle(self) -> bool:
        """Tell whether no check is in flight."""
        with self._lock:
            return not self._waiting

    def ask(self, check: Check) -> Answer | None:
        """Run a check; None when the supervisor died meanwhile, SandboxError when it hangs."""
        number = next(self._numbers)
        future: Future[Answer | None] = Future()
        with self._lock:
            if self.closed:
                return None
            self._waiting[number] = future
            self._longest_s = max(self._longest_s, check.timeout_s or 0.0)
        data = json.dumps(self._job(number, check)).encode()
        try:
            self._send(struct.pack(">I", len(data)) + data)
        except OSError:
            self._end()
        return self._awaited(future)

    @property
    def _patience_s(self) -> float:
        return self._longest_s + self._grace_s

    def _awaited(self, future: "Future[Answer | None]") -> Answer | None:
        """Wait for as long as anything is heard: the supervisor itself ends what takes too long."""
        while True:
            with contextlib.suppress(TimeoutError):
                return future.result(self._patience_s)
            if time.monotonic() - self._heard >= self._patience_s:
                self._end()
                self._wire.close()
                raise SandboxError(f"the sandbox has said nothing for {self._patience_s:g} s")

    def close(self) -> str:
        """End the supervisor; return the last it said on stderr."""
        said = self._wire.close()
        self._end()
        return said

    def _send(self, data: bytes) -> None:
        # Not under the lock of the reader, which must go on: a supervisor whose answers nobody
        # takes does not read, either.
        with self._sending:
            self._wire.send(data)

    def _job(self, number: int, check: Check) -> dict[str, object]:
        policy = self._policy
        return {
            "id": number,
            "files": [[file.path, file.text, file.protected] for file in check.files],
            "argv": list(check.command),
            "workdir": check.workdir,
            "seconds": check.timeout_s or policy.timeout_s,
            "memory": policy.memory_mb << 20,
            "processes": policy.processes,
            "file_bytes": policy.work_mb << 19,
            "output": policy.output_mb << 20,
            "task": dict(check.task) or None,
        }

    def _read(self) -> None:
        """Hand out the answers until the supervisor is gone, as the reading thread."""
        buffer = b""
        try:
            while data := self._wire.receive():
                buffer += data
                while len(buffer) >= 4 and len(buffer) >= 4 + int.from_bytes(buffer[:4], "big"):
                    end = 4 + int.from_bytes(buffer[:4], "big")
                    self._take(json.loads(buffer[4:end]))
                    buffer = buffer[end:]
        except (OSError, ValueError, RecursionError):  # gone, or no answer of a supervisor's
            pass
        finally:
            self._end()

    def _take(self, frame: Any) -> None:
        self._heard = time.monotonic()
        if "hello" in frame:
            self._hello.set_result(frame["hello"])
            return
        with self._lock:
            future = self._waiting.pop(frame["id"], None)
            self.closed = self.closed or not frame["clean"]
        if future is None:  # nobody waits any more
            return
        future.set_result(
            Answer(
                result=CheckResult(
                    ending=Ending(frame["ending"]),
                    code=int(frame["code"]),
                    output=str(frame["output"]),
                    records=tuple(as_object(record) for record in as_list(frame["records"])),
                    seconds=float(frame["seconds"]),
                ),
                crowded=bool(frame["crowded"]),
            )
        )

    def _end(self) -> None:
        """Tell everybody who waits that there will be no answer."""
        with self._lock:
            self.closed = True
            waiting, self._waiting = list(self._waiting.values()), {}
        for future in waiting:
            future.set_result(None)
        if not self._hello.done():
            self._hello.set_exception(SandboxError("the sandbox ended"))
