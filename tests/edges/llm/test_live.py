"""Live answers: the real litellm against a server on loopback.

Importing litellm takes seconds, so all that needs it is in this file, with one server.
"""

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from evalci.core.model_config import ModelConfig, Price
from evalci.core.trial import Finish, Message, Output, Request
from evalci.edges.llm.live import LiveClient, known_tariff
from evalci.edges.llm.redirects import stay_at_host
from evalci.errors import BadInputError, CallError, CallFault, EvalciError, StopRunError
from tests.fakes import make_model, make_request
from tests.llm_server import (
    CUT_OFF,
    DROPPED,
    EMPTY,
    FILTERED,
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
    serving,
)

KEY = "key-of-this-test"
VENDORS_KEY = "key-of-the-vendor-never-to-be-seen"


@pytest.fixture(scope="module")
def shared_server() -> Iterator[LlmServer]:
    with serving() as server:
        yield server


@pytest.fixture
def server(shared_server: LlmServer) -> LlmServer:
    """Return the server without a script and without memory."""
    shared_server.start_over()
    return shared_server


@pytest.fixture(scope="module")
def client() -> LiveClient:
    """Return a client with a key and a deadline that only a hanging test reaches."""
    return LiveClient(api_key=KEY, timeout_s=20, guard=stay_at_host)


def request_to(server: LlmServer, *, params: dict[str, Any] | None = None, **model: Any) -> Request:
    config = make_model(**{"id": "openai/recorded-1", "api_base": server.url, **model})
    return make_request(
        model=config, params=params or {}, messages=(Message(role="user", content="Is it?"),)
    )


def failure_of(client: LiveClient, request: Request) -> EvalciError:
    with pytest.raises(EvalciError) as caught:
        client.complete(request)
    return caught.value


def test_an_answer_comes_with_its_provenance(client: LiveClient, server: LlmServer) -> None:
    output = client.complete(request_to(server))

    assert (output.text, output.finish, output.finish_reason) == ("yes", Finish.STOP, "stop")
    assert (output.requested_model, output.resolved_model, output.fingerprint) == (
        "openai/recorded-1",
        "recorded-1-2026",
        "fp_1",
    )
    assert (output.input_tokens, output.output_tokens) == (1000, 200)
    assert output.latency_s is not None
    assert output.latency_s > 0
    assert (output.retries, output.recorded) == (0, False)


def test_messages_and_parameters_are_sent_once_and_as_they_are(
    client: LiveClient, server: LlmServer
) -> None:
    client.complete(request_to(server, params={"temperature": 0.2, "max_tokens": 50}))

    (received,) = server.received
    assert received.path == "/v1/chat/completions"
    assert received.body["model"] == "recorded-1"
    assert received.body["messages"] == [{"role": "user", "content": "Is it?"}]
    assert (received.body["temperature"], received.body["max_tokens"]) == (0.2, 50)
    assert received.headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        pytest.param(
            {"price": Price(input_per_mtok=2.0, output_per_mtok=10.0)}, 0.004, id="configured"
        ),
        pytest.param(
            {"price": Price(input_per_mtok=0.0, output_per_mtok=0.0)}, 0.0, id="configured as free"
        ),
        pytest.param({}, None, id="unknown, never zero"),
    ],
)
def test_the_cost_of_an_answer(
    client: LiveClient, server: LlmServer, model: dict[str, Any], expected: float | None
) -> None:
    output = client.complete(request_to(server, **model))

    assert output.cost_usd == (None if expected is None else pytest.approx(expected))


def test_the_price_of_a_known_model_is_looked_up(client: LiveClient, server: LlmServer) -> None:
    output = client.complete(request_to(server, id="openai/gpt-4o-mini"))

    # $0.15 and $0.60 a million tokens, the list price since July 2024.
    assert output.cost_usd == pytest.approx((1000 * 0.15 + 200 * 0.60) / 1e6)


def test_a_price_is_known_without_a_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)

    price = known_tariff(make_model(id="openai/gpt-4o-mini")).price

    assert price is not None
    assert price.output_per_mtok == pytest.approx(0.60)


def test_a_configured_price_goes_before_the_table(client: LiveClient, server: LlmServer) -> None:
    price = Price(input_per_mtok=1.0, output_per_mtok=1.0)

    output = client.complete(request_to(server, id="openai/gpt-4o-mini", price=price))

    assert output.cost_usd == pytest.approx(0.0012)


def test_an_answer_cut_off_by_length_is_truncated(client: LiveClient, server: LlmServer) -> None:
    server.start_over(CUT_OFF)

    output = client.complete(request_to(server))

    assert (output.text, output.finish) == ("half an ans", Finish.TRUNCATED)


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(FILTERED, id="filtered answer"),
        pytest.param(
            error(
                400,
                "The response was filtered due to the prompt triggering Azure OpenAI's "
                "content management policy. Please modify your prompt and retry.",
                code="content_filter",
            ),
            id="request filtered by Azure",
        ),
        pytest.param(
            error(
                400,
                "Your request was rejected as a result of our safety system.",
                code="content_policy_violation",
            ),
            id="request filtered by OpenAI",
        ),
    ],
)
def test_a_refusal_is_an_answer(client: LiveClient, server: LlmServer, reply: Reply) -> None:
    server.start_over(reply)

    output = client.complete(request_to(server))

    assert (output.text, output.finish) == ("", Finish.REFUSED)
    assert output.finish_reason == "content_filter"


def spoken(**message: Any) -> Reply:
    """Return an answer whose message holds more than text."""
    reason = message.pop("finish_reason", "stop")
    message = {"role": "assistant", **message}
    return answer(choices=[{"index": 0, "finish_reason": reason, "message": message}])


TOOL = {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}


@pytest.mark.parametrize(
    ("reply", "text", "finish"),
    [
        pytest.param(
            spoken(content=None, refusal="I cannot"), "I cannot", Finish.REFUSED, id="a refusal"
        ),
        pytest.param(
            spoken(content=None, tool_calls=[TOOL], finish_reason="tool_calls"),
            "",
            Finish.STOP,
            id="a tool instead of a text",
        ),
    ],
)
def test_what_the_model_made_of_a_prompt_is_no_empty_answer(
    client: LiveClient, server: LlmServer, reply: Reply, text: str, finish: Finish
) -> None:
    server.start_over(reply)

    output = client.complete(request_to(server))

    assert (output.text, output.finish) == (text, finish)


@pytest.mark.parametrize(
    "usage",
    [
        pytest.param(None, id="none"),
        pytest.param({}, id="empty"),
        pytest.param({"prompt_tokens": 10}, id="half of it"),
        pytest.param({"prompt_tokens": -10, "completion_tokens": -2}, id="less than nothing"),
        pytest.param({"prompt_tokens": 10**400, "completion_tokens": 2}, id="beyond all bounds"),
    ],
)
def test_without_a_sound_usage_the_cost_is_unknown(
    client: LiveClient, server: LlmServer, usage: Any
) -> None:
    server.start_over(answer(usage=usage))
    price = Price(input_per_mtok=1.0, output_per_mtok=1.0)

    output = client.complete(request_to(server, price=price))

    assert (output.tokens, output.cost_usd) == (None, None)


@pytest.mark.parametrize(
    ("name", "known"),
    [
        pytest.param("half a pair: \ud83d", "half a pair: ?", id="half a character"),
        pytest.param(7, None, id="a number"),
        pytest.param({"a": 1}, None, id="an object"),
        pytest.param("x" * 999, "x" * 199 + "…", id="a long one"),
    ],
)
def test_a_fingerprint_is_a_short_text_that_can_be_written(
    client: LiveClient, server: LlmServer, name: Any, known: str | None
) -> None:
    server.start_over(answer(system_fingerprint=name))

    assert client.complete(request_to(server)).fingerprint == known


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
    client = LiveClient(api_key=f"{KEY}\n", timeout_s=20, guard=stay_at_host)

    failure = failure_of(client, request_to(server, api_key_env="TEAM_KEY"))

    assert isinstance(failure, StopRunError)
    assert "the key cannot be sent" in str(failure)
    assert "out of `TEAM_KEY`" in str(failure)


def test_litellm_says_nothing_by_itself(
    client: LiveClient, server: LlmServer, capfd: pytest.CaptureFixture[str]
) -> None:
    server.start_over(answer(finish_reason=f"odd {KEY}"))

    client.complete(request_to(server))

    assert capfd.readouterr() == ("", "")


def test_litellm_writes_nothing_into_the_parameters(client: LiveClient, server: LlmServer) -> None:
    request = request_to(server, params={"metadata": {"team": "desk"}})

    client.complete(request)

    assert request.params == {"metadata": {"team": "desk"}}


def test_a_refused_key_names_its_variable(client: LiveClient, server: LlmServer) -> None:
    server.start_over(UNAUTHORIZED)

    failure = failure_of(client, request_to(server, api_key_env="TEAM_KEY"))

    assert "check `TEAM_KEY`" in str(failure)


def test_an_answer_later_than_the_deadline_is_a_timeout(server: LlmServer) -> None:
    server.start_over(LATE)

    failure = failure_of(
        LiveClient(api_key=KEY, timeout_s=0.3, guard=stay_at_host), request_to(server)
    )

    assert isinstance(failure, CallError)
    assert (failure.fault, failure.message) == (CallFault.TIMEOUT, "no answer within 0.3 s")


def test_nobody_listening_is_unreachable(client: LiveClient) -> None:
    with serving() as gone:
        request = request_to(gone)

    failure = failure_of(client, request)

    assert isinstance(failure, CallError)
    assert failure.fault is CallFault.UNREACHABLE


def test_half_a_character_in_an_answer_can_still_be_written(
    client: LiveClient, server: LlmServer
) -> None:
    # Vendors that cut an answer between two UTF-16 units send half of a surrogate pair.
    server.start_over(answer("cut off: \ud83d", finish_reason="length"))

    output = client.complete(request_to(server))

    assert output.text.startswith("cut off: ")
    assert output.text.encode()


def sent_headers(server: LlmServer) -> str:
    return str([received.headers for received in server.received])


@pytest.mark.parametrize(
    ("id", "variable"),
    [
        pytest.param("openai/recorded-1", "OPENAI_API_KEY", id="openai"),
        pytest.param("deepseek/recorded-1", "DEEPSEEK_API_KEY", id="deepseek"),
        pytest.param("anthropic/recorded-1", "ANTHROPIC_API_KEY", id="anthropic"),
        pytest.param("mistral/recorded-1", "MISTRAL_API_KEY", id="mistral"),
    ],
)
def test_a_vendors_key_never_goes_to_another_host(
    server: LlmServer, monkeypatch: pytest.MonkeyPatch, id: str, variable: str
) -> None:
    monkeypatch.setenv(variable, VENDORS_KEY)

    _complete_or_fail(
        LiveClient(api_key=None, timeout_s=10, guard=stay_at_host), request_to(server, id=id)
    )

    assert server.received
    assert VENDORS_KEY not in sent_headers(server)


@pytest.mark.parametrize("name", ["api_base", "base_url"])
def test_a_parameter_cannot_send_a_vendors_key_to_another_host(
    server: LlmServer, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    # Front matter and cases may carry `params`; only the model config says who is asked.
    monkeypatch.setenv("OPENAI_API_KEY", VENDORS_KEY)
    request = request_to(server, api_base=None, params={name: server.url})

    _complete_or_fail(LiveClient(api_key=None, timeout_s=10, guard=stay_at_host), request)

    assert VENDORS_KEY not in sent_headers(server)


def test_a_parameter_cannot_make_up_the_answer(client: LiveClient, server: LlmServer) -> None:
    request = request_to(server, params={"mock_response": "an invented answer"})

    output = _complete_or_fail(client, request)

    assert output is None or output.text != "an invented answer"


@pytest.mark.parametrize("name", ["api_key", "model", "messages", "timeout", "stream"])
def test_a_parameter_that_evalci_sets_itself_is_not_tried_again_and_again(
    client: LiveClient, server: LlmServer, name: str
) -> None:
    failure = failure_of(client, request_to(server, params={name: True}))

    assert not (isinstance(failure, CallError) and failure.transient)


def _complete_or_fail(client: LiveClient, request: Request) -> Output | None:
    """Return the answer, or None for any failure that evalci has a word for."""
    try:
        return client.complete(request)
    except EvalciError:
        return None


def test_a_vendors_key_that_is_not_set_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    model = ModelConfig(name="main", id="openai/gpt-4o-mini")

    with pytest.raises(
        BadInputError, match=r"`main` \(openai/gpt-4o-mini\) needs .*OPENAI_API_KEY"
    ):
        LiveClient(api_key=None, timeout_s=10, guard=stay_at_host).complete(
            make_request(model=model)
        )


@pytest.mark.parametrize(
    ("id", "hint"),
    [
        pytest.param("opnai/gpt-4o", "did you mean `openai`", id="misspelt"),
        pytest.param("no-such-model-7", "write <vendor>/<model>", id="no vendor"),
    ],
)
def test_an_id_without_a_known_vendor_is_bad_input(server: LlmServer, id: str, hint: str) -> None:
    failure = failure_of(
        LiveClient(api_key=KEY, timeout_s=10, guard=stay_at_host), request_to(server, id=id)
    )

    assert isinstance(failure, BadInputError)
    assert failure.message == f"model `main`: `{id}` names no known vendor"
    assert failure.hint.startswith(hint)


@pytest.mark.parametrize(
    ("model", "held"),
    [
        pytest.param("openai/gpt-4o", True, id="a vendor that has it"),
        pytest.param("openai/recorded-1", False, id="a model that nobody knows"),
    ],
)
def test_a_reply_is_held_to_a_schema_where_the_vendor_can(
    model: str, *, held: bool, server: LlmServer, client: LiveClient
) -> None:
    request = replace(request_to(server, id=model), reply_schema={"type": "object"})

    client.complete(request)

    assert ("response_format" in server.received[0].body) is held


def test_two_clients_share_one_event_loop(server: LlmServer) -> None:
    clients = [LiveClient(api_key=KEY, timeout_s=20, guard=stay_at_host) for _ in range(2)]

    for each in clients:
        each.complete(request_to(server))

    names = [thread.name for thread in threading.enumerate()]
    assert names.count("model-calls") == 1


def test_litellm_works_out_no_log_entry_that_nobody_reads(
    client: LiveClient, server: LlmServer
) -> None:
    client.complete(request_to(server))  # imports litellm as evalci does
    import litellm
    from litellm.integrations.custom_logger import CustomLogger

    class Listener(CustomLogger):
        """Remembers what it is told, which litellm does before the next call ends."""

        told = 0

        async def async_log_success_event(self, *_: Any, **__: Any) -> None:
            self.told += 1

    listener = Listener()
    litellm.callbacks = [listener]
    try:
        for _ in range(3):
            client.complete(request_to(server))
    finally:
        litellm.callbacks = []

    assert listener.told == 0
