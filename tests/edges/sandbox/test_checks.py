"""How the supervisor counts the time of a check, and what it makes of one that had company."""

import json
import struct
from pathlib import Path

import pytest

from evalci.edges.sandbox import supervisor_command
from evalci.edges.sandbox.child import ChildWire
from evalci.inside.checks import Check, Clock
from evalci.inside.confine import Job, Seat


def test_a_frozen_container_hardly_uses_up_the_time_of_a_check() -> None:
    clock = Clock(10.0)

    shown = [clock.look(now) for now in (10.5, 11.0, 71.0, 71.5)]

    assert shown == [0.5, 1.0, 6.0, 6.5]


def test_a_sweep_does_not_use_up_the_time_of_the_neighbours() -> None:
    clock = Clock(10.0)

    clock.look(11.0)
    clock.skip(14.0)

    assert clock.look(14.5) == 1.5


JOB = Job(
    id=0,
    files=(),
    argv=("sleep", "60"),
    workdir=".",
    seconds=8.0,
    memory=1 << 30,
    processes=64,
    file_bytes=1 << 20,
    output=1 << 20,
)


@pytest.mark.parametrize(
    ("ending", "company", "busy", "starved"),
    [
        pytest.param("timeout", True, 1.5, True, id="got little of a processor beside another"),
        pytest.param("timeout", True, 7.9, False, id="had a processor of its own all the time"),
        pytest.param("timeout", False, 0.1, False, id="was alone"),
        pytest.param("exited", True, 0.1, False, id="was in time"),
    ],
)
def test_what_may_have_run_out_of_time_for_its_neighbour(
    ending: str, company: bool, busy: float, starved: bool
) -> None:
    check = Check(JOB, Seat(Path("x"), None), 0.0)

    check.ending, check.company, check.busy = ending, company, busy

    assert check.starved is starved


def frames(data: bytes) -> list[dict[str, object]]:
    found = []
    while len(data) >= (end := 4 + int.from_bytes(data[:4], "big")):
        found.append(json.loads(data[4:end]))
        data = data[end:]
    return found


@pytest.mark.parametrize("count", [1, 2])
def test_checks_that_wait_in_company_until_their_time_is_up_are_crowded(
    tmp_path: Path, count: int
) -> None:
    wire = ChildWire(supervisor_command({"slots": 2, "work": str(tmp_path), "uid": None}))
    jobs = [{**vars(JOB), "id": number, "seconds": 0.4} for number in range(count)]
    data = [json.dumps(job).encode() for job in jobs]
    said = b""

    wire.send(b"".join(struct.pack(">I", len(text)) + text for text in data))
    while len(frames(said)) < count + 1:
        said += wire.receive()
    wire.close()

    answers = [(f["ending"], f["crowded"]) for f in frames(said) if "id" in f]
    assert answers == [("timeout", count > 1)] * count
