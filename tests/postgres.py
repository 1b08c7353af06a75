"""A PostgreSQL server of one's own on the loopback, for as long as a test runs."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.ports import free_port


@contextmanager
def postgres() -> Iterator[str]:
    """Start a server and yield the URL of its empty database.

    PostgreSQL refuses to be root: then the user `postgres`, whom its package makes, runs it.
    """
    port = free_port()
    place = Path(tempfile.mkdtemp(prefix="evpg"))  # short: the path of a socket has 107 bytes
    place.chmod(0o777)
    data = str(place / "data")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={place}"
    try:
        _run(["initdb", "-D", data, "-A", "trust", "-U", "postgres", "-N"])
        # No fsync: what a test kills is the writer, never the machine.
        log = str(place / "log")
        _run(["pg_ctl", "-D", data, "-w", "-l", log, "-o", f"{options} -F", "start"])
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
        finally:
            _run(["pg_ctl", "-D", data, "-w", "-m", "immediate", "stop"])
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _run(command: Sequence[str]) -> None:
    user = "postgres" if os.geteuid() == 0 else None
    subprocess.run(
        command,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        user=user,
        group=user,
    )
