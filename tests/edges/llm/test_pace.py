"""The gate before a model: how many pass, who waits, and when everybody goes home."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from evalci.core.trial import Request
from evalci.edges.llm.pace import LONGEST_WAIT_S, Gates, PacedClient
from evalci.errors import CallError, CallFault, StopRunError
from tests.calls import make_model, make_request
from tests.fake_client import Answer, FakeClient

PATIENCE_S = 60.0


def too_many(retry_after_s: float | None = 0.0) -> CallError:
    return CallError("slow down", fault=CallFault.RATE_LIMITED, retry_after_s=retry_after_s)


def complete_all(client: PacedClient, count: int, *, workers: int) -> list[BaseException | None]:
    """Make calls from several threads and return how each of them failed."""
    with ThreadPoolExecutor(workers) as pool:
        calls = [pool.submit(client.complete, make_request(trial=n)) for n in range(count)]
        return [call.exception() for call in calls]


def test_as_many_calls_fly_as_allowed_and_never_more() -> None:
    together = threading.Barrier(3)

    def answer(_request: Request) -> Answer:
        together.wait(PATIENCE_S)
        return "yes"

    inner = FakeClient(answer)

    complete_all(PacedClient(inner, Gates(3)), 21, workers=10)

    assert inner.most_in_flight == 3
    assert len(inner.requests) == 21


def test_after_a_429_fewer_calls_fly() -> None:
    def answer(request: Request) -> Answer:
        time.sleep(0.01)
        in_flight.append(inner.most_in_flight)
        return too_many() if len(in_flight) == 1 else "yes"

    in_flight: list[int] = []
    inner = FakeClient(answer)
    client = PacedClient(inner, Gates(8))
    complete_all(client, 1, workers=1)

    inner.most_in_flight = 0
    complete_all(client, 8, workers=8)

    assert inner.most_in_flight < 8


def test_a_wait_that_a_vendor_asks_for_holds_the_next_call_back() -> None:
    client = PacedClient(FakeClient([too_many(0.3), "yes"]), Gates(4))
    started = time.monotonic()
    complete_all(client, 1, workers=1)

    client.complete(make_request())

    assert time.monotonic() - started >= 0.3


def test_a_wait_that_a_vendor_asks_for_holds_every_other_worker_back() -> None:
    all_at_work, told = threading.Barrier(4), threading.Event()

    def answer(request: Request) -> Answer:
        begun.append(time.monotonic())
        if request.trial < 4:
            all_at_work.wait(PATIENCE_S)
        if request.trial == 0:
            return too_many(0.3)
        assert told.wait(PATIENCE_S)
        return "yes"

    begun: list[float] = []
    client = PacedClient(FakeClient(answer), Gates(4))
    with ThreadPoolExecutor(4) as pool:
        refused, *_ = [pool.submit(client.complete, make_request(trial=n)) for n in range(12)]
        refused.exception()
        told.set()

    assert len(begun) == 12
    assert min(begun[4:]) - max(begun[:4]) >= 0.3


def test_a_vendor_that_is_down_and_says_for_how_long_is_waited_for() -> None:
    down = CallError("down", fault=CallFault.SERVER, retry_after_s=0.3)
    client = PacedClient(FakeClient([down, "yes"]), Gates(4))
    started = time.monotonic()
    complete_all(client, 1, workers=1)

    client.complete(make_request())

    assert time.monotonic() - started >= 0.3


def test_a_judge_that_is_the_same_model_waits_at_the_same_gate() -> None:
    gates = Gates(4)
    started = time.monotonic()
    complete_all(PacedClient(FakeClient([too_many(0.3)]), gates), 1, workers=1)

    PacedClient(FakeClient(["yes"]), gates).complete(make_request())

    assert time.monotonic() - started >= 0.3


def test_another_model_does_not_wait() -> None:
    client = PacedClient(FakeClient([too_many(100.0), "yes"]), Gates(4))
    complete_all(client, 1, workers=1)

    started = time.monotonic()
    client.complete(make_request(model=make_model(id="openai/other")))

    assert time.monotonic() - started < 100


@pytest.mark.parametrize("fault", [CallFault.RATE_LIMITED, CallFault.SERVER])
def test_a_vendor_that_asks_for_too_long_ends_the_run(fault: CallFault) -> None:
    failure = CallError("slow down", fault=fault, retry_after_s=LONGEST_WAIT_S + 1)
    client = PacedClient(FakeClient([failure]), Gates(4))

    with pytest.raises(StopRunError, match=r"asks to wait 121 s \(slow down\); run again later"):
        client.complete(make_request())


def test_an_error_that_no_call_survives_sends_the_waiting_home_unasked() -> None:
    waiting = threading.Event()

    def answer(_request: Request) -> Answer:
        assert waiting.wait(PATIENCE_S)
        return StopRunError("the key was refused", sent=1)

    inner = FakeClient(answer)
    client = PacedClient(inner, Gates(1))
    with ThreadPoolExecutor(3) as pool:
        calls = [pool.submit(client.complete, make_request(trial=n)) for n in range(3)]
        waiting.set()
        failures = [call.exception() for call in calls]

    assert [str(failure) for failure in failures] == ["the key was refused"] * 3
    assert len(inner.requests) == 1
    assert sum(failure.sent for failure in failures if isinstance(failure, StopRunError)) == 1


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(CallError("boom", fault=CallFault.SERVER), id="a fault of the vendor"),
        pytest.param(RuntimeError("a bug"), id="anything else"),
    ],
)
def test_a_call_that_fails_makes_room_for_the_next(error: Exception) -> None:
    client = PacedClient(FakeClient([error, "yes"]), Gates(1))
    complete_all(client, 1, workers=1)

    assert client.complete(make_request()).text == "yes"
