"""A log of trials in a folder, and how a test opens it, reads it and leaves it."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from evalci.core.json_value import Json
from evalci.core.redaction import Redactor
from evalci.edges.trial_log import TrialLog

ONE, OTHER = "0" * 16, "f" * 16


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "runs" / "log.jsonl"


def open_log(place: Path, inputs: str = "inputs-1", *, adds_up: bool = False) -> TrialLog:
    redactor = Redactor(["top-secret-value"])
    return TrialLog(place, inputs=inputs, redactor=redactor, adds_up=adds_up)


def earlier_in(place: Path, inputs: str = "inputs-1") -> Sequence[Json]:
    """Return what a new run finds, leaving the log open to be continued."""
    log = open_log(place, inputs)
    log.close()
    return log.earlier


def broken_off(place: Path, *numbers: int) -> None:
    log = open_log(place)
    for number in numbers:
        log.append({"trial": number})
    log.close()


def measured(place: Path, inputs: str) -> None:
    log = open_log(place, inputs, adds_up=True)
    log.append({"trial": inputs})
    log.close(finished=True)
