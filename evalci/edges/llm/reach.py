"""Finds out in milliseconds whether anybody listens at an `api_base`."""

import socket
import time
from urllib.parse import urlsplit

from evalci.errors import BadInputError, StopRunError

PATIENCE_S = 1.5


def require_listener(api_base: str) -> None:
    """Raise StopRunError when nobody accepts a connection at the host and port of a URL."""
    host, port = _place(api_base)
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            with socket.create_connection((host, port), timeout=PATIENCE_S):
                return
        except UnicodeError:  # a name that no server can have
            raise _misspelt(api_base) from None
        except OSError as exc:
            if time.monotonic() > deadline:
                cause = exc.strerror or str(exc)
                message = f"cannot reach {api_base}: {cause}"
                raise StopRunError(message, hint="start the server or mend `api_base`") from None
            time.sleep(0.2)


def _place(api_base: str) -> tuple[str, int]:
    """Return the host and port of a URL; BadInputError where it has none."""
    try:
        parts = urlsplit(api_base)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise _misspelt(api_base) from None
    if not host:
        raise _misspelt(api_base)
    return host, port or (443 if parts.scheme == "https" else 80)


def _misspelt(api_base: str) -> BadInputError:
    return BadInputError(f"`api_base: {api_base}` is no address with a valid host and port")
