"""The default sandbox image, made once for all test processes, and makers of checks."""

import fcntl
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from evalci.core.sandbox import Check, CheckResult, Isolation, SandboxPolicy, SourceFile
from evalci.edges.sandbox import DockerSandbox
from evalci.edges.sandbox.reach import connect
from evalci.edges.sandbox.recipe import image_name, import_running

HONEST = "def answer(): return 42\n"


def ensure_image() -> None:
    """Import the default image unless the engine has it; one process at a time."""
    lock = Path(tempfile.gettempdir(), "evalci-test-image.lock")
    with lock.open("w", encoding="ascii") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        client = connect()
        try:
            if not client.images.list(name=image_name()):
                import_running(client, lambda _line: None)
        finally:
            client.close()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[DockerSandbox]:
    """Return a sandbox on the real engine, small enough that limits are met soon."""
    ensure_image()
    opened = DockerSandbox(SandboxPolicy(timeout_s=60, memory_mb=256, work_mb=64, output_mb=2))
    yield opened
    opened.close()


def script_check(solution: str, *, timeout_s: float | None = None, alone: bool = False) -> Check:
    """Return a check whose tests pass when `solution.answer()` is 42."""
    test = "from solution import answer\nassert answer() == 42\n"
    return Check(
        files=(
            SourceFile(path="solution.py", text=solution),
            SourceFile(path="check_answer.py", text=test, protected=True),
        ),
        task={"kind": "script", "script": "check_answer.py"},
        timeout_s=timeout_s,
        isolation=Isolation.CONTAINER if alone else Isolation.SHARED,
    )


def program(text: str, *, timeout_s: float | None = None, alone: bool = False) -> Check:
    """Return a check that runs a Python program."""
    return Check(
        files=(SourceFile(path="program.py", text=text),),
        command=("python", "program.py"),
        timeout_s=timeout_s,
        isolation=Isolation.CONTAINER if alone else Isolation.SHARED,
    )


def verdicts(result: CheckResult) -> list[object]:
    """Return the outcomes that the runner reported."""
    return [record.get("outcome") for record in result.records if "id" in record]
