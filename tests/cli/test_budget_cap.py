"""A cap on calls or dollars: it holds to the call, over reruns too, and needs a price."""

from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.desk import amend, run_json
from tests.cli.vendor_desk import measured, priced, requests_of, server, write_vendor_desk
from tests.vendor_replies import (
    EMPTY,
    GOOD,
    SERVER_ERROR,
    TOO_MANY,
    Received,
    Reply,
    every,
    in_turn,
)
from tests.vendor_server import VendorServer

__all__ = ["server"]


@pytest.mark.parametrize(
    "faults",
    [
        pytest.param((), id="a good vendor"),
        pytest.param((TOO_MANY, SERVER_ERROR, EMPTY), id="a vendor that fails"),
    ],
)
def test_a_cap_in_dollars_holds_to_the_call(
    server: VendorServer, capsys: pytest.CaptureFixture[str], faults: tuple[Reply, ...]
) -> None:
    write_vendor_desk(Path.cwd(), server, cases=80, more="budget: {usd: 0.50}")
    amend("evalci.yaml", "concurrency: 8", "concurrency: 32")
    priced()
    script = every(5, *faults) if faults else lambda _: GOOD
    replies: list[Reply] = []

    def counted(received: Received) -> Reply:
        reply = script(received)
        replies.append(reply)
        return reply

    server.start_over(counted)

    code = run_cli(["run"])

    # An empty answer is billed like any other.
    assert sum(reply.status == 200 for reply in replies) == 50
    assert code == 4
    assert "the budget of $0.50 leaves no room for another call" in capsys.readouterr().out
    assert run_json()["budget"] == {"reached": True, "usd": 0.5}
    assert len(server.received) == requests_of(measured())


def test_a_budget_that_was_reached_keeps_what_it_paid_for(server: VendorServer) -> None:
    priced()
    write = Path("evalci.yaml").read_text(encoding="utf-8")
    Path("evalci.yaml").write_text(write + "budget: {calls: 12}\n", encoding="utf-8")
    run_cli(["run"])
    amend("evalci.yaml", "budget: {calls: 12}", "budget: {calls: 20}")

    code = run_cli(["run"])

    assert code == 0
    assert len(server.received) == 20


def test_a_rerun_does_not_forget_what_failed_calls_may_have_cost(server: VendorServer) -> None:
    write_vendor_desk(Path.cwd(), server, more="budget: {usd: 0.08}")
    priced()
    server.start_over(in_turn(EMPTY, EMPTY, EMPTY))
    run_cli(["run"])
    sent = len(server.received)

    code = run_cli(["run"])

    assert (sent, len(server.received)) == (8, 8)
    assert code == 4


def test_a_model_without_a_price_is_refused_under_a_cap_in_dollars(
    server: VendorServer, capsys: pytest.CaptureFixture[str]
) -> None:
    write_vendor_desk(Path.cwd(), server, more="budget: {usd: 0.50}")

    code = run_cli(["run"])

    assert (code, server.received) == (3, [])
    assert "nobody knows the price of `openai/stand-in`" in capsys.readouterr().err


def test_a_model_without_a_price_may_be_allowed(server: VendorServer) -> None:
    write_vendor_desk(Path.cwd(), server, more="budget: {usd: 0.50, unpriced: allow}")

    assert run_cli(["run"]) == 0
