"""Waiting for other processes: for what they do, however long it takes, and for their end."""

import fcntl
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE_S = 120.0


def until(true: Callable[[], bool]) -> None:
    """Wait until something holds; fail when it does not for longer than any machine is slow."""
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def until_free(place: Path) -> None:
    """Wait until no process holds a lock on a file: the system lets go of a dead one's."""
    with place.open("rb") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
