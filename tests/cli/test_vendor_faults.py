"""A whole run against a vendor that fails: the same scores, nothing lost, nothing hidden."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.vendor_desk import (
    CASES,
    IN_FLIGHT,
    TRIALS,
    measured,
    requests_of,
    scores_of,
    server,
    trials_of,
    write_vendor_desk,
)
from tests.vendor_replies import (
    BAD_KEY,
    CUT_OFF,
    DROPPED,
    EMPTY,
    FILTERED,
    GOOD,
    MALFORMED,
    OVERLOADED,
    RETIRED,
    SERVER_ERROR,
    TOO_MANY,
    UNKNOWN,
    Received,
    Reply,
    every,
    in_turn,
    limited,
)
from tests.vendor_server import VendorServer

__all__ = ["server"]

MIXED = (TOO_MANY, SERVER_ERROR, OVERLOADED, DROPPED, MALFORMED, EMPTY)


def dated(reply: Reply) -> Reply:
    """Return a reply whose Retry-After is two seconds from now, where it asks for a date."""
    if reply.headers.get("Retry-After") != "date":
        return reply
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True)
    return replace(reply, headers={"Retry-After": date})


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(TOO_MANY, id="429"),
        pytest.param(
            Reply(status=429, headers={"Retry-After": "1"}),
            id="429 with seconds",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            Reply(status=429, headers={"Retry-After": "date"}),
            id="429 with a date",
            marks=pytest.mark.slow,
        ),
        pytest.param(SERVER_ERROR, id="500"),
        pytest.param(OVERLOADED, id="503", marks=pytest.mark.slow),
        pytest.param(DROPPED, id="dropped in the middle of the body"),
        pytest.param(MALFORMED, id="malformed JSON"),
        pytest.param(EMPTY, id="empty content"),
    ],
)
def test_every_case_recovers_and_no_request_is_hidden(server: VendorServer, reply: Reply) -> None:
    script = every(7, reply)
    server.start_over(lambda received: dated(script(received)))

    code = run_cli(["run"])

    assert code == 0
    assert set(scores_of(measured()).values()) == {1.0}
    assert len(trials_of(measured())) == CASES * TRIALS
    assert len(server.received) == requests_of(measured()) > CASES * TRIALS


@pytest.mark.slow
def test_an_answer_that_trickles_past_the_deadline_is_asked_for_again(server: VendorServer) -> None:
    write_vendor_desk(Path.cwd(), server, timeout_s=5)
    server.start_over(lambda r: Reply(trickle_s=60) if r.number == 3 else GOOD)

    code = run_cli(["run"])

    assert code == 0
    assert set(scores_of(measured()).values()) == {1.0}
    assert len(server.received) == requests_of(measured()) > CASES * TRIALS


@pytest.mark.slow
def test_mixed_faults_cost_few_requests_and_no_score(server: VendorServer, tmp_path: Path) -> None:
    write_vendor_desk(tmp_path, server, cases=50)
    server.start_over(every(6, *MIXED))

    code = run_cli(["run"])

    assert code == 0
    assert set(scores_of(measured()).values()) == {1.0}
    assert len(server.received) == requests_of(measured()) <= 1.4 * 50 * TRIALS


@pytest.mark.slow
def test_a_real_limit_is_kept_to_without_losing_a_case(
    server: VendorServer, tmp_path: Path
) -> None:
    write_vendor_desk(tmp_path, server, cases=100)
    server.start_over(limited(50.0))

    code = run_cli(["run"])

    assert code == 0
    assert set(scores_of(measured()).values()) == {1.0}
    assert len(server.received) == requests_of(measured()) <= 1.4 * 100 * TRIALS


@pytest.mark.slow
def test_waiting_for_a_limit_is_no_latency(server: VendorServer) -> None:
    told = Reply(status=429, headers={"Retry-After": "2"})
    server.start_over(lambda received: told if received.number == 3 else GOOD)

    run_cli(["run"])

    since_the_wait = time.monotonic() - (server.received[3].at + 2.0)
    outputs = [trial["output"] for trial in trials_of(measured())]
    (latency_s,) = [output["latency_s"] for output in outputs if output.get("retries")]
    assert latency_s < since_the_wait


def test_a_gate_holds_everybody_back_for_as_long_as_the_vendor_asks(server: VendorServer) -> None:
    # Who is on the way when the 429 comes gets an answer only after it was read.
    first = Reply(status=429, headers={"Retry-After": "2"})
    beside = Reply(delay_s=1.5)
    server.start_over(in_turn(first, *[beside] * (IN_FLIGHT - 1)))

    run_cli(["run"])

    refused, after = server.received[0], server.received[IN_FLIGHT:]
    assert len(after) == CASES * TRIALS + 1 - IN_FLIGHT
    assert min(received.at - refused.at for received in after) >= 2.0


@pytest.mark.parametrize(
    ("reply", "finish"),
    [
        pytest.param(FILTERED, "refused", id="content filter"),
        pytest.param(CUT_OFF, "truncated", id="length"),
    ],
)
def test_an_outcome_of_the_model_is_scored_and_not_asked_again(
    server: VendorServer, reply: Reply, finish: str
) -> None:
    server.start_over(lambda received: reply if received.number == 3 else GOOD)

    run_cli(["run"])

    odd = [t for t in trials_of(measured()) if t["output"].get("finish") == finish]
    assert [trial["composite"] for trial in odd] == [0.0]
    assert len(server.received) == CASES * TRIALS


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        pytest.param(BAD_KEY, "the key was refused (bad key); check", id="401"),
        pytest.param(UNKNOWN, "unknown or retired model (no such model); check", id="404"),
        pytest.param(RETIRED, "unknown or retired model (this model was retired)", id="410"),
    ],
)
def test_what_no_call_survives_ends_the_run_in_one_line(
    server: VendorServer, capsys: pytest.CaptureFixture[str], reply: Reply, words: str
) -> None:
    server.start_over(lambda _: reply)

    code = run_cli(["run"])

    lines = [line for line in capsys.readouterr().err.splitlines() if "stand-in" in line]
    assert code == 4
    assert len(lines) == 1
    assert words in lines[0]
    assert len(server.received) == requests_of(measured()) <= 8


def test_a_model_that_moves_half_way_is_named(server: VendorServer) -> None:
    def script(received: Received) -> Reply:
        return Reply(version="2026-07-02") if received.number >= CASES else GOOD

    server.start_over(script)

    run_cli(["run"])

    models = ["stand-in-2026-01-01", "stand-in-2026-07-02"]
    assert measured()["provenance"]["resolved_models"] == models


def test_a_call_that_fails_for_good_is_counted_with_all_its_requests(server: VendorServer) -> None:
    broken = replace(SERVER_ERROR, headers={"Retry-After": "0"})
    server.start_over(lambda r: broken if r.prompt.endswith("word 3") else GOOD)

    run_cli(["run"])

    lost = [trial for trial in trials_of(measured()) if trial["composite"] is None]
    assert {trial["case"] for trial in lost} == {"case-3"}
    assert {trial["sent"] for trial in lost} == {7}
    assert len(server.received) == requests_of(measured())
