"""JSON values: canonical bytes, comparison, strict parsing."""

import math

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from evalci.core.json_value import (
    Json,
    as_list,
    as_texts,
    canonical,
    parse_json,
    same_json,
)

SCALARS = st.none() | st.booleans() | st.integers(1 - 2**53, 2**53 - 1) | st.text(max_size=5)
VALUES = st.recursive(
    SCALARS | st.floats(1 - 2**53, 2**53 - 1),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param({"b": 1, "a": [True, None]}, b'{"a":[true,null],"b":1}', id="keys are sorted"),
        pytest.param(1.0, b"1", id="a whole float is an integer"),
        pytest.param(-0.0, b"0", id="minus zero is zero"),
        # The examples of RFC 8785, section 3.2.2.
        pytest.param(333333333.33333329, b"333333333.3333333", id="RFC 8785 shortest digits"),
        pytest.param(1e30, b"1e+30", id="RFC 8785 large exponent"),
        pytest.param(1e-27, b"1e-27", id="RFC 8785 small exponent"),
        pytest.param(
            "€$\x0f\nA'B\"\\", b'"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\"', id="RFC 8785 text"
        ),
    ],
)
def test_canonical_bytes(value: Json, expected: bytes) -> None:
    assert canonical(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(math.nan, id="not a number"),
        pytest.param(math.inf, id="infinity"),
        pytest.param(2**53 + 1, id="an integer no double holds"),
        pytest.param("\ud800", id="half a surrogate pair"),
    ],
)
def test_what_json_cannot_carry_has_no_canonical_form(value: Json) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        canonical(value)


@given(VALUES)
def test_canonical_bytes_parse_back_to_the_same_value(value: Json) -> None:
    assert same_json(parse_json(canonical(value).decode()), value)


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        pytest.param(1, 1.0, True, id="1 equals 1.0"),
        pytest.param(1, True, False, id="1 is not true"),
        pytest.param(0, None, False, id="0 is not null"),
        pytest.param({"a": 1, "b": 2}, {"b": 2, "a": 1}, True, id="keys have no order"),
        pytest.param([1, 2], [2, 1], False, id="lists have an order"),
        pytest.param("1", 1, False, id="text is not a number"),
        pytest.param(2**60, 2**60, True, id="integers beyond the doubles can be equal"),
        pytest.param(2**60, 2**60 + 1, False, id="and differ by one"),
        pytest.param(10**16, 1e16, True, id="so does an integer of 17 digits"),
        pytest.param([2**60, 1], [2**60, 1.0], True, id="1 equals 1.0 beside such an integer"),
        pytest.param([2**60, 1], [2**60, True], False, id="1 is not true beside one either"),
    ],
)
def test_values_compare_as_json_does(left: Json, right: Json, same: bool) -> None:
    assert same_json(left, right) is same


@pytest.mark.parametrize(
    ("opening", "closing"),
    [pytest.param("[", "]", id="lists"), pytest.param('{"a":', "}", id="objects")],
)
@pytest.mark.parametrize("depth", [100, 400, 700])
def test_whatever_parses_can_be_compared(depth: int, opening: str, closing: str) -> None:
    text = opening * depth + "1" + closing * depth

    assert same_json(parse_json(text), parse_json(text))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("{'a': 1}", id="python's quotes"),
        pytest.param('{"a": 1} and more', id="text behind it"),
        pytest.param("NaN", id="not a number"),
        pytest.param("[-Infinity]", id="infinity by name"),
        pytest.param("[1e400]", id="infinity by overflow"),
        pytest.param("[" * 100_000, id="bottomless nesting"),
    ],
)
def test_what_is_not_json_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        parse_json(text)


def test_json_text_becomes_its_value() -> None:
    assert parse_json(' {"a": [1, 2.5, "x", null]} ') == {"a": [1, 2.5, "x", None]}


@pytest.mark.parametrize(
    ("value", "items", "texts"),
    [
        pytest.param(None, [], (), id="nothing is the empty list"),
        pytest.param("a", ["a"], ("a",), id="one text is a list of one"),
        pytest.param(["a", 2], ["a", 2], ("a", "2"), id="a list stays one"),
        pytest.param([], [], (), id="the empty list"),
    ],
)
def test_one_or_many(value: Json, items: list[Json], texts: tuple[str, ...]) -> None:
    assert list(as_list(value)) == items
    assert as_texts(value) == texts


@given(VALUES)
def test_canonical_bytes_are_those_of_the_reference(value: Json) -> None:
    assert canonical(value) == rfc8785.dumps(value)


def test_half_a_surrogate_pair_is_read_as_a_question_mark() -> None:
    assert parse_json('{"a\\ud800": ["\\uDFFF", "\\ud83d\\ude00", 1.5]}') == {
        "a?": ["?", "\U0001f600", 1.5]
    }
