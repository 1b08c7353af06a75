"""Ports of the loopback: one where nobody answers, and one for a program that must be told."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def nobody() -> Iterator[str]:
    """Yield the address of a port that is taken, so that nobody else comes to listen there."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{silent.getsockname()[1]}"


def free_port() -> int:
    """Return a port that nobody is given by chance before it is used.

    Systems give out those from 32768 on; where the search begins differs between processes.
    """
    for port in range(20_000 + os.getpid() % 10_000, 32_768):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no port is free")
