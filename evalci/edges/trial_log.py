"""The append-only log beside `run.json`: what was answered is on disk before the run goes on."""

import contextlib
import fcntl
import json
import os
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from evalci.core.budget import Amount
from evalci.core.json_value import Json
from evalci.core.log_lines import FINISHED, FORMAT, LogLines, Place, read_lines
from evalci.core.redaction import Redactor
from evalci.errors import BadInputError

SYNC_S = 0.5
MAX_LOGS = 20
KEPT_ASIDE = 5
_ENCODER = json.JSONEncoder(ensure_ascii=False)
_ASIDE = re.compile(r"log-[0-9a-f]{16}\.jsonl")


class TrialLog:
    """Appends one JSON line an answer and one a trial; the first line names their inputs.

    Every line is handed to the operating system at once, so a killed process loses nothing;
    it is forced to the disk every ``SYNC_S`` seconds, for the day the machine dies. An answer has
    a line of its own, before it is scored. While another process writes a log, the next one is
    taken: `log-2.jsonl`. What a run that broke off left in any of them is taken over.

    ``earlier`` and ``unscored`` are what a run with the same inputs left: its trials, and the
    answers that it had not scored yet, by case and trial. The first ``settled`` trials are of runs
    that came to their end. ``judged`` are the replies of judges that the attempt which broke off
    paid for, by request and number, ``fresh`` the same in a row; ``booked`` is what it has cost at
    worst. ``damaged`` counts the lines that nobody can read; they are left out.
    """

    def __init__(
        self, path: Path, *, inputs: str, redactor: Redactor, adds_up: bool = False
    ) -> None:
        """``inputs`` is the hash of what is measured; a log of other inputs is laid aside.

        A finished one is begun anew, unless the trials of all attempts ``adds_up``.
        """
        _take_out(path, inputs)
        self.adds_up = adds_up
        self._redactor = redactor
        self._inputs = inputs
        self._lock = threading.Lock()
        self._synced = time.monotonic()
        self._stream, self.path = _first_free(path)
        found = self._begun(path, adds_up=adds_up)
        self.earlier, self.unscored, self.settled = found.trials, found.unscored, found.settled
        self.judged, self.fresh, self.damaged = found.known, found.fresh, found.damaged
        self.booked = found.booked
        self._answered = set(found.answers)

    def _begun(self, path: Path, *, adds_up: bool) -> LogLines:
        """Return what earlier runs left here and in the logs beside, ready to be continued."""
        found = read_lines(self._text(adds_up=adds_up), self._inputs, adds_up=adds_up)
        self._stream.truncate(found.size)
        if found.size == 0:
            head = {"format": FORMAT, "inputs": self._inputs}
            self._write(_ENCODER.encode(head).encode() + b"\n")
        for lines in _left_beside(path, self._inputs):
            self._write(lines)
            found = read_lines(self._text(adds_up=adds_up), self._inputs, adds_up=adds_up)
        return found

    @staticmethod
    def finish(path: Path) -> None:
        """Mark the runs in a closed log as finished: the next one asks anew."""
        with _open_append(path) as stream:
            stream.write(FINISHED)

    def append(self, trial: dict[str, Any]) -> None:
        """Keep one trial; an answer that has its own line is not written twice."""
        if (trial.get("case"), trial.get("trial")) in self._answered:
            trial = {key: value for key, value in trial.items() if key != "output"}
        text = _ENCODER.encode({"trial": trial})
        if not self._redactor.harmless(text):
            text = _ENCODER.encode({"trial": self._redactor.json(trial)})
        self._write(text.encode() + b"\n")

    def answer(self, case: str, trial: int, output: dict[str, Any]) -> None:
        """Keep one answer before it is scored.

        One that holds a secret is left out: masked, it would score otherwise.
        """
        entry = {"answer": {"case": case, "trial": trial, "output": output}}
        text = _ENCODER.encode(entry)
        if self._redactor.harmless(text) or self._redactor.json(output) == output:
            self._write(text.encode() + b"\n")
            self._answered.add((case, trial))

    def reply(self, request: str, number: int, output: dict[str, Any]) -> None:
        """Keep one reply of a judge before it is read; one that holds a secret is left out."""
        text = _ENCODER.encode({"judged": {"request": request, "number": number, "output": output}})
        if self._redactor.harmless(text) or self._redactor.json(output) == output:
            self._write(text.encode() + b"\n")

    def book(self, cost: Amount) -> None:
        """Keep what a call may cost before it is sent, or, below zero, what it did not cost."""
        line = {"booked": {"usd": cost.usd, "calls": cost.calls, "tokens": cost.tokens}}
        self._write(_ENCODER.encode(line).encode() + b"\n")

    def replies(self) -> dict[Place, Json]:
        """Return every reply of a judge that is in the log by now."""
        return read_lines(self._text(adds_up=True), self._inputs, adds_up=True).judged

    def close(self, *, finished: bool = False) -> None:
        """Close the file. The next run continues it, unless the run is marked as finished."""
        if finished:
            self._write(FINISHED)
        with self._lock, _told(self.path):
            os.fsync(self._stream.fileno())
            self._stream.close()

    def _text(self, *, adds_up: bool) -> bytes:
        """Return what stands in the file that is held, wherever other runs have moved it by now.

        One that ends with a finished run is read only where the trials of all attempts count.
        """
        with os.fdopen(os.dup(self._stream.fileno()), "rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(0, size - len(FINISHED)))
            if not adds_up and stream.read() == FINISHED:
                return b""
            stream.seek(0)
            return stream.read()

    def _write(self, line: bytes) -> None:
        with self._lock, _told(self.path):
            self._stream.write(line)
            self._stream.flush()
            if time.monotonic() - self._synced > SYNC_S:
                os.fsync(self._stream.fileno())
                self._synced = time.monotonic()


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn what a disk complains of, such as being full, into one clear line."""
    try:
        yield
    except OSError as exc:
        message = f"cannot write {path}: {exc.strerror}"
        raise BadInputError(message, hint="what it holds by now is kept") from None


def _first_free(path: Path) -> tuple[BinaryIO, Path]:
    """Open the first log that no other process writes, and hold it until it is closed."""
    for place in _places(path):
        if (stream := _held(place)) is not None:
            return stream, place
    raise BadInputError(f"{MAX_LOGS} runs write to {path.parent}", hint="wait for one to end")


def _places(path: Path) -> Iterator[Path]:
    """Yield where the logs of runs at the same time are, the first one first."""
    yield path
    for number in range(2, MAX_LOGS + 1):
        yield path.with_name(f"{path.stem}-{number}{path.suffix}")


def _held(place: Path) -> BinaryIO | None:
    """Open a log and hold it until it is closed, None while another process does."""
    stream = _open_append(place)
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        stream.close()
        return None
    return stream


def _left_beside(path: Path, inputs: str) -> Iterator[bytes]:
    """Yield the lines that runs with these inputs broke off with in logs that nobody holds.

    Once they are taken over, their log is marked as finished.
    """
    for place in _places(path):
        stream = _held(place) if _inputs_of(place) == inputs else None
        if stream is None:
            continue
        with stream:
            data = place.read_bytes()
            found = read_lines(data, inputs, adds_up=True)
            if found.ended < found.size:
                yield data[found.ended : found.size]
                stream.write(FINISHED)


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
    """Return the inputs that a log names, nothing for what is none, such as a pipe."""
    if path.is_symlink() or not path.is_file():
        return ""
    try:
        with path.open("rb") as stream:
            head = json.loads(stream.readline(200))
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
    """Open a log for appending; a link, which could point anywhere, or a pipe is refused."""
    try:
        if path.exists() and not path.is_file():
            raise BadInputError(f"cannot write {path}: it is no file", hint="take it away")
        path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
        return os.fdopen(os.open(path, flags, 0o644), "ab")
    except OSError as exc:
        raise BadInputError(f"cannot write {path}: {exc.strerror}") from None
