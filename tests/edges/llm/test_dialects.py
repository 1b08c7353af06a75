"""Every fault in every dialect, through the real litellm, is what the policy needs to know."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from evalci.core.trial import Finish, Message, Output, Request
from evalci.edges.llm.live import LiveClient
from evalci.edges.llm.redirects import stay_at_host
from evalci.errors import CallError, CallFault, EvalciError, StopRunError
from tests.calls import make_model, make_request
from tests.vendor_replies import (
    BAD_KEY,
    CUT_OFF,
    DROPPED,
    EMPTY,
    FILTERED,
    MALFORMED,
    OVERLOADED,
    RETIRED,
    SERVER_ERROR,
    TOO_MANY,
    UNKNOWN,
    VERSION,
    Dialect,
    Reply,
    in_turn,
)
from tests.vendor_server import VendorServer, serving


@pytest.fixture(scope="module")
def shared_server() -> Iterator[VendorServer]:
    with serving() as server:
        yield server


@pytest.fixture
def server(shared_server: VendorServer) -> VendorServer:
    """Return the server without a script and without memory."""
    shared_server.start_over()
    return shared_server


@pytest.fixture(scope="module")
def client() -> LiveClient:
    """Return a client that waits long enough for any answer of this server, on a busy machine."""
    return LiveClient(api_key="key-of-this-test", timeout_s=30, guard=stay_at_host)


@pytest.fixture(scope="module")
def hasty() -> LiveClient:
    """Return a client whose deadline a trickling answer passes."""
    return LiveClient(api_key="key-of-this-test", timeout_s=2, guard=stay_at_host)


def request_to(server: VendorServer, dialect: Dialect) -> Request:
    model = make_model(id=f"{dialect.value}/stand-in", api_base=server.base(dialect))
    message = Message(role="user", content="Reply with exactly: so it is")
    return make_request(model=model, messages=(message,))


def asked(client: LiveClient, server: VendorServer, dialect: Dialect) -> Output | EvalciError:
    try:
        return client.complete(request_to(server, dialect))
    except EvalciError as exc:
        return exc


@pytest.mark.parametrize("dialect", Dialect)
def test_a_good_answer(client: LiveClient, server: VendorServer, dialect: Dialect) -> None:
    output = client.complete(request_to(server, dialect))

    assert (output.text, output.finish) == ("so it is", Finish.STOP)
    assert output.resolved_model == f"stand-in-{VERSION}"
    assert (output.input_tokens, output.output_tokens) == (20, 10)
    assert not output.copied


@pytest.mark.parametrize("dialect", [Dialect.OPENAI, Dialect.ANTHROPIC])
def test_a_gateway_that_repeats_an_answer_is_believed(
    client: LiveClient, server: VendorServer, dialect: Dialect
) -> None:
    server.start_over(lambda _: Reply(headers={"X-Gateway-Cache-Status": "HIT"}))

    output = client.complete(request_to(server, dialect))

    assert output.copied


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        pytest.param(TOO_MANY, CallFault.RATE_LIMITED, id="429"),
        pytest.param(SERVER_ERROR, CallFault.SERVER, id="500"),
        pytest.param(OVERLOADED, CallFault.SERVER, id="503"),
        pytest.param(DROPPED, CallFault.DROPPED, id="dropped in the middle of the body"),
        pytest.param(MALFORMED, CallFault.MALFORMED, id="malformed JSON"),
        pytest.param(EMPTY, CallFault.EMPTY, id="empty content"),
    ],
)
def test_a_fault_that_may_go_away(
    client: LiveClient, server: VendorServer, dialect: Dialect, reply: Reply, fault: CallFault
) -> None:
    server.start_over(in_turn(reply))

    failure = asked(client, server, dialect)

    assert isinstance(failure, CallError)
    assert failure.fault is fault
    assert failure.transient
    assert len(server.received) == 1


@pytest.mark.parametrize("dialect", Dialect)
def test_a_redirect_takes_neither_key_nor_prompt_elsewhere(
    client: LiveClient, server: VendorServer, dialect: Dialect
) -> None:
    elsewhere = {"Location": f"{server.base(Dialect.OPENAI)}/chat/completions"}
    server.start_over(in_turn(Reply(status=307, headers=elsewhere)))

    failure = asked(client, server, dialect)

    assert isinstance(failure, StopRunError)
    assert "it redirects, and neither key nor prompt is sent on; set `api_base`" in str(failure)
    assert len(server.received) == 1


@pytest.mark.slow
@pytest.mark.parametrize("dialect", Dialect)
def test_an_answer_that_trickles_past_the_deadline_may_be_asked_again(
    hasty: LiveClient, server: VendorServer, dialect: Dialect
) -> None:
    server.start_over(in_turn(Reply(trickle_s=4)))

    failure = asked(hasty, server, dialect)

    assert isinstance(failure, CallError)
    assert failure.fault is CallFault.TIMEOUT
    assert failure.transient


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize(
    ("reply", "finish"),
    [
        pytest.param(FILTERED, Finish.REFUSED, id="content filter"),
        pytest.param(CUT_OFF, Finish.TRUNCATED, id="length"),
    ],
)
def test_an_outcome_that_is_scored(
    client: LiveClient, server: VendorServer, dialect: Dialect, reply: Reply, finish: Finish
) -> None:
    server.start_over(in_turn(reply))

    output = asked(client, server, dialect)

    assert isinstance(output, Output)
    assert output.finish is finish


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize(
    ("reply", "line"),
    [
        pytest.param(BAD_KEY, "the key was refused (bad key); check `api_key_env`", id="401"),
        pytest.param(Reply(status=403), "the key was refused (as told); check", id="403"),
        pytest.param(
            UNKNOWN,
            "unknown or retired model (no such model); check `api_base`, or choose another",
            id="404",
        ),
        pytest.param(
            RETIRED,
            "unknown or retired model (this model was retired); check `api_base`",
            id="410",
        ),
    ],
)
def test_what_no_call_survives(
    client: LiveClient, server: VendorServer, dialect: Dialect, reply: Reply, line: str
) -> None:
    server.start_over(in_turn(reply))

    failure = asked(client, server, dialect)

    assert isinstance(failure, StopRunError)
    assert str(failure).startswith(f"{dialect.value}/stand-in: {line}")
    assert failure.sent == 1


@pytest.mark.parametrize("dialect", Dialect)
def test_words_of_the_prompt_that_an_error_quotes_do_not_end_the_run(
    client: LiveClient, server: VendorServer, dialect: Dialect
) -> None:
    quoted = "what is `Invalid API Key`, no funds, content filtering policy, rate limit"
    server.start_over(in_turn(Reply(status=400, message=f"cannot read: {quoted}")))

    failure = asked(client, server, dialect)

    assert isinstance(failure, CallError)
    assert failure.fault is CallFault.REJECTED


@pytest.mark.parametrize("dialect", Dialect)
def test_the_seconds_that_a_vendor_asks_for(
    client: LiveClient, server: VendorServer, dialect: Dialect
) -> None:
    server.start_over(in_turn(Reply(status=429, headers={"Retry-After": "7"})))

    failure = asked(client, server, dialect)

    assert getattr(failure, "retry_after_s", None) == 7.0


@pytest.mark.parametrize("dialect", Dialect)
def test_the_date_that_a_vendor_asks_for(
    client: LiveClient, server: VendorServer, dialect: Dialect
) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    server.start_over(in_turn(Reply(status=429, headers={"Retry-After": date})))

    failure = asked(client, server, dialect)

    assert 3000 < getattr(failure, "retry_after_s", 0) <= 3600
