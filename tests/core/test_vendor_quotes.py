"""Errors that quote a prompt: only what the vendor says itself decides what they are."""

import json

import pytest

from evalci.core.vendor_error import filtered, translated
from evalci.errors import CallError, CallFault
from tests.calls import make_model
from tests.core.vendor_errors import VendorError
from tests.fake_time import NOON

QUOTED = [
    pytest.param("what is insufficient_quota or content_filter?", id="words"),
    pytest.param("if e == {'code': 'content_filter'}: ...", id="a refusal in Python"),
    pytest.param('reply {"error": {"code": "content_filter"}}', id="a refusal in JSON"),
    pytest.param("raise Gone({'code': 'model_not_found'})", id="a retired model"),
    pytest.param("Your credit balance is too low", id="no quota"),
    pytest.param("what to do about insufficient funds", id="no money"),
    pytest.param("reply {'error': {'message': 'Insufficient balance'}}", id="no quota in JSON"),
    pytest.param("why is it `Invalid API Key`", id="a key"),
    pytest.param("the model x does not exist", id="no model"),
    pytest.param("Output blocked by content filtering policy", id="a refusal in words"),
]


@pytest.mark.parametrize("as_body", [True, False], ids=["in the body", "alone"])
@pytest.mark.parametrize("quoted", QUOTED)
@pytest.mark.parametrize("status", [400, 422, 500, 503])
def test_what_an_error_quotes_is_neither_a_refusal_nor_the_end(
    status: int, quoted: str, *, as_body: bool
) -> None:
    message = f"cannot read: {quoted}"
    body = json.dumps({"error": {"message": message}}) if as_body else message
    exc = VendorError(f"litellm.BadRequestError: OpenAIException - {body}", status)

    failure = translated(exc, make_model(), now=NOON)

    assert not filtered(exc)
    assert isinstance(failure, CallError)


@pytest.mark.parametrize(
    "name",
    [
        "AuthenticationError",
        "NotFoundError",
        "PermissionDeniedError",
        "ContentPolicyViolationError",
    ],
)
def test_a_status_and_a_class_that_litellm_chose_by_a_quoted_word_do_not_count(name: str) -> None:
    class Sent(VendorError):
        response = VendorError("", 400)

    exc = type(name, (VendorError,), {})("cannot read: `Invalid API Key`", 401)
    exc.__cause__ = Sent("400")

    failure = translated(exc, make_model(), now=NOON)

    assert not filtered(exc)
    assert isinstance(failure, CallError)
    assert failure.fault is CallFault.REJECTED


@pytest.mark.parametrize(
    "text",
    [
        "Output blocked by content filtering policy",
        "Your request was rejected as a result of our safety system.",
        "Invalid prompt: your prompt was flagged as potentially violating our usage policy.",
        "The response was filtered due to the prompt triggering Azure OpenAI's content management",
    ],
)
@pytest.mark.parametrize("as_body", [True, False], ids=["in the body", "alone"])
def test_a_refusal_in_the_vendors_own_words(text: str, *, as_body: bool) -> None:
    said = json.dumps({"type": "error", "error": {"message": text}}) if as_body else text

    assert filtered(VendorError(f"litellm.BadRequestError: AnthropicError - {said}", 400))
