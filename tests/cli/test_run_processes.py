"""Runs as processes of their own: killed and continued, and two of them at once."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

from evalci.cli import run_cli
from tests.cli.vendor_desk import (
    IN_FLIGHT,
    LOG,
    measured,
    priced,
    requests_of,
    scores_of,
    server,
    write_vendor_desk,
)
from tests.vendor_replies import GOOD, Reply, Script
from tests.vendor_server import VendorServer

__all__ = ["server"]

PATIENCE_S = 120


def booked_calls() -> int:
    """Return how many calls the log has booked; a call is booked before it is sent."""
    lines = Path(LOG).read_text(encoding="utf-8").splitlines()
    return sum(json.loads(line).get("booked", {}).get("calls", 0) for line in lines)


def start_run(*arguments: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "evalci", "run", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


def held_from(number: int) -> Script:
    """Return a script that answers no request from a number on, so that no run comes to its end."""
    return lambda received: Reply(delay_s=PATIENCE_S) if received.number >= number else GOOD


def kill_at(server: VendorServer, count: int, *arguments: str) -> None:
    """Start a run and kill it once the server has seen so many requests, and answers no more."""
    server.script = held_from(count)
    process, end = start_run(*arguments), time.monotonic() + PATIENCE_S
    try:
        while len(server.received) < count:
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.02)
    finally:
        process.kill()
        process.wait(PATIENCE_S)
    server.script = lambda _: GOOD


def test_a_killed_run_goes_on_where_it_was(server: VendorServer) -> None:
    write_vendor_desk(Path.cwd(), server, cases=50, timeout_s=PATIENCE_S)

    kill_at(server, 40, "--no-cache")
    code = run_cli(["run", "--no-cache"])

    assert code == 0
    assert len(server.received) <= 100 + IN_FLIGHT
    assert scores_of(measured()) == {(f"case-{n}", t): 1.0 for n in range(50) for t in range(2)}


def test_a_run_that_was_killed_while_it_scored_asks_nothing_again(server: VendorServer) -> None:
    run_cli(["run", "--no-cache"])
    lines = Path(LOG).read_text(encoding="utf-8").splitlines(keepends=True)
    answers = [line for line in lines if not line.startswith(('{"trial"', '{"finished"'))]
    Path(LOG).write_text("".join(answers), encoding="utf-8")
    server.start_over()

    code = run_cli(["run", "--no-cache"])

    assert (code, server.received) == (0, [])
    assert set(scores_of(measured()).values()) == {1.0}
    assert requests_of(measured()) == 20


@pytest.mark.slow
def test_a_rerun_does_not_forget_what_was_in_flight_at_a_kill(server: VendorServer) -> None:
    budget = "budget: {usd: 0.50}"
    write_vendor_desk(Path.cwd(), server, cases=40, timeout_s=PATIENCE_S, more=budget)
    priced()
    for moment in (15, 30):
        kill_at(server, moment)

    code = run_cli(["run"])

    killed_before_sending = booked_calls() - len(server.received)
    assert code == 4
    assert booked_calls() == 50
    assert 0 <= killed_before_sending <= 2 * IN_FLIGHT


@pytest.mark.slow
def test_twenty_kills_cost_no_more_than_what_was_in_flight(server: VendorServer) -> None:
    write_vendor_desk(Path.cwd(), server, cases=100, timeout_s=PATIENCE_S)
    draw, kills = Random(7), 20  # noqa: S311  # no secret

    for _ in range(kills):
        # Together fewer than there are trials, so that none of these runs comes to its end.
        kill_at(server, len(server.received) + draw.randrange(1, 16), "--no-cache")
    code = run_cli(["run", "--no-cache"])

    assert code == 0
    assert len(server.received) <= 200 + IN_FLIGHT * kills
    assert scores_of(measured()) == {(f"case-{n}", t): 1.0 for n in range(100) for t in range(2)}


@pytest.mark.slow
def test_two_runs_at_once_share_a_cache_and_lose_no_answer(server: VendorServer) -> None:
    server.start_over(lambda _: Reply(delay_s=0.05))
    both = [start_run(), start_run()]

    codes = [process.wait(PATIENCE_S) for process in both]
    server.start_over()
    again = run_cli(["run"])

    assert [*codes, again] == [0, 0, 0]
    assert server.received == []
    assert set(scores_of(measured()).values()) == {1.0}
