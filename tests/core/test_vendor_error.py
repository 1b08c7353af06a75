"""Reading a vendor's exception: how long to wait, which words to show, what it means."""

from datetime import UTC, datetime

import pytest

from evalci.core.vendor_error import translated, wait_of
from evalci.errors import CallError, CallFault, StopRunError
from tests.fakes import NOON, make_model


class VendorError(Exception):
    """What a vendor's client raises."""

    def __init__(self, text: str, status: int | None = None) -> None:
        """Keep a status as litellm does."""
        super().__init__(text)
        self.status_code = status


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


def test_a_fault_without_any_sign_is_the_vendors() -> None:
    failure = translated(VendorError("?"), make_model(), now=datetime.now(UTC))

    assert isinstance(failure, CallError)
    assert failure.fault is CallFault.SERVER
