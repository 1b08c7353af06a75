"""The action installs evalci by its lock, from the index or from wheels that it checks."""

import shutil
import subprocess
from pathlib import Path

import pytest

from evalci import __version__
from tests.action.conftest import Job
from tests.action.harness import Scene, play
from tests.action.repository import SAME

pytestmark = [pytest.mark.node, pytest.mark.slow]


def installing(job: Job, machine: Path) -> Scene:
    """Return a scene in which every step of ours really runs."""
    event = job.checkout.pull_request(SAME)
    return Scene(event=event, workspace=job.checkout.folder, temp=machine)


def version(machine: Path) -> str:
    """Return what the installed program says of itself."""
    evalci = machine / "evalci" / "venv" / "bin" / "evalci"
    done = subprocess.run([evalci, "--version"], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_it_installs_and_checks_what_a_cache_brought(job: Job) -> None:
    first, second = job.new_machine(), job.new_machine()

    fresh = play(installing(job, first), job.kit.node)
    wheels = second / "evalci" / "wheels"
    shutil.copytree(first / "evalci" / "wheels", wheels)
    (forged,) = wheels.glob("click-*.whl")
    forged.write_bytes(b"not what the lock names")
    again = play(installing(job, second), job.kit.node)

    assert (fresh.status, again.status) == ("success", "success"), (fresh.steps, again.steps)
    assert [version(machine) for machine in (first, second)] == [
        f"evalci, version {__version__}"
    ] * 2
    assert forged.read_bytes() != b"not what the lock names"
    assert fresh.outputs["verdict"] == "pass"
