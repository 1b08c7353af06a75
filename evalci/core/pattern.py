"""Regular expressions that cannot hang: RE2 runs in time linear in the subject."""

from functools import lru_cache
from typing import Any, Protocol

import re2

from evalci.core.json_value import encodable


class Pattern(Protocol):
    """A compiled pattern; ``search`` returns something truthy on a match."""

    def search(self, text: str) -> object:
        """Look for the pattern anywhere in a text."""


class _Re2:
    """Hands RE2 text that can be encoded; half a surrogate pair becomes a question mark."""

    def __init__(self, compiled: Any) -> None:
        self._compiled = compiled

    def search(self, text: str) -> object:
        return self._compiled.search(encodable(text))


@lru_cache(maxsize=4096)
def compile_pattern(pattern: str) -> Pattern:
    """Return a compiled RE2 pattern.

    Raises ValueError with the cause for a pattern that RE2 does not accept. RE2 has no
    look-around and no backreferences: they are what makes other engines hang.
    """
    options = re2.Options()
    options.log_errors = False
    try:
        compiled = re2.compile(pattern, options)
    except re2.error as exc:
        cause = exc.args[0] if exc.args else "cannot be compiled"
        text = cause.decode() if isinstance(cause, bytes) else str(cause)
        raise ValueError(f"pattern {pattern!r}: {text} (RE2 syntax)") from None
    return _Re2(compiled)
