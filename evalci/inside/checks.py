"""One check on its way: who runs it, where, what it has said and used so far; and its clock."""

import contextlib
import json
import os
import secrets

from evalci.inside.confine import Job, Seat
from evalci.inside.usage import Tail, oom_kills

CHUNK = 1 << 16
LONGEST_S = 5.0  # between two looks at the clock, unless the container was frozen
STARVED_BELOW = 0.5  # processors that a check had, on average, until it was out of time


class Clock:
    """The time that checks had: no sweep behind others, and hardly any of a frozen container."""

    def __init__(self, now: float) -> None:
        """``now`` is a time in seconds, as every time that follows."""
        self.seen, self.time = now, 0.0

    def look(self, now: float) -> float:
        """Return the seconds so far."""
        self.time += min(now - self.seen, LONGEST_S)
        self.seen = now
        return self.time

    def skip(self, now: float) -> None:
        """Leave out what has passed since the last look."""
        self.seen = now


class Check:
    """One command on its way: who runs it, where, and what it has said so far."""

    def __init__(self, job: Job, seat: Seat, started: float) -> None:
        """The token tells the records of the runner from what the tested code writes.

        The alarm is for what this process says before it becomes the runner, which never learns it.
        """
        self.job, self.seat = job, seat
        self.token, self.alarm = secrets.token_hex(16), secrets.token_hex(16)
        self.output, self.verdict = Tail(), b""
        self.ending = ""
        self.code = 0
        self.crowded, self.company = False, False
        self.busy = 0.0  # seconds of a processor, of its first process and those that it awaited
        self.oom = oom_kills()
        self.started = started
        self.pipes: dict[str, int] = {}

    def records(self) -> list[object]:
        """Return what came over the verdict channel with the token of this check."""
        found: list[object] = []
        alarms = {self.token.encode(): False, self.alarm.encode(): True}
        for line in self.verdict.split(b"\n"):
            start, _, text = line.partition(b" ")
            if start in alarms:  # code that found the token may have written anything behind it
                with contextlib.suppress(ValueError, RecursionError):
                    record = json.loads(text)
                    if isinstance(record, dict) and ("broken" in record) is alarms[start]:
                        found.append(record)
        return found

    def pump(self, name: str) -> bool:
        """Read what there is in a pipe; tell whether there was something."""
        try:
            data = os.read(self.pipes[name], CHUNK)
        except OSError:
            return False
        if name == "output":
            self.output.add(data)
        elif len(self.verdict) <= self.job.output:
            self.verdict += data
        return bool(data)

    def exceeded(self, memory: int, seconds: float) -> str:
        """Return which allowance is used up, if any."""
        if seconds >= self.job.seconds:
            return "timeout"
        if memory > self.job.memory:
            return "memory"
        if self.output.size + len(self.verdict) > self.job.output:
            return "output"
        return ""

    @property
    def starved(self) -> bool:
        """Tell whether it ran out of time because a neighbour may have taken the processors."""
        late = self.ending == "timeout" and self.company
        return late and self.busy < self.job.seconds * STARVED_BELOW
