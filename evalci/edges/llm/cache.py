"""Answers that were paid for once: one SQLite file that several processes may share."""

import errno
import fcntl
import json
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from evalci.core.hashes import answer_key
from evalci.core.ports import ModelClient
from evalci.core.trial import Finish, Output, Request
from evalci.errors import BadInputError

FILE = "answers.sqlite"
BUSY_S = 10.0
MOST_FILES = 3  # tried for one statement: a disk may damage the new one, too
_TABLE = """
CREATE TABLE IF NOT EXISTS answers (
    key TEXT PRIMARY KEY, model TEXT NOT NULL, stored REAL NOT NULL, bytes INTEGER NOT NULL,
    usd REAL, output TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS by_age ON answers (stored);
"""


class CachingClient:
    """Wraps a client; what the store holds is not asked again. An error is never kept."""

    def __init__(self, inner: ModelClient, store: "AnswerStore") -> None:
        """``inner`` is asked for what the store lacks."""
        self._inner = inner
        self._store = store

    def complete(self, request: Request) -> Output:
        """Return the kept answer, flagged and without latency, else a new one."""
        key = answer_key(request)
        if request.fresh:
            self._store.drop(key)
        found = self._store.get(key)
        if found is not None:
            return found
        output = self._inner.complete(request)
        self._store.put(key, output)
        return output


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """What a store holds; ``oldest`` and ``newest`` are seconds since 1970, None when empty."""

    answers: int
    bytes: int
    usd: float
    unknown: int
    oldest: float | None
    newest: float | None


class AnswerStore:
    """The answers in a folder, by key.

    A damaged file is set aside and a new one begun; a store that cannot be used at all (locked, a
    full disk) answers nothing and keeps nothing: it may cost money, but never a run. An answer
    that ``clean`` would change holds a secret, and is not kept: cut, it would score otherwise.
    ``trouble`` is the warning of a store that has given up, else empty.
    """

    def __init__(
        self, folder: Path, *, clean: Callable[[str], str], warn: Callable[[str], None]
    ) -> None:
        """``clean`` masks secrets; ``warn`` takes a sentence for the user."""
        self.place = folder / FILE
        self.trouble = ""
        self._clean = clean
        self._warn = warn
        self._lock = threading.Lock()
        self._file = 0
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as exc:
            raise BadInputError(f"cannot use {self.place}: {exc.strerror}") from None
        self._database = self._open()

    def get(self, key: str) -> Output | None:
        """Return a kept answer, which says that it is one and has no latency."""
        rows = self._run("SELECT CAST(output AS BLOB) FROM answers WHERE key = ?", (key,))
        if not rows:
            return None
        try:
            return _kept(rows[0][0])
        except (ValueError, TypeError, KeyError):
            self.drop(key)  # or it would be in the way of one that can be read
            return None

    def put(self, key: str, output: Output) -> None:
        """Keep an answer; the first one of a key stays."""
        text = json.dumps(asdict(output), ensure_ascii=False)
        if any(self._clean(value) != value for value in _texts(output)):
            return
        row = (key, output.requested_model, time.time(), len(text.encode()), output.cost_usd, text)
        self._run("INSERT OR IGNORE INTO answers VALUES (?, ?, ?, ?, ?, ?)", row)

    def drop(self, key: str) -> None:
        """Forget an answer."""
        self._run("DELETE FROM answers WHERE key = ?", (key,))

    def stock(self) -> Stock:
        """Return what there is."""
        rows = self._run(
            "SELECT count(*), total(bytes), total(usd), sum(usd IS NULL), min(stored), max(stored)"
            " FROM answers"
        )
        count, size, usd, unknown, oldest, newest = rows[0] if rows else (0, 0, 0, 0, None, None)
        return Stock(
            answers=count,
            bytes=int(size),
            usd=usd,
            unknown=unknown or 0,
            oldest=oldest,
            newest=newest,
        )

    def prune(self, *, max_age_days: float, max_mb: float) -> int:
        """Drop answers that are too old, then the oldest until the rest fits; return how many."""
        stock, cutoff = self.stock(), time.time() - max_age_days * 86_400
        if (stock.oldest or cutoff) >= cutoff and stock.bytes <= max_mb * 1_000_000:
            return 0
        self._run("DELETE FROM answers WHERE stored < ?", (cutoff,))
        self._run(
            "DELETE FROM answers WHERE key IN (SELECT key FROM (SELECT key, sum(bytes) OVER"
            " (ORDER BY stored DESC, key) AS so_far FROM answers) WHERE so_far > ?)",
            (max_mb * 1_000_000,),
        )
        dropped = stock.answers - self.stock().answers
        if dropped:
            self._run("VACUUM")
        return dropped

    def close(self) -> None:
        """Close the file."""
        with self._lock, suppress(sqlite3.Error):
            if self._database is not None:
                self._database.close()
            self._database = None

    def _run(self, statement: str, values: tuple[Any, ...] = ()) -> list[Any]:
        with self._lock:
            for _ in range(MOST_FILES):
                if self._database is None:
                    break
                try:
                    return self._database.execute(statement, values).fetchall()
                except sqlite3.Error as exc:
                    self._database.close()
                    self._database = self._open(exc)
            return []

    def _open(self, trouble: sqlite3.Error | None = None) -> sqlite3.Connection | None:
        """Open the file, a new one in place of a damaged one; None where that is no way out.

        A damaged file that another process has set aside by now is not set aside twice.
        """
        try:
            with _alone(self.place.parent):
                if trouble is not None and self._file == _number(self.place):
                    self._set_aside(trouble)
                try:
                    database = _connected(self.place)
                except sqlite3.Error as exc:
                    self._set_aside(exc)
                    database = _connected(self.place)
                self._file = _number(self.place)
                return database
        except (sqlite3.Error, OSError) as exc:
            self.trouble = f"the cache is not used: {self.place}: {exc}"
            self._warn(self.trouble)
            return None

    def _set_aside(self, exc: sqlite3.Error) -> None:
        """Move a damaged file away, and keep the newest of them; any other trouble is raised."""
        if not _damaged(exc):
            raise exc
        for old in self.place.parent.glob(f"{FILE}.damaged-*"):
            old.unlink()
        aside = self.place.with_name(f"{FILE}.damaged-{time.time_ns()}")
        self._warn(f"the cache was damaged ({exc}): kept as {aside.name}, and begun anew")
        for suffix in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                self.place.with_name(FILE + suffix).rename(f"{aside}{suffix}")


def _damaged(exc: sqlite3.Error) -> bool:
    """Tell a broken file from one that is locked, full, read-only or of another make."""
    code = getattr(exc, "sqlite_errorcode", 0) & 0xFF  # without what an extended code adds
    return code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def _number(place: Path) -> int:
    """Return what tells a file from another one that takes its place."""
    try:
        return place.stat().st_ino
    except FileNotFoundError:
        return 0


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one process at a time make a file: SQLite does not wait for another that does."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # a file system without locks
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _connected(place: Path) -> sqlite3.Connection:
    """Open a file for any thread of ours and any other process; every statement stands alone."""
    if place.is_symlink():  # it could point anywhere
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
    database = sqlite3.connect(place, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        # Safe against a killed process; a machine that dies may lose the last answers, no more.
        database.execute("PRAGMA synchronous = NORMAL")
        database.executescript(_TABLE)
    except sqlite3.Error:
        database.close()
        raise
    return database


def _texts(output: Output) -> list[str]:
    values = (output.text, output.resolved_model, output.fingerprint, output.finish_reason)
    return [value for value in values if value]


def _kept(text: bytes) -> Output:
    """Return the answer in a row; ValueError, TypeError or KeyError for what is none."""
    data = json.loads(text.decode())
    data |= {"finish": Finish(data["finish"]), "cached": True, "latency_s": None, "retries": 0}
    output = Output(**data)
    if not isinstance(output.text, str):
        raise TypeError("an answer without a text")
    return output
