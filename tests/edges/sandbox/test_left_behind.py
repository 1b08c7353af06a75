"""What is left of containers when a sandbox is closed, or evalci killed: nothing."""

import os
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from evalci.core.sandbox import SandboxPolicy
from evalci.edges.sandbox import DockerSandbox
from evalci.edges.sandbox.engine import LABEL
from evalci.edges.sandbox.reach import connect
from tests.sandbox_image import HONEST, ensure_image, script_check

pytestmark = pytest.mark.docker


def containers_of(pid: int) -> list[str]:
    client = connect()
    try:
        found = client.containers.list(all=True, filters={"label": LABEL})
        return [c.id or "" for c in found if c.labels[LABEL].endswith(f":{pid}")]
    finally:
        client.close()


def eventually(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 20
    while not true() and time.monotonic() < deadline:
        time.sleep(0.1)
    return true()


def test_nothing_is_left_when_a_sandbox_is_closed() -> None:
    ensure_image()
    others = set(containers_of(os.getpid()))
    opened = DockerSandbox(SandboxPolicy())
    opened.run(script_check(HONEST))
    started = set(containers_of(os.getpid())) - others
    opened.run(script_check(HONEST, alone=True))

    opened.close()

    assert started
    assert eventually(lambda: set(containers_of(os.getpid())) <= others)


ORPHAN = """\
import time
from evalci.core.sandbox import SandboxPolicy
from evalci.edges.sandbox import DockerSandbox
from tests.sandbox_image import script_check
sandbox = DockerSandbox(SandboxPolicy())
sandbox.run(script_check("def answer(): return 42"))
print("ready", flush=True)
time.sleep(60)
"""


def test_a_killed_evalci_leaves_no_container() -> None:
    ensure_image()
    process = subprocess.Popen([sys.executable, "-c", ORPHAN], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    process.kill()
    process.communicate()

    DockerSandbox(SandboxPolicy()).close()

    assert eventually(lambda: containers_of(process.pid) == [])
