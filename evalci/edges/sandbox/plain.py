"""Runs one check in a container of its own, for images in which there is no Python."""

import io
import tarfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from evalci.core.sandbox import Check, CheckResult, Ending, SandboxPolicy
from evalci.errors import SandboxError

KEPT = 1 << 16
KILLED = 128 + 9
GRACE_S = 60.0  # for the engine to end what is out of time


class PlainWire(Protocol):
    """The streams of a container that runs one command."""

    def send(self, data: bytes) -> None:
        """Write to stdin."""

    def end_of_input(self) -> None:
        """Close stdin."""

    def give_up_after(self, seconds: float) -> None:
        """Let what is sent or received fail with OSError when nothing moves for so long."""

    def receive_any(self) -> tuple[int, bytes]:
        """Return the next piece of output and its stream; empty at the end."""

    def state(self) -> Mapping[str, Any]:
        """Return what the engine says of the container once it ended."""

    def kill(self) -> None:
        """Kill what runs."""

    def close(self) -> str:
        """Remove the container."""


Start = Callable[[str, str, Sequence[str]], PlainWire]


class PlainContainers:
    """A new container for every check, at most so many at a time."""

    def __init__(self, start: Start, policy: SandboxPolicy, *, at_once: int) -> None:
        """``start`` creates a container for an image, a work folder and a command."""
        self._start, self._policy = start, policy
        self._slots = threading.Semaphore(at_once)

    def run(self, check: Check) -> CheckResult:
        """Run a check from its files to its exit code."""
        if not check.command:
            raise SandboxError(f"{check.image} has no python3, which `{check.task['kind']}` needs")
        with self._slots:
            result = self._once(check)
            # a first kill may be the engine's doing, a second one is the code's
            killed = result.ending is Ending.EXITED and result.code == KILLED
            return self._once(check) if killed else result

    def _once(self, check: Check) -> CheckResult:
        wire = self._start(check.image, check.workdir, check.command)
        try:
            return self._watched(wire, check)
        except OSError as exc:
            raise SandboxError(f"the container engine went away: {exc}") from exc
        finally:
            wire.close()

    def _watched(self, wire: PlainWire, check: Check) -> CheckResult:
        seconds = check.timeout_s or self._policy.timeout_s
        late, began = threading.Event(), time.monotonic()

        def stop() -> None:
            late.set()
            wire.kill()

        wire.give_up_after(seconds + GRACE_S)
        alarm = threading.Timer(seconds, stop)
        alarm.start()
        try:
            output, too_much = self._talk(wire, _archive(check))
            state = wire.state()
        finally:
            alarm.cancel()
        ending = Ending.EXITED
        if late.is_set():
            ending = Ending.TIMEOUT
        elif too_much:
            ending = Ending.OUTPUT
        elif state.get("OOMKilled"):
            ending = Ending.MEMORY
        code = int(state.get("ExitCode", -1))
        return CheckResult(
            ending=ending,
            code=code,
            output=output,
            seconds=time.monotonic() - began,
            limit_s=seconds,
        )

    def _talk(self, wire: PlainWire, data: bytes) -> tuple[str, bool]:
        """Return what a container prints, and whether that was more than it may."""
        try:
            wire.send(data)
            wire.end_of_input()
        except OSError:  # it ended before it had read everything: its exit code says why
            pass
        limit, head, tail, size = self._policy.output_mb << 20, b"", b"", 0
        while data := wire.receive_any()[1]:
            size += len(data)
            room = KEPT - len(head)
            head, tail = head + data[:room], (tail + data[room:])[-KEPT:]
            if size > limit:
                wire.kill()
                break
        gap = size - len(head) - len(tail)
        middle = b"\n[%d bytes left out]\n" % gap if gap else b""
        return (head + middle + tail).decode("utf-8", "replace"), size > limit


def _archive(check: Check) -> bytes:
    """Return the files of a check as a tar archive of the plain user's."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for file in check.files:
            content = file.text.encode("utf-8", "surrogatepass")
            info = tarfile.TarInfo(file.path)
            info.size, info.mode = len(content), 0o444 if file.protected else 0o644
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()
