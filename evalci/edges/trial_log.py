"""The append-only log beside `run.json`: what was answered is on disk before the run goes on."""

import contextlib
import fcntl
import json
import os
import re
import threading
import time
from pathlib import Path
from typing import Any, BinaryIO

from evalci.core.json_value import Json
from evalci.core.redaction import Redactor
from evalci.errors import BadInputError

FORMAT = 1
SYNC_S = 0.5
MAX_LOGS = 20
KEPT_ASIDE = 5
_FINISHED = b'{"finished": true}\n'
_ENCODER = json.JSONEncoder(ensure_ascii=False)
_ASIDE = re.compile(r"log-[0-9a-f]{16}\.jsonl")
Place = tuple[str, int]


class TrialLog:
    """Appends one JSON line an answer and one a trial; the first line names their inputs.

    Every line is handed to the operating system at once, so a killed process loses nothing;
    it is forced to the disk every ``SYNC_S`` seconds, for the day the machine dies. An answer has
    a line of its own, before it is scored. While another process writes a log, the next one is
    taken: `log-2.jsonl`.

    ``earlier`` and ``unscored`` are what a run with the same inputs left: its trials, and the
    answers that it had not scored yet, by case and trial. The first ``settled`` trials are of runs
    that came to their end. ``judged`` are the replies of judges that the attempt which broke off
    paid for, by request and number, ``fresh`` the same in a row.
    """

    def __init__(
        self, path: Path, *, inputs: str, redactor: Redactor, adds_up: bool = False
    ) -> None:
        """``inputs`` is the hash of what is measured; a log of other inputs is laid aside.

        A finished one is begun anew, unless the trials of all attempts ``adds_up``.
        """
        _take_out(path, inputs)
        self._redactor = redactor
        self._inputs = inputs
        self._lock = threading.Lock()
        self._synced = time.monotonic()
        self._stream, self.path = _first_free(path)
        found = _Found(self.path, inputs, adds_up=adds_up)
        self.earlier, self.unscored, self.settled = found.trials, found.unscored, found.settled
        self.judged, self.fresh = found.known, found.fresh
        self._answered = set(found.answers)
        self._stream.truncate(found.size)
        if found.size == 0:
            self._write(_ENCODER.encode({"format": FORMAT, "inputs": inputs}).encode() + b"\n")

    @staticmethod
    def finish(path: Path) -> None:
        """Mark the runs in a closed log as finished: the next one asks anew."""
        with _open_append(path) as stream:
            stream.write(_FINISHED)

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

    def replies(self) -> dict[Place, Json]:
        """Return every reply of a judge that is in the log by now."""
        return _Found(self.path, self._inputs, adds_up=True).judged

    def close(self, *, finished: bool = False) -> None:
        """Close the file. The next run continues it, unless the run is marked as finished."""
        if finished:
            self._write(_FINISHED)
        with self._lock:
            os.fsync(self._stream.fileno())
            self._stream.close()

    def _write(self, line: bytes) -> None:
        with self._lock:
            self._stream.write(line)
            self._stream.flush()
            if time.monotonic() - self._synced > SYNC_S:
                os.fsync(self._stream.fileno())
                self._synced = time.monotonic()


def _first_free(path: Path) -> tuple[BinaryIO, Path]:
    """Open the first log that no other process writes, and hold it until it is closed."""
    for number in range(1, MAX_LOGS + 1):
        place = path if number == 1 else path.with_name(f"{path.stem}-{number}{path.suffix}")
        stream = _open_append(place)
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            stream.close()
        else:
            return stream, place
    raise BadInputError(f"{MAX_LOGS} runs write to {path.parent}", hint="wait for one to end")


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


class _Found:
    """What a log holds; a torn last line is left out, one that is begun anew counts as empty."""

    def __init__(self, path: Path, inputs: str, *, adds_up: bool) -> None:
        self.trials: list[Json] = []
        self.answers: dict[Place, Json] = {}
        self.judged: dict[Place, Json] = {}
        self.known: dict[Place, Json] = {}
        self.fresh: list[Json] = []
        self.settled = 0
        entries: list[dict[str, Any]] = []
        self.size = 0
        if adds_up or not _ends_finished(path):
            entries, self.size = _entries(path)
        if not adds_up and any("finished" in entry for entry in entries):
            entries = []
        if entries and entries[0] != {"format": FORMAT, "inputs": inputs}:
            entries = []
        for entry in entries:
            self._take(entry)
        self.size = self.size if entries else 0
        scored = {_place(trial) for trial in self.trials}
        self.unscored = {at: found for at, found in self.answers.items() if at not in scored}

    def _take(self, entry: dict[str, Any]) -> None:
        if "answer" in entry:
            self.answers[_place(entry["answer"])] = entry["answer"]["output"]
        elif "trial" in entry:
            trial = entry["trial"]
            known = self.answers.get(_place(trial))
            self.trials.append({"output": known, **trial} if known is not None else trial)
        elif "judged" in entry:
            reply = entry["judged"]
            place = reply.get("request"), reply.get("number")
            self.judged[place] = self.known[place] = reply["output"]
            self.fresh.append(reply["output"])
        elif "finished" in entry:
            self.settled, self.fresh, self.known = len(self.trials), [], {}


def _ends_finished(path: Path) -> bool:
    """Tell whether a log ends with a finished run, without reading all of it."""
    with path.open("rb") as stream:
        stream.seek(0, os.SEEK_END)
        stream.seek(max(0, stream.tell() - len(_FINISHED)))
        return stream.read() == _FINISHED


def _place(entry: Any) -> Place:
    return entry.get("case"), entry.get("trial")


def _entries(path: Path) -> tuple[list[dict[str, Any]], int]:
    """Return the whole lines of a log, and the bytes that hold them."""
    entries, size = [], 0
    for line in path.read_bytes().splitlines(keepends=True):
        try:
            entry = json.loads(line)
        except ValueError:
            break
        if not (line.endswith(b"\n") and isinstance(entry, dict)):
            break
        entries.append(entry)
        size += len(line)
    return entries, size
