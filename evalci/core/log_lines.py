"""Reads the lines of the append-only log of a run: what a run that broke off left."""

import json
from typing import Any

from evalci.core.budget import Amount
from evalci.core.json_value import Json

FORMAT = 1
FINISHED = b'{"finished": true}\n'
Place = tuple[str, int]


class LogLines:
    """What a log holds, line by line, and the bytes up to the last whole line.

    ``trials`` are in order, the first ``settled`` of runs that came to their end. ``answers`` are
    all, ``unscored`` those without a trial. ``judged`` are the replies of judges, ``known`` and
    ``fresh`` those since the last end, by place and in a row. ``booked`` is what a capped run has
    cost since then, its failed calls and those in flight included. ``damaged`` counts the lines in
    between that cannot be read. What follows ``ended``, in bytes, is of a run that broke off.
    """

    def __init__(self) -> None:
        """Nothing is read before `read_lines`."""
        self.trials: list[Json] = []
        self.answers: dict[Place, Json] = {}
        self.judged: dict[Place, Json] = {}
        self.known: dict[Place, Json] = {}
        self.fresh: list[Json] = []
        self.booked = Amount()
        self.settled = self.damaged = self.size = self.ended = 0

    @property
    def unscored(self) -> dict[Place, Json]:
        """Return the answers that no trial of the log has scored."""
        scored = {_place(trial) for trial in self.trials}
        return {at: found for at, found in self.answers.items() if at not in scored}

    def take(self, entry: Any) -> bool:
        """Add what one line says; False for a line that says nothing we know."""
        match entry:
            case {"answer": {"case": str(case), "trial": int(trial), "output": dict(output)}}:
                self.answers[case, trial] = output
            case {"trial": dict(scored)}:
                known = self.answers.get(_place(scored))
                self.trials.append(scored if known is None else {"output": known, **scored})
            case {"judged": {"request": str(asked), "number": int(number), "output": dict(output)}}:
                self.judged[asked, number] = self.known[asked, number] = output
                self.fresh.append(output)
            case {
                "booked": {
                    "usd": int() | float() as usd,
                    "calls": int(calls),
                    "tokens": int(tokens),
                }
            }:
                self.booked = self.booked.plus(Amount(usd=usd, calls=calls, tokens=tokens))
            case {"finished": True}:
                self.settled, self.fresh, self.known = len(self.trials), [], {}
                self.booked = Amount()
            case _:
                return False
        return True


def read_lines(data: bytes, inputs: str, *, adds_up: bool) -> LogLines:
    """Return what the log of a run with these inputs holds; a torn end is left out.

    The log of other inputs holds nothing of it, nor does one with an end, unless it ``adds_up``.
    """
    found, lines = LogLines(), data.splitlines(keepends=True)
    entries = [_entry(line) for line in lines]
    if entries[:1] != [{"format": FORMAT, "inputs": inputs}]:
        return found
    if not adds_up and {"finished": True} in entries:
        return found
    found.size = found.ended = at = len(lines[0])
    unread = 0
    for line, entry in zip(lines[1:], entries[1:], strict=True):
        at += len(line)
        unread += 1
        if found.take(entry):
            found.size = at
            found.ended = at if line == FINISHED else found.ended
            found.damaged += unread - 1
            unread = 0
    return found


def _entry(line: bytes) -> Any:
    """Return the value in a whole line, None where there is none."""
    try:
        return json.loads(line) if line.endswith(b"\n") else None
    except (ValueError, RecursionError):
        return None


def _place(trial: Any) -> Place:
    number = trial.get("trial")
    return str(trial.get("case")), number if isinstance(number, int) else -1
