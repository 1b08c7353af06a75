"""A problem in a file a user keeps, and how many of them become one error."""

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evalci.errors import BadInputError

MAX_SHOWN = 50
MAX_LENGTH = 1000  # what is wrong may itself be megabytes long
_CONFLICT = re.compile(r"^<{7} ", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong in one place; ``line`` counts from 1, 0 means the file as a whole."""

    source: str
    line: int = 0
    message: str
    hint: str = ""

    def __str__(self) -> str:
        """Return the problem as the one line a user reads."""
        place = f"{self.source}:{self.line}" if self.line else self.source
        tail = f"; {self.hint}" if self.hint else ""
        line = " ".join(f"{place}: {self.message}{tail}".splitlines())
        return line if len(line) <= MAX_LENGTH else line[: MAX_LENGTH - 1] + "…"


def raise_problems(problems: Iterable[Problem]) -> None:
    """Raise one error that lists all problems, by file and line; do nothing without any."""
    found = sorted(set(problems), key=lambda p: (p.source, p.line, p.message))
    raise_lines([str(problem) for problem in found])


def raise_lines(lines: Sequence[str]) -> None:
    """Raise one error of one line a problem; do nothing without any."""
    if len(lines) > MAX_SHOWN:
        lines = [*lines[:MAX_SHOWN], f"… and {len(lines) - MAX_SHOWN} more problems"]
    if lines:
        raise BadInputError("\n".join(lines))


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """Return ``did you mean `x`?`` for a near miss, else the known words (or nothing)."""
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if close:
        return f"did you mean `{close[0]}`?"
    return f"known: {', '.join(sorted(known))}" if 0 < len(known) <= 25 else ""


def conflict_in(text: str) -> int:
    """Return the line, from 1, on which git wrote that it could not merge a file; 0 without."""
    found = _CONFLICT.search(text)
    return text.count("\n", 0, found.start()) + 1 if found else 0
