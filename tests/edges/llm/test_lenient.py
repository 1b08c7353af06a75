"""A judge whose vendor rejects a parameter is asked without it, and says so."""

import pytest

from evalci.core.trial import Request
from evalci.edges.llm.lenient import LenientClient
from evalci.errors import CallError, CallFault, StopRunError
from tests.calls import make_request
from tests.fake_client import Answer, FakeClient

SCHEMA = {"type": "object"}


def rejecting(word: str, message: str) -> FakeClient:
    """Return a vendor that rejects requests with a parameter or a schema."""

    def answer(request: Request) -> Answer:
        if word in request.params or (word == "schema" and request.reply_schema):
            return CallError(message, fault=CallFault.REJECTED)
        return "yes"

    return FakeClient(answer)


@pytest.mark.parametrize(
    ("word", "message", "left_out"),
    [
        pytest.param(
            "temperature", "Unsupported value: 'temperature'", "temperature", id="temperature"
        ),
        pytest.param("schema", "response_format is not allowed", "response_format", id="schema"),
    ],
)
def test_what_is_rejected_is_left_out_from_then_on(word: str, message: str, left_out: str) -> None:
    inner = rejecting(word, message)
    client = LenientClient(inner)
    request = make_request(params={"temperature": 0, "seed": 1}, reply_schema=SCHEMA)

    outputs = [client.complete(request) for _ in range(2)]

    assert [output.left_out for output in outputs] == [left_out, left_out]
    assert [output.retries for output in outputs] == [1, 0]
    assert len(inner.requests) == 3
    assert inner.requests[-1].params["seed"] == 1


def test_both_can_be_left_out() -> None:
    refusals: list[Answer] = [
        CallError("no temperature here", fault=CallFault.REJECTED),
        CallError("no json_schema here", fault=CallFault.REJECTED),
        "yes",
    ]
    client = LenientClient(FakeClient(refusals))

    output = client.complete(make_request(params={"temperature": 0}, reply_schema=SCHEMA))

    assert output.left_out == "response_format, temperature"


def test_what_was_rejected_before_the_run_stopped_is_counted() -> None:
    refusals: list[Answer] = [
        CallError("no temperature here", fault=CallFault.REJECTED, sent=1),
        StopRunError("the key was refused", sent=1),
    ]
    client = LenientClient(FakeClient(refusals))

    with pytest.raises(StopRunError) as caught:
        client.complete(make_request(params={"temperature": 0}))

    assert caught.value.sent == 2


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        pytest.param(CallFault.REJECTED, "too many tokens", id="another reason"),
        pytest.param(CallFault.SERVER, "the temperature of the server", id="another fault"),
    ],
)
def test_any_other_failure_is_one(fault: CallFault, message: str) -> None:
    inner = FakeClient([CallError(message, fault=fault)])

    with pytest.raises(CallError, match=message):
        LenientClient(inner).complete(make_request(params={"temperature": 0}))


def test_what_was_not_sent_cannot_be_rejected() -> None:
    inner = FakeClient([CallError("temperature", fault=CallFault.REJECTED)])

    with pytest.raises(CallError):
        LenientClient(inner).complete(make_request(params={}))
