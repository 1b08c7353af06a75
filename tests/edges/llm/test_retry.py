"""Retrying: which faults are tried again, how often, and when it is hopeless."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from evalci.core.trial import Request
from evalci.edges.llm.retry import MAX_RETRIES, MAX_TIMEOUTS, RetryingClient
from evalci.errors import BadInputError, CallError, CallFault, StopRunError
from tests.calls import make_model, make_request
from tests.fake_client import Answer, FakeClient

TRANSIENT = [fault for fault in CallFault if fault is not CallFault.REJECTED]


def failed(fault: CallFault = CallFault.SERVER) -> CallError:
    """Return a failure that asks for no wait."""
    return CallError(f"it was: {fault.value}", fault=fault, retry_after_s=0.0)


def test_a_good_answer_is_returned_as_it_is() -> None:
    output = RetryingClient(FakeClient(["yes"])).complete(make_request())

    assert (output.text, output.retries) == ("yes", 0)


@pytest.mark.parametrize("fault", TRANSIENT)
def test_a_fault_that_may_go_away_is_tried_again_and_counted(fault: CallFault) -> None:
    inner = FakeClient([failed(fault), failed(fault), "yes"])

    output = RetryingClient(inner).complete(make_request())

    assert (output.text, output.retries) == ("yes", 2)
    assert len(inner.requests) == 3


def test_the_same_request_is_sent_again() -> None:
    inner, request = FakeClient([failed(), "yes"]), make_request(trial=7)

    RetryingClient(inner).complete(request)

    assert inner.requests == [request, request]


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(failed(CallFault.REJECTED), id="a rejected request"),
        pytest.param(StopRunError("the key was refused"), id="a refused key"),
        pytest.param(BadInputError("no key"), id="bad input"),
        pytest.param(RuntimeError("a bug"), id="anything else"),
    ],
)
def test_an_error_that_stays_is_raised_at_once(error: Exception) -> None:
    inner = FakeClient([error])

    with pytest.raises(type(error)) as caught:
        RetryingClient(inner).complete(make_request())

    assert caught.value is error
    assert len(inner.requests) == 1


def test_after_the_last_retry_the_last_error_is_raised() -> None:
    inner = FakeClient(lambda _: failed(CallFault.RATE_LIMITED))

    with pytest.raises(CallError, match="rate limited"):
        RetryingClient(inner).complete(make_request())

    assert len(inner.requests) == MAX_RETRIES + 1


def test_an_endpoint_that_never_answered_ends_the_run() -> None:
    inner = FakeClient(lambda _: failed(CallFault.UNREACHABLE))
    request = make_request(model=make_model(api_base="http://localhost:1/v1"))

    with pytest.raises(StopRunError, match="cannot reach http://localhost:1/v1: it was: unreach"):
        RetryingClient(inner).complete(request)

    assert len(inner.requests) > 1


def test_an_endpoint_that_comes_up_late_is_used() -> None:
    inner = FakeClient([*[failed(CallFault.UNREACHABLE)] * (MAX_RETRIES + 3), "yes"])

    output = RetryingClient(inner).complete(make_request())

    assert (output.text, output.retries) == ("yes", MAX_RETRIES + 3)


def test_an_endpoint_that_has_answered_before_costs_one_trial_only() -> None:
    def answer(_: object) -> Answer:
        return "yes" if len(inner.requests) == 1 else failed(CallFault.UNREACHABLE)

    inner = FakeClient(answer)
    client = RetryingClient(inner)
    client.complete(make_request())

    with pytest.raises(CallError) as caught:
        client.complete(make_request(trial=1))

    assert caught.value.fault is CallFault.UNREACHABLE
    assert len(inner.requests) == 1 + MAX_RETRIES + 1


def test_what_was_sent_in_vain_is_counted_in_the_error() -> None:
    inner = FakeClient(lambda _: failed())

    with pytest.raises(CallError) as caught:
        RetryingClient(inner).complete(make_request())

    assert caught.value.sent == len(inner.requests) == MAX_RETRIES + 1


def test_what_was_sent_before_the_run_was_stopped_is_counted() -> None:
    inner = FakeClient([failed(), failed(), StopRunError("the key was refused", sent=1)])

    with pytest.raises(StopRunError) as caught:
        RetryingClient(inner).complete(make_request())

    assert caught.value.sent == 3


def test_a_call_that_runs_into_its_deadline_is_not_sent_for_ever() -> None:
    inner = FakeClient(lambda _: failed(CallFault.TIMEOUT))

    with pytest.raises(CallError):
        RetryingClient(inner).complete(make_request())

    assert len(inner.requests) == MAX_TIMEOUTS


def test_nobody_waits_on_when_the_run_was_stopped() -> None:
    asleep = threading.Event()

    def answer(request: Request) -> Answer:
        if request.trial == 0 and not asleep.is_set():
            asleep.set()
            return CallError("slow down", fault=CallFault.RATE_LIMITED, retry_after_s=100.0)
        assert asleep.wait(60)
        return StopRunError("the key was refused", sent=1)

    client = RetryingClient(FakeClient(answer))
    started = time.monotonic()
    with ThreadPoolExecutor(2) as pool:
        calls = [pool.submit(client.complete, make_request(trial=n)) for n in range(2)]
        failures = [call.exception() for call in calls]

    assert all(isinstance(failure, StopRunError) for failure in failures)
    assert time.monotonic() - started < 100
