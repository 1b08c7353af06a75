"""Reading a vendor's exception: how long to wait, which words to show, what it means."""

import json
from datetime import UTC, datetime

import pytest

from evalci.core.model_config import ModelConfig
from evalci.core.vendor_error import filtered, translated, wait_of
from evalci.errors import CallError, CallFault, StopRunError
from tests.calls import make_model
from tests.core.vendor_errors import VendorError
from tests.fake_time import NOON


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param("7", 7.0, id="seconds"),
        pytest.param("0.25", 0.25, id="parts of a second"),
        pytest.param("-3", 0.0, id="less than nothing"),
        pytest.param("Mon, 02 Mar 2026 12:01:30 GMT", 90.0, id="a date"),
        pytest.param("Mon, 02 Mar 2026 13:01:30 +0100", 90.0, id="a date in another zone"),
        pytest.param("Mon, 02 Mar 2026 11:00:00 GMT", 0.0, id="a date gone by"),
        pytest.param("soon", None, id="a word"),
        pytest.param("", None, id="nothing"),
        pytest.param("nan", None, id="no number"),
        pytest.param("inf", None, id="for ever"),
        pytest.param("Mon, 99999999999999999999 Jan 2026 00:00:00 GMT", None, id="no such day"),
    ],
)
def test_how_long_a_vendor_asks_to_wait(header: str, expected: float | None) -> None:
    assert wait_of(header, NOON) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param('{"error": {"message": "slow  down"}}', "slow down", id="a JSON body"),
        pytest.param(
            'litellm.RateLimitError: AnthropicException - {"error": {"message": "slow"}}. Handle',
            "slow",
            id="a JSON body in a sentence",
        ),
        pytest.param(
            'GeminiException - {\n  "error": {\n    "message": "slow\\ndown"\n  }\n}',
            "slow down",
            id="a JSON body over several lines",
        ),
        pytest.param('broken {"error": {"mess', 'broken {"error": {"mess', id="half a body"),
        pytest.param('{"error": "no"}', '{"error": "no"}', id="a body of another shape"),
        pytest.param("first\nsecond", "first", id="two lines"),
        pytest.param("", "VendorError", id="no words at all"),
    ],
)
def test_the_words_of_a_vendor(text: str, words: str) -> None:
    failure = translated(VendorError(text, 500), make_model(), now=NOON)

    assert failure.message == words


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("API key not valid. Please pass", "the key was refused", id="Gemini's 400"),
        pytest.param("Your credit balance is too low", "no quota left", id="Anthropic's 400"),
    ],
)
def test_a_400_that_no_call_survives(text: str, line: str) -> None:
    failure = translated(VendorError(text, 400), make_model(), now=NOON)

    assert isinstance(failure, StopRunError)
    assert line in failure.message


def test_half_an_answer_about_a_refusal_is_malformed() -> None:
    exc = VendorError('Original Response: {"code": "content_filter"', 422)
    exc.__cause__ = json.JSONDecodeError("half", "", 0)

    failure = translated(exc, make_model(), now=NOON)

    assert not filtered(exc)
    assert isinstance(failure, CallError)
    assert failure.fault is CallFault.MALFORMED


@pytest.mark.parametrize(
    ("status", "text", "reason"),
    [
        pytest.param(402, "Payment Required", "no quota left", id="402"),
        pytest.param(
            403, "Your team has used all available credits", "no quota left", id="403 for credits"
        ),
        pytest.param(400, "Billing hard limit has been reached", "no quota left", id="hard limit"),
        pytest.param(
            429,
            '{"code": "x", "error": "Your team 16f2-40f4 has either used all available credits"}',
            "no quota left",
            id="xAI",
        ),
        pytest.param(
            429,
            "Your account org-1 <ak-2> is suspended due to insufficient balance, please recharge",
            "no quota left",
            id="Moonshot",
        ),
        pytest.param(
            403,
            '{"error": {"message": "no", "type": "exceeded_current_quota_error"}}',
            "no quota left",
            id="by type",
        ),
        pytest.param(400, '{"message": "Insufficient credits."}', "no quota left", id="credits"),
        pytest.param(400, "Incorrect API key provided", "key was refused", id="a key, as 400"),
        pytest.param(
            400, '{"type": "invalid_model", "code": "1500"}', "unknown or retired", id="Mistral"
        ),
        pytest.param(
            400, "The model `x` has been decommissioned", "unknown or retired", id="by message"
        ),
        pytest.param(
            400, '{"error": {"code": "model_not_found"}}', "unknown or retired", id="by code"
        ),
        pytest.param(
            400,
            'litellm.RateLimitError: litellm.RateLimitError: GeminiException - [{\n  "error": '
            '{"code": "insufficient_quota"}}]',
            "no quota left",
            id="by code, in a list",
        ),
        pytest.param(500, "Potential header injection attack.", "cannot be sent", id="line break"),
    ],
)
def test_what_no_call_survives_in_other_words(status: int, text: str, reason: str) -> None:
    failure = translated(VendorError(text, status), make_model(), now=NOON)

    assert isinstance(failure, StopRunError)
    assert reason in failure.message


@pytest.mark.parametrize(
    ("status", "text", "fault"),
    [
        pytest.param(
            429,
            "You exceeded your current quota, please check your plan and billing details.",
            CallFault.RATE_LIMITED,
            id="Gemini's word for a minute's limit",
        ),
        pytest.param(409, "conflict", CallFault.SERVER, id="409"),
        pytest.param(
            400, "`temperature` is deprecated for this model", CallFault.REJECTED, id="a parameter"
        ),
        pytest.param(
            400, "This model's maximum context length is 8192", CallFault.REJECTED, id="too long"
        ),
    ],
)
def test_what_another_call_may_survive(status: int, text: str, fault: CallFault) -> None:
    failure = translated(VendorError(text, status), make_model(), now=NOON)

    assert isinstance(failure, CallError)
    assert failure.fault is fault


@pytest.mark.parametrize(
    "cause", ["ClientConnectorCertificateError", "ClientConnectorSSLError", "ClientConnectorError"]
)
def test_a_connection_that_never_came_to_be_is_unreachable(cause: str) -> None:
    exc = VendorError("Cannot connect to host x:443 ssl:True [no trust]", 500)
    exc.__cause__ = type(cause, (Exception,), {})()

    failure = translated(exc, make_model(), now=NOON)

    assert isinstance(failure, CallError)
    assert failure.fault is CallFault.UNREACHABLE
    assert failure.message == "Cannot connect to host x:443 [no trust]"


@pytest.mark.parametrize(
    ("status", "model", "hint"),
    [
        pytest.param(401, make_model(), "check the vendor's variable", id="a vendor's key"),
        pytest.param(401, make_model(api_key_env="K"), "check `K`", id="a key of one's own"),
        pytest.param(
            401,
            make_model(api_base="http://localhost:1"),
            "check `api_key_env`, which names no variable",
            id="no key for an address of one's own",
        ),
        pytest.param(404, make_model(), "choose another `id` for `main`", id="a vendor's model"),
        pytest.param(
            404,
            make_model(api_base="http://localhost:1"),
            "check `api_base`, or choose another `id`",
            id="a model at an address of one's own",
        ),
    ],
)
def test_what_to_do_about_it(status: int, model: ModelConfig, hint: str) -> None:
    failure = translated(VendorError("no", status), model, now=NOON)

    assert isinstance(failure, StopRunError)
    assert failure.hint.startswith(hint)


def test_gemini_says_in_the_body_how_long_to_wait() -> None:
    body = '{"error": {"message": "slow down", "details": [{"retryDelay": "34.5s"}]}}'

    failure = translated(VendorError(body, 429), make_model(), now=NOON)

    assert isinstance(failure, CallError)
    assert failure.retry_after_s == 34.5


def test_a_web_page_is_named_by_its_title_and_not_quoted() -> None:
    page = f"<!DOCTYPE html><html><title> Blocked </title>{'x' * 5000}"

    failure = translated(VendorError(page, 502), make_model(), now=NOON)

    assert failure.message == "a web page instead of an answer: Blocked"


def test_the_words_of_a_vendor_are_cut() -> None:
    assert len(translated(VendorError("x" * 5000, 500), make_model(), now=NOON).message) == 300


def test_a_fault_without_any_sign_is_the_vendors() -> None:
    failure = translated(VendorError("?"), make_model(), now=datetime.now(UTC))

    assert isinstance(failure, CallError)
    assert failure.fault is CallFault.SERVER
