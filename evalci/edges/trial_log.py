"""The append-only log beside `run.json`: a finished trial is on disk before the run goes on."""

import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from evalci.core.json_value import Json
from evalci.errors import BadInputError

FORMAT = 1
SYNC_S = 0.5


class TrialLog:
    """Appends one JSON line a trial; the first line names the inputs that the trials belong to.

    Every line is handed to the operating system at once, so a killed process loses nothing;
    it is forced to the disk every ``SYNC_S`` seconds, for the day the machine dies.
    """

    def __init__(self, path: Path, *, inputs: str, clean: Callable[[Json], Json]) -> None:
        """``inputs`` is the hash of what is measured; a log of other inputs is begun anew."""
        self._clean = clean
        self._lock = threading.Lock()
        self._synced = time.monotonic()
        self.earlier, size = read_log(path, inputs)
        self._stream = _open_append(path)
        self._stream.truncate(size)
        if size == 0:
            self._write({"format": FORMAT, "inputs": inputs})

    def append(self, trial: dict[str, Any]) -> None:
        """Keep one trial."""
        self._write({"trial": self._clean(trial)})

    def close(self, *, finished: bool = False) -> None:
        """Close the file. The next run continues it, unless the run is marked as finished."""
        if finished:
            self._write({"finished": True})
        with self._lock:
            os.fsync(self._stream.fileno())
            self._stream.close()

    def _write(self, entry: dict[str, Any]) -> None:
        line = json.dumps(entry, ensure_ascii=False) + "\n"
        with self._lock:
            self._stream.write(line.encode())
            self._stream.flush()
            if time.monotonic() - self._synced > SYNC_S:
                os.fsync(self._stream.fileno())
                self._synced = time.monotonic()


def _open_append(path: Path) -> BinaryIO:
    """Open a log for appending; a link, which could point anywhere, is refused."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
        return os.fdopen(os.open(path, flags, 0o644), "ab")
    except OSError as exc:
        raise BadInputError(f"cannot write {path}: {exc.strerror}") from None


def read_log(path: Path, inputs: str) -> tuple[list[Json], int]:
    """Return the trials of a broken-off run with the same inputs, and the bytes that hold them.

    A torn last line is left out. A finished log, or one of other inputs, counts as empty.
    """
    try:
        data = path.read_bytes()
    except OSError:
        return [], 0
    entries, size = [], 0
    for line in data.splitlines(keepends=True):
        try:
            entry = json.loads(line)
        except ValueError:
            break
        if not (line.endswith(b"\n") and isinstance(entry, dict)):
            break
        entries.append(entry)
        size += len(line)
    if not entries or entries[0] != {"format": FORMAT, "inputs": inputs}:
        return [], 0
    if any("finished" in entry for entry in entries):
        return [], 0
    return [entry["trial"] for entry in entries if "trial" in entry], size
