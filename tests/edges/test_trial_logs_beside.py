"""Logs beside the log: those of runs at the same time, and of other inputs."""

import json
import os
from pathlib import Path

import pytest

from evalci.core.budget import Amount
from evalci.core.json_value import as_object
from tests.edges.log_desk import ONE, OTHER, broken_off, earlier_in, measured, open_log, place

__all__ = ["place"]


def test_a_second_process_takes_the_next_log(place: Path) -> None:
    first = open_log(place)
    first.append({"trial": 0})

    second = open_log(place)
    second.append({"trial": 1})
    second.close()
    first.close()

    assert second.path.name == "log-2.jsonl"
    assert json.loads(second.path.read_text().splitlines()[1]) == {"trial": {"trial": 1}}


def two_at_once(place: Path, *, finished: tuple[bool, bool], adds_up: bool = False) -> None:
    """Let two runs write at the same time, and end or break off."""
    logs = [open_log(place, adds_up=adds_up) for _ in finished]
    for number, (log, ends) in enumerate(zip(logs, finished, strict=True)):
        log.answer("a-1", number, {"text": "paid"})
        log.append({"case": "a-1", "trial": number})
        log.book(Amount(usd=0.5, calls=1))
        log.close(finished=ends)


@pytest.mark.parametrize(
    ("finished", "found"),
    [
        pytest.param((False, False), [0, 1], id="both broke off"),
        pytest.param((True, False), [1], id="the second broke off"),
        pytest.param((False, True), [0], id="the first broke off"),
        pytest.param((True, True), [], id="both came to their end"),
    ],
)
def test_what_broke_off_in_any_log_is_taken_over_once(
    place: Path, finished: tuple[bool, bool], found: list[int]
) -> None:
    two_at_once(place, finished=finished)

    first, second = open_log(place), open_log(place)
    taken = [as_object(trial)["trial"] for trial in first.earlier]
    first.close()
    second.close()

    assert (taken, second.earlier) == (found, [])
    assert first.booked.calls == len(found)


def test_a_log_that_is_being_written_is_left_alone(place: Path) -> None:
    broken_off(place, 0)
    first = open_log(place)

    second = open_log(place)

    assert second.earlier == []
    first.close()
    second.close()


def test_what_was_taken_over_is_no_finished_attempt(place: Path) -> None:
    two_at_once(place, finished=(True, False), adds_up=True)

    log = open_log(place, adds_up=True)
    log.close()

    assert [as_object(trial)["trial"] for trial in log.earlier] == [0, 1]
    assert log.settled == 1


def test_the_log_beside_of_other_inputs_is_left_alone(place: Path) -> None:
    two_at_once(place, finished=(False, False))

    assert earlier_in(place, "inputs-2") == []
    assert "finished" not in place.with_name("log-2.jsonl").read_text()


def test_a_run_of_other_inputs_in_between_costs_no_trial(place: Path) -> None:
    measured(place, ONE)
    measured(place, OTHER)

    log = open_log(place, ONE, adds_up=True)
    log.close()

    assert log.earlier == [{"trial": ONE}]


def test_the_newest_5_logs_lie_aside(place: Path) -> None:
    for number in range(8):
        measured(place, f"{number:016x}")
        os.utime(place, (number, number))  # of files of one moment none is the newer one

    kept = {path.name for path in place.parent.iterdir()}
    assert kept == {"log.jsonl", *(f"log-{number:016x}.jsonl" for number in range(2, 7))}


@pytest.mark.parametrize("name", ["../../stolen", "", "0" * 17])
def test_a_log_with_a_name_of_its_own_is_not_laid_aside(place: Path, name: str) -> None:
    place.parent.mkdir()
    place.write_text(json.dumps({"format": 1, "inputs": name}) + "\n")

    measured(place, ONE)

    assert [path.name for path in place.parent.iterdir()] == ["log.jsonl"]
