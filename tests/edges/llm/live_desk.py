"""A live client, the server on loopback that it asks, and what a test says to both."""

from collections.abc import Iterator
from typing import Any

import pytest

from evalci.core.trial import Message, Request
from evalci.edges.llm.live import LiveClient
from evalci.edges.llm.redirects import stay_at_host
from evalci.errors import EvalciError
from tests.calls import make_model, make_request
from tests.llm_server import LlmServer, Reply, answer, serving

KEY = "key-of-this-test"
VENDORS_KEY = "key-of-the-vendor-never-to-be-seen"


@pytest.fixture(scope="module")
def shared_server() -> Iterator[LlmServer]:
    """Return the one server of a module."""
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
    return live_client(api_key=KEY, timeout_s=20)


def live_client(*, api_key: str | None, timeout_s: float) -> LiveClient:
    """Return a client as a run has it, which follows no redirect."""
    return LiveClient(api_key=api_key, timeout_s=timeout_s, guard=stay_at_host)


def request_to(server: LlmServer, *, params: dict[str, Any] | None = None, **model: Any) -> Request:
    """Return a question for the server; ``model`` changes its config."""
    config = make_model(**{"id": "openai/recorded-1", "api_base": server.url, **model})
    return make_request(
        model=config, params=params or {}, messages=(Message(role="user", content="Is it?"),)
    )


def failure_of(client: LiveClient, request: Request) -> EvalciError:
    """Return what a call ends in that has no answer."""
    with pytest.raises(EvalciError) as caught:
        client.complete(request)
    return caught.value


def spoken(**message: Any) -> Reply:
    """Return an answer whose message holds more than text."""
    reason = message.pop("finish_reason", "stop")
    message = {"role": "assistant", **message}
    return answer(choices=[{"index": 0, "finish_reason": reason, "message": message}])
