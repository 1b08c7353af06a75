"""The redactor of this process: every secret that its environment holds."""

from collections.abc import Iterable

from evalci.core.redaction import Redactor
from evalci.edges.environment import secret_values


def redactor(names: Iterable[str] = ()) -> Redactor:
    """Return a redactor for the named variables and everything named like a secret."""
    return Redactor(secret_values(names))
