"""Finds out in milliseconds whether anybody listens at an `api_base`."""

import socket
import time
from urllib.parse import urlsplit

from evalci.errors import BadInputError, StopRunError

PATIENCE_S = 1.5


def require_listener(api_base: str) -> None:
    """Raise StopRunError when nobody accepts a connection at the host and port of a URL."""
    parts = urlsplit(api_base)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise BadInputError(f"`api_base: {api_base}` has no valid port") from None
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            with socket.create_connection((parts.hostname or "", port), timeout=PATIENCE_S):
                return
        except OSError as exc:
            if time.monotonic() > deadline:
                cause = exc.strerror or str(exc)
                message = f"cannot reach {api_base}: {cause}"
                raise StopRunError(message, hint="start the server or mend `api_base`") from None
            time.sleep(0.2)
