"""An output stream whose reader may leave: what nobody reads changes no verdict."""

import errno
import os
import sys
from typing import Any, TextIO


class Sink:
    """Passes everything on to a stream until that fails, then to nowhere.

    Without it a closed pipe ends a measurement, or turns its exit code into 1.
    """

    def __init__(self, stream: TextIO) -> None:
        """Wrap a stream that has a file descriptor."""
        self._stream = stream

    def write(self, text: str) -> int:
        """Write, or drop the text when nobody can take it."""
        try:
            return self._stream.write(text)
        except OSError as exc:
            self._give_up(exc)
            return len(text)

    def flush(self) -> None:
        """Flush, or drop what is left."""
        try:
            self._stream.flush()
        except OSError as exc:
            self._give_up(exc)

    def _give_up(self, exc: OSError) -> None:
        """Write to nowhere from now on, and say so where somebody may miss what is lost."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)
        if exc.errno != errno.EPIPE and sys.stderr is not self:
            print(f"evalci: standard output is cut off: {exc.strerror}", file=sys.stderr)  # noqa: T201  # a stream of ours

    def __getattr__(self, name: str) -> Any:
        """Be the wrapped stream in all other respects."""
        return getattr(self._stream, name)
