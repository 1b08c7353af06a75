"""The redactor of this process: every secret that its environment holds."""

from collections.abc import Iterable

from evalci.core.redaction import Redactor
from evalci.edges.environment import secret_values

_NAMES: set[str] = set()


def redactor(names: Iterable[str] = ()) -> Redactor:
    """Return a redactor for the named variables and everything named like a secret.

    Names stay known for the rest of the process, so that an error message that is written long
    after the config was read is redacted with them too.
    """
    _NAMES.update(names)
    return Redactor(secret_values(_NAMES))
