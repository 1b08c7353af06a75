"""What a session and a container without Python make of an engine that misbehaves."""

import json
import queue
import struct
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from requests.exceptions import ReadTimeout

from evalci.core.sandbox import Check, CheckResult, Ending, SandboxPolicy
from evalci.edges.sandbox.engine import LABEL, ContainerEngine, owner_label
from evalci.edges.sandbox.plain import PlainContainers
from evalci.edges.sandbox.session import Session
from evalci.errors import SandboxError, SandboxHangsError

CHECK = Check(files=(), command=("true",))


def frame(value: object) -> bytes:
    data = json.dumps(value).encode()
    return struct.pack(">I", len(data)) + data


def done(number: int) -> bytes:
    said: dict[str, object] = {"id": number, "ending": "exited", "code": 0, "output": ""}
    return frame({**said, "records": [], "seconds": 0, "crowded": False, "clean": True})


class CrammedWire:
    """A supervisor that takes its second check only once its first answer was taken."""

    def __init__(self) -> None:
        """Say hello."""
        self._out: queue.Queue[bytes] = queue.Queue()
        self._out.put(frame({"hello": {}}))
        self._sent, self._reads = 0, 0
        self._taken = threading.Event()

    def send(self, data: bytes) -> None:
        """Take a check."""
        del data
        self._sent += 1
        if self._sent == 2:
            self._out.put(done(0))
            if not self._taken.wait(60):
                raise OSError
            self._out.put(done(1))

    def receive(self) -> bytes:
        """Return the next answer; the third call proves that the first answer was taken."""
        self._reads += 1
        if self._reads == 3:
            self._taken.set()
        return self._out.get()

    def close(self) -> str:
        """End the reader."""
        self._out.put(b"")
        return ""


def test_answers_are_taken_while_a_check_is_being_sent() -> None:
    session = Session(CrammedWire(), SandboxPolicy())

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(session.ask, [CHECK, CHECK]))
    session.close()

    assert None not in answers


class GarbledWire(CrammedWire):
    """A supervisor whose answer no parser of JSON takes."""

    def send(self, data: bytes) -> None:
        """Answer with what nests too deep."""
        text = b"[" * 100_000
        self._out.put(struct.pack(">I", len(text)) + text)


def test_an_answer_that_cannot_be_read_ends_the_session() -> None:
    session = Session(GarbledWire(), SandboxPolicy())

    answer = session.ask(CHECK)

    assert answer is None
    assert session.closed


class SilentWire(CrammedWire):
    """A supervisor that says nothing for long, and then too late."""

    def send(self, data: bytes) -> None:
        """Take a check, and answer none."""

    def close(self) -> str:
        """Answer after all, and end."""
        self._out.put(done(0))
        return super().close()


def test_a_sandbox_that_hangs_is_no_result() -> None:
    session = Session(SilentWire(), SandboxPolicy(timeout_s=0.01), grace_s=0.05)

    with pytest.raises(SandboxError, match="has said nothing for"):
        session.ask(CHECK)

    assert session.closed


class PlainEnd:
    """A container without Python that ends in a given way."""

    def __init__(self, code: int, output: bytes = b"", *, gone: bool = False) -> None:
        """``gone`` makes the engine go away while the container runs."""
        self._code, self._output, self._gone = code, [output, b""], gone

    def send(self, data: bytes) -> None:
        """Take the files."""

    def end_of_input(self) -> None:
        """Take no more."""

    def give_up_after(self, seconds: float) -> None:
        """Never hang."""

    def receive_any(self) -> tuple[int, bytes]:
        """Return the output; OSError when the engine is gone."""
        if self._gone:
            raise ConnectionResetError("reset by peer")
        return 1, self._output.pop(0)

    def state(self) -> Mapping[str, Any]:
        """Return the exit code."""
        return {"ExitCode": self._code, "OOMKilled": False}

    def kill(self) -> None:
        """End."""

    def close(self) -> str:
        """End."""
        return ""


def plain(*ends: PlainEnd) -> CheckResult:
    left = list(ends)
    return PlainContainers(lambda *_: left.pop(0), SandboxPolicy(), at_once=1).run(CHECK)


def test_a_container_that_was_killed_once_is_run_again() -> None:
    assert plain(PlainEnd(137), PlainEnd(0)).code == 0


def test_code_that_kills_itself_has_failed() -> None:
    result = plain(PlainEnd(137), PlainEnd(137))

    assert (result.ending, result.code) == (Ending.EXITED, 137)


class PlainHang(PlainEnd):
    """A container without Python whose engine has stopped to move anything."""

    def give_up_after(self, seconds: float) -> None:
        """Be told how long to wait."""
        self.patience_s = seconds

    def receive_any(self) -> tuple[int, bytes]:
        """Bring nothing, for as long as one waits."""
        raise TimeoutError(f"nothing in {self.patience_s:g} s")


def test_an_engine_that_hangs_is_no_result() -> None:
    with pytest.raises(SandboxError, match="went away: nothing in 90 s"):
        plain(PlainHang(0))


def test_an_engine_that_goes_away_is_no_result() -> None:
    with pytest.raises(SandboxError, match="went away: reset by peer"):
        plain(PlainEnd(0, gone=True))


class FakeContainer:
    """A container that carries the label of an owner."""

    def __init__(self, owner: str) -> None:
        """Note whose it is."""
        self.labels, self.removed = {LABEL: owner}, False

    def remove(self, *, force: bool) -> None:
        """Remove it."""
        self.removed = force


class FakeClient:
    """A client of an engine in which some containers run."""

    def __init__(self, *containers: FakeContainer) -> None:
        """Be its own list of containers."""
        self.containers, self._there = self, containers

    def info(self) -> dict[str, int]:
        """Return the machine."""
        return {"NCPU": 2}

    def list(self, **_options: object) -> tuple[FakeContainer, ...]:
        """Return all."""
        return self._there


GONE = str(2**22 + 1)  # above the highest number of a process


@pytest.mark.parametrize(
    ("owner", "removed"),
    [
        pytest.param(owner_label().rpartition(":")[0] + f":{GONE}", True, id="a dead process"),
        pytest.param(owner_label(), False, id="this process"),
        pytest.param(f"elsewhere:pid:[4026531836]:{GONE}", False, id="another machine's"),
        pytest.param(
            owner_label().split(":", maxsplit=1)[0] + f":pid:[1]:{GONE}",
            False,
            id="another container's of the same host name",
        ),
        pytest.param("somebody's own label", False, id="no label of ours"),
    ],
)
def test_only_containers_of_dead_processes_are_swept(owner: str, removed: bool) -> None:
    container = FakeContainer(owner)

    ContainerEngine(FakeClient(container), SandboxPolicy())  # type: ignore[arg-type]  # as much of a client as is asked

    assert container.removed is removed


class StuckClient(FakeClient):
    """A client of an engine that starts nothing."""

    fault: Exception

    def create(self, image: str, **_settings: object) -> None:
        """Fail."""
        raise self.fault


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        pytest.param(ReadTimeout("timed out"), SandboxHangsError, id="hangs"),
        pytest.param(ConnectionError("refused"), SandboxError, id="is gone"),
    ],
)
def test_an_engine_that_hangs_is_told_from_one_that_is_gone(
    fault: Exception, expected: type[SandboxError]
) -> None:
    client = StuckClient()
    client.fault = fault
    engine = ContainerEngine(client, SandboxPolicy())  # type: ignore[arg-type]  # the same

    with pytest.raises(SandboxError, match="cannot start image") as caught:
        engine.supervised("image", ["true"], slots=1)

    assert caught.type is expected
