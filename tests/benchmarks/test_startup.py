"""How much CPU the first sign of life takes: `evalci --help`, in units of importing click."""

import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROUNDS = 10
EVALCI = Path(sys.executable).with_name("evalci")


def cpu_s(command: Sequence[str]) -> float:
    """Return the least CPU, user and system, that one of several runs of a command took."""
    return min(_once(command) for _ in range(ROUNDS))


def _once(command: Sequence[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True, env={"PATH": os.environ["PATH"]})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_help_costs_little_more_than_importing_click() -> None:
    click = cpu_s([sys.executable, "-c", "import click"])

    help_ = cpu_s([str(EVALCI), "--help"])

    print(f"\nevalci --help: {help_:.3f} s of CPU, import click: {click:.3f} s")  # noqa: T201  # the figure
    assert help_ / click <= 2.5
