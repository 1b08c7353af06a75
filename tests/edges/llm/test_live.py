"""Live answers: the real litellm against a server on loopback."""

import threading
from dataclasses import replace
from typing import Any

import pytest

from evalci.core.model_config import Price
from evalci.core.trial import Finish
from evalci.edges.llm.live import LiveClient, known_tariff
from tests.calls import make_model
from tests.edges.llm.live_desk import (
    KEY,
    client,
    live_client,
    request_to,
    server,
    shared_server,
    spoken,
)
from tests.llm_server import CUT_OFF, FILTERED, LlmServer, Reply, answer, error

__all__ = ["client", "server", "shared_server"]


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


def test_half_a_character_in_an_answer_can_still_be_written(
    client: LiveClient, server: LlmServer
) -> None:
    # Vendors that cut an answer between two UTF-16 units send half of a surrogate pair.
    server.start_over(answer("cut off: \ud83d", finish_reason="length"))

    output = client.complete(request_to(server))

    assert output.text.startswith("cut off: ")
    assert output.text.encode()


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
    clients = [live_client(api_key=KEY, timeout_s=20) for _ in range(2)]

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
