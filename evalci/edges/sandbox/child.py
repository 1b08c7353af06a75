"""A supervisor as a child process of this one: limits and time, but no isolation at all."""

import subprocess
import sys
import threading
from collections.abc import Sequence


class ChildWire:
    """The stdin and stdout of a supervisor that runs as the same user on the same machine."""

    def __init__(self, command: Sequence[str]) -> None:
        """Start it with an empty environment: no key, no token."""
        self._process = subprocess.Popen(  # noqa: S603  # our own supervisor
            [sys.executable, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={},
        )
        self._said = b""
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        if self._process.stderr is not None:
            self._said = self._process.stderr.read()[-2000:]

    def send(self, data: bytes) -> None:
        """Write to stdin."""
        if self._process.stdin is None:
            raise BrokenPipeError
        self._process.stdin.write(data)
        self._process.stdin.flush()

    def receive(self) -> bytes:
        """Return the next piece of stdout, nothing at the end."""
        stream = self._process.stdout
        return stream.read1(1 << 16) if stream is not None else b""  # type: ignore[attr-defined]  # a pipe is buffered

    def close(self) -> str:
        """Close stdin, upon which it ends all it runs; return the last it said on stderr."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._listener.join(2)
        for stream in (self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()
        return self._said.decode("utf-8", "replace").strip()[-300:]
