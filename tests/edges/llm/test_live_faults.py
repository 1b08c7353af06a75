"""What goes wrong with a live call, by the real litellm: each fault is a failure with a name."""

import pytest

from evalci.edges.llm.live import LiveClient
from evalci.errors import CallError, CallFault, StopRunError
from tests.calls import make_model, make_request
from tests.edges.llm.live_desk import (
    KEY,
    client,
    failure_of,
    live_client,
    request_to,
    server,
    shared_server,
    spoken,
)
from tests.llm_server import (
    DROPPED,
    EMPTY,
    LATE,
    MALFORMED,
    NOT_FOUND,
    RATE_LIMITED,
    SERVER_ERROR,
    UNAUTHORIZED,
    LlmServer,
    Reply,
    answer,
    error,
)
from tests.ports import nobody

__all__ = ["client", "server", "shared_server"]


@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        pytest.param(
            answer("what is content_filter?").cut(40), CallFault.MALFORMED, id="half an answer"
        ),
        pytest.param(answer(choices=[None]), CallFault.MALFORMED, id="a choice of nothing"),
        pytest.param(spoken(content=5), CallFault.MALFORMED, id="a number as content"),
        pytest.param(RATE_LIMITED, CallFault.RATE_LIMITED, id="429"),
        pytest.param(SERVER_ERROR, CallFault.SERVER, id="500"),
        pytest.param(error(503, "overloaded"), CallFault.SERVER, id="503"),
        pytest.param(DROPPED, CallFault.DROPPED, id="dropped connection"),
        pytest.param(MALFORMED, CallFault.MALFORMED, id="malformed JSON"),
        pytest.param(answer(choices=[]), CallFault.MALFORMED, id="no choices"),
        pytest.param(EMPTY, CallFault.EMPTY, id="empty content"),
        pytest.param(answer(None), CallFault.EMPTY, id="no content"),
        pytest.param(answer(" \n"), CallFault.EMPTY, id="white space"),
        pytest.param(error(408, "too slow"), CallFault.TIMEOUT, id="408"),
        pytest.param(error(400, "temperature: at most 2"), CallFault.REJECTED, id="400"),
        pytest.param(error(422, "no such field"), CallFault.REJECTED, id="422"),
    ],
)
def test_a_fault_is_one_failed_call(
    client: LiveClient, server: LlmServer, reply: Reply, fault: CallFault
) -> None:
    server.start_over(reply)

    failure = failure_of(client, request_to(server))

    assert isinstance(failure, CallError)
    assert failure.fault is fault
    assert failure.message.strip()
    assert "\n" not in failure.message
    assert len(server.received) == 1


def test_the_wait_that_a_vendor_asks_for_is_kept(client: LiveClient, server: LlmServer) -> None:
    server.start_over(RATE_LIMITED, SERVER_ERROR)

    failures = [failure_of(client, request_to(server)) for _ in range(2)]

    assert [getattr(failure, "retry_after_s", "none") for failure in failures] == [7.0, None]


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        pytest.param(UNAUTHORIZED, "the key was refused", id="401"),
        pytest.param(error(403, "not for you"), "the key was refused", id="403"),
        pytest.param(NOT_FOUND, "unknown or retired model", id="404"),
        pytest.param(
            error(429, "You exceeded your current quota", code="insufficient_quota"),
            "no quota left",
            id="no quota left",
        ),
    ],
)
def test_what_no_call_survives_stops_the_run(
    client: LiveClient, server: LlmServer, reply: Reply, message: str
) -> None:
    server.start_over(reply)

    failure = failure_of(client, request_to(server, api_key_env="TEAM_KEY"))

    assert isinstance(failure, StopRunError)
    assert message in str(failure)
    assert "\n" not in str(failure)
    assert KEY not in str(failure)


def test_a_key_that_no_header_can_carry_stops_the_run(server: LlmServer) -> None:
    client = live_client(api_key=f"{KEY}\n", timeout_s=20)

    failure = failure_of(client, request_to(server, api_key_env="TEAM_KEY"))

    assert isinstance(failure, StopRunError)
    assert "the key cannot be sent" in str(failure)
    assert "out of `TEAM_KEY`" in str(failure)


def test_a_refused_key_names_its_variable(client: LiveClient, server: LlmServer) -> None:
    server.start_over(UNAUTHORIZED)

    failure = failure_of(client, request_to(server, api_key_env="TEAM_KEY"))

    assert "check `TEAM_KEY`" in str(failure)


def test_an_answer_later_than_the_deadline_is_a_timeout(server: LlmServer) -> None:
    server.start_over(LATE)

    failure = failure_of(live_client(api_key=KEY, timeout_s=0.3), request_to(server))

    assert isinstance(failure, CallError)
    assert (failure.fault, failure.message) == (CallFault.TIMEOUT, "no answer within 0.3 s")


def test_nobody_listening_is_unreachable(client: LiveClient) -> None:
    with nobody() as base:
        model = make_model(id="openai/recorded-1", api_base=f"{base}/v1")

        failure = failure_of(client, make_request(model=model))

    assert isinstance(failure, CallError)
    assert failure.fault is CallFault.UNREACHABLE
