"""Whom a live call reaches, with which key and parameters, by the real litellm."""

import pytest

from evalci.core.model_config import ModelConfig
from evalci.core.trial import Output, Request
from evalci.edges.llm.live import LiveClient
from evalci.errors import BadInputError, CallError, EvalciError, StopRunError
from tests.calls import make_request
from tests.edges.llm.live_desk import (
    KEY,
    VENDORS_KEY,
    client,
    failure_of,
    live_client,
    request_to,
    server,
    shared_server,
)
from tests.llm_server import LlmServer, Reply

__all__ = ["client", "server", "shared_server"]


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

    _complete_or_fail(live_client(api_key=None, timeout_s=10), request_to(server, id=id))

    assert server.received
    assert VENDORS_KEY not in sent_headers(server)


@pytest.mark.slow  # the first call of its kind loads the SDK of OpenAI
@pytest.mark.parametrize("status", [307, 308])
def test_a_redirect_takes_no_text_completion_elsewhere(
    client: LiveClient, server: LlmServer, status: int
) -> None:
    elsewhere = server.url.replace("127.0.0.1", "localhost")
    server.start_over(Reply(status=status, headers={"Location": f"{elsewhere}/completions"}))

    failure = failure_of(client, request_to(server, id="text-completion-openai/any"))

    assert isinstance(failure, StopRunError)
    assert "it redirects, and neither key nor prompt is sent on" in str(failure)
    assert len(server.received) == 1


@pytest.mark.parametrize("name", ["api_base", "base_url"])
def test_a_parameter_cannot_send_a_vendors_key_to_another_host(
    server: LlmServer, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    # Front matter and cases may carry `params`; only the model config says who is asked.
    monkeypatch.setenv("OPENAI_API_KEY", VENDORS_KEY)
    request = request_to(server, api_base=None, params={name: server.url})

    _complete_or_fail(live_client(api_key=None, timeout_s=10), request)

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
        live_client(api_key=None, timeout_s=10).complete(make_request(model=model))


@pytest.mark.parametrize(
    ("id", "hint"),
    [
        pytest.param("opnai/gpt-4o", "did you mean `openai`", id="misspelt"),
        pytest.param("no-such-model-7", "write <vendor>/<model>", id="no vendor"),
    ],
)
def test_an_id_without_a_known_vendor_is_bad_input(server: LlmServer, id: str, hint: str) -> None:
    failure = failure_of(live_client(api_key=KEY, timeout_s=10), request_to(server, id=id))

    assert isinstance(failure, BadInputError)
    assert failure.message == f"model `main`: `{id}` names no known vendor"
    assert failure.hint.startswith(hint)
