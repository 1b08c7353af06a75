"""The append-only log beside `run.json`: a finished trial is on disk before the run goes on."""

import contextlib
import json
import os
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from evalci.core.json_value import Json
from evalci.errors import BadInputError

FORMAT = 1
SYNC_S = 0.5
KEPT_ASIDE = 5
_ASIDE = re.compile(r"log-[0-9a-f]{16}\.jsonl")


class TrialLog:
    """Appends one JSON line a trial; the first line names the inputs that the trials belong to.

    Every line is handed to the operating system at once, so a killed process loses nothing;
    it is forced to the disk every ``SYNC_S`` seconds, for the day the machine dies.
    """

    def __init__(
        self, path: Path, *, inputs: str, clean: Callable[[Json], Json], adds_up: bool = False
    ) -> None:
        """``inputs`` is the hash of what is measured; a log of other inputs is laid aside.

        A finished one is begun anew, unless the trials of all attempts ``adds_up``.
        """
        _take_out(path, inputs)
        self._clean = clean
        self._lock = threading.Lock()
        self._synced = time.monotonic()
        found = read_log(path, inputs)
        if found.attempts and not adds_up:
            found = NOTHING
        self.earlier = found.trials
        self._stream = _open_append(path)
        self._stream.truncate(found.size)
        if found.size == 0:
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


def _take_out(path: Path, inputs: str) -> None:
    """Lay the log of other inputs aside, and take out that of these: `log-<inputs>.jsonl`.

    So a run of a few cases in between, or of an edit that is taken back, costs no trial.
    """
    found, wanted = _inputs_of(path), path.with_name(f"log-{inputs}.jsonl")
    if found == inputs:
        return
    with contextlib.suppress(OSError):
        if _ASIDE.fullmatch(f"log-{found}.jsonl"):
            path.replace(path.with_name(f"log-{found}.jsonl"))
        if _ASIDE.fullmatch(wanted.name) and _inputs_of(wanted) == inputs:
            wanted.replace(path)
        _drop_old(path.parent)


def _inputs_of(path: Path) -> str:
    """Return the inputs that a log names, nothing for what is none."""
    try:
        with path.open("rb") as stream:
            head = json.loads(b"" if path.is_symlink() else stream.readline(200))
    except (OSError, ValueError):
        return ""
    return str(head.get("inputs", "")) if isinstance(head, dict) else ""


def _drop_old(folder: Path) -> None:
    """Keep the newest logs that lie aside."""
    aside = [place for place in folder.iterdir() if _ASIDE.fullmatch(place.name)]
    aside.sort(key=lambda place: place.lstat().st_mtime_ns, reverse=True)
    for place in aside[KEPT_ASIDE:]:
        place.unlink()


def _open_append(path: Path) -> BinaryIO:
    """Open a log for appending; a link, which could point anywhere, is refused."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
        return os.fdopen(os.open(path, flags, 0o644), "ab")
    except OSError as exc:
        raise BadInputError(f"cannot write {path}: {exc.strerror}") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """The trials in a log, the bytes that hold them, and how many attempts came to their end."""

    trials: tuple[Json, ...] = ()
    size: int = 0
    attempts: int = 0


NOTHING = Logged()


def read_log(path: Path, inputs: str) -> Logged:
    """Return what a log holds of earlier attempts with the same inputs.

    A torn last line is left out. A log of other inputs counts as empty.
    """
    try:
        data = path.read_bytes()
    except OSError:
        return NOTHING
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
        return NOTHING
    return Logged(
        trials=tuple(entry["trial"] for entry in entries if "trial" in entry),
        size=size,
        attempts=sum("finished" in entry for entry in entries),
    )
