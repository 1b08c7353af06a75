"""The JSON Schema scorer: right answers, hostile answers, and schemas that are refused."""

import json
from typing import Any

import pytest

from evalci.core.golden_set import Protocol
from evalci.core.json_value import Json
from evalci.core.trial import Score
from evalci.scorers.json_schema import JSON_SCHEMA
from tests.calls import make_output
from tests.cases import make_case

HOSTILE = "a" * 100_000 + "!"
SLOW = "(a+)+$"


def scored(answer: str, schema: Any) -> Score:
    """Return what the scorer says of an answer under a schema."""
    case = make_case(protocol=Protocol.JSON)
    return JSON_SCHEMA.build({"schema": schema}, case).score(case, make_output(answer))


TICKET = {
    "type": "object",
    "required": ["urgency"],
    "properties": {"urgency": {"enum": ["low", "high"]}, "tags": {"type": "array"}},
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("answer", "schema", "value"),
    [
        pytest.param('{"urgency": "low"}', TICKET, 1.0, id="fits"),
        pytest.param('```json\n{"urgency": "low"}\n```', TICKET, 1.0, id="in a fence"),
        pytest.param('{"urgency": "meh"}', TICKET, 0.0, id="no such word"),
        pytest.param("{}", TICKET, 0.0, id="a missing key"),
        pytest.param('{"urgency": "low", "x": 1}', TICKET, 0.0, id="one key more"),
        pytest.param("low", TICKET, 0.0, id="no JSON"),
        pytest.param("", TICKET, 0.0, id="nothing"),
        pytest.param("NaN", {"type": "number"}, 0.0, id="NaN"),
        pytest.param('{"a": -Infinity}', True, 0.0, id="infinity"),
        pytest.param("1e999", {"type": "number"}, 0.0, id="a number beyond a double"),
        pytest.param("[" * 200_000, {"type": "array"}, 0.0, id="bottomless nesting"),
        pytest.param("7", json.dumps({"type": "integer"}), 1.0, id="a schema from a file"),
        pytest.param("7", True, 1.0, id="everything fits true"),
        pytest.param("7", False, 0.0, id="nothing fits false"),
        pytest.param('{"b1": "x"}', {"patternProperties": {"^b": {"type": "string"}}}, 1.0, id="p"),
        pytest.param('{"b1": 1}', {"patternProperties": {"^b": {"type": "string"}}}, 0.0, id="p-"),
        pytest.param('{"b1": 1}', {"additionalProperties": {"type": "string"}}, 0.0, id="others"),
        pytest.param('{"b1": "x"}', {"additionalProperties": {"type": "string"}}, 1.0, id="fine"),
        pytest.param('["a"]', {"patternProperties": {"a": False}}, 1.0, id="no object, no keys"),
        pytest.param("1", {"additionalProperties": False}, 1.0, id="no object, no others"),
        pytest.param("1", {"pattern": "a"}, 1.0, id="no text, no pattern"),
    ],
)
def test_an_answer_passes_when_it_is_json_that_fits(
    answer: str, schema: Json, value: float
) -> None:
    score = scored(answer, schema)

    assert (score.scorer, score.value) == ("json_schema", value)


def test_the_reason_names_the_place_and_what_is_wrong() -> None:
    score = scored('{"urgency": "meh"}', TICKET)

    assert score.reason == "$.urgency: 'meh' is not one of ['low', 'high']"


def test_the_reason_for_no_json_shows_the_answer() -> None:
    score = scored(" low\n", TICKET)

    assert score.reason == "not JSON: 'low'"


def test_a_foreign_key_is_named() -> None:
    score = scored('{"urgency": "low", "x": 1}', TICKET)

    assert score.reason == "$: unexpected key 'x'"


@pytest.mark.parametrize(
    ("answer", "schema", "value"),
    [
        pytest.param(json.dumps(HOSTILE), {"pattern": SLOW}, 0.0, id="pattern"),
        pytest.param(
            json.dumps({HOSTILE: 1}), {"patternProperties": {SLOW: False}}, 1.0, id="keys"
        ),
        pytest.param(
            json.dumps({HOSTILE: 1}),
            {"patternProperties": {SLOW: True}, "additionalProperties": False},
            0.0,
            id="other keys",
        ),
        pytest.param(
            json.dumps([{"a": HOSTILE}]),
            {"items": {"properties": {"a": {"allOf": [{"pattern": SLOW}]}}}},
            0.0,
            id="deep inside",
        ),
        pytest.param(
            json.dumps({HOSTILE: 1}), {"propertyNames": {"pattern": SLOW}}, 0.0, id="names of keys"
        ),
        pytest.param(
            json.dumps(HOSTILE),
            {"$ref": "#/$defs/slow", "$defs": {"slow": {"pattern": SLOW}}},
            0.0,
            id="behind a reference",
        ),
        pytest.param(
            json.dumps(HOSTILE),
            {"$schema": "http://json-schema.org/draft-07/schema#", "pattern": SLOW},
            0.0,
            id="an older draft",
        ),
    ],
)
def test_a_hostile_answer_cannot_hang_a_pattern(answer: str, schema: Json, value: float) -> None:
    score = scored(answer, schema)

    assert score.value == value


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        pytest.param({"$ref": "https://example.com/a.json"}, "points outside", id="a foreign ref"),
        pytest.param({"$ref": "file:///etc/passwd"}, "points outside", id="a file"),
        pytest.param({"$ref": "other.json#/a"}, "points outside", id="a neighbour"),
        pytest.param({"$dynamicRef": "https://e.org/"}, "points outside", id="a dynamic ref"),
        pytest.param({"$ref": "#/$defs/nope"}, "points nowhere", id="nowhere"),
        pytest.param({"$ref": "#nope"}, "points nowhere", id="no such anchor"),
        pytest.param({"items": [1]}, "not a JSON Schema", id="a list of items"),
        pytest.param({"type": "text"}, "not a JSON Schema", id="no such type"),
        pytest.param({"required": "a"}, "not a JSON Schema", id="required as text"),
        pytest.param("{", "is not JSON", id="a file that is no JSON"),
        pytest.param("[1]", "not a JSON Schema", id="a file that is a list"),
        pytest.param({"pattern": "(?=a)"}, "RE2 syntax", id="look-ahead"),
        pytest.param({"pattern": r"(a)\1"}, "RE2 syntax", id="a backreference"),
        pytest.param({"patternProperties": {"(?!a)": True}}, "RE2 syntax", id="look-ahead in keys"),
        pytest.param(
            {"anyOf": [{"items": {"$ref": "http://e.org/"}}]}, "points outside", id="deep inside"
        ),
        pytest.param(
            {"patternProperties": {"a": True}, "unevaluatedProperties": False},
            "unevaluatedProperties",
            id="unevaluated keys beside patterns",
        ),
    ],
)
def test_a_schema_that_cannot_be_served_is_refused_when_it_is_built(
    schema: Json, message: str
) -> None:
    case = make_case()

    with pytest.raises(ValueError, match=message):
        JSON_SCHEMA.build({"schema": schema}, case)


@pytest.mark.parametrize(
    ("schema", "answer", "value"),
    [
        pytest.param({"$ref": "#/$defs/a", "$defs": {"a": {"type": "string"}}}, "1", 0.0, id="ref"),
        pytest.param(
            {"$ref": "#a", "$defs": {"a": {"$anchor": "a", "type": "string"}}}, "1", 0.0, id="name"
        ),
        pytest.param(
            {"properties": {"a": {"$ref": "#"}}, "additionalProperties": False},
            '{"a": {"a": {"b": 1}}}',
            0.0,
            id="itself",
        ),
        pytest.param({"properties": {"$ref": {"type": "string"}}}, '{"$ref": 1}', 0.0, id="a key"),
        pytest.param({"enum": [{"$ref": "x"}]}, '{"$ref": "x"}', 1.0, id="a value in an enum"),
        pytest.param(
            {"const": {"pattern": "(?=a)"}}, '{"pattern": "(?=a)"}', 1.0, id="a value in a const"
        ),
        pytest.param(
            {"properties": {"pattern": {"type": "string"}}}, '{"pattern": 1}', 0.0, id="pattern key"
        ),
    ],
)
def test_what_stays_inside_the_schema_is_served(schema: Json, answer: str, value: float) -> None:
    score = scored(answer, schema)

    assert score.value == value


def test_a_huge_number_that_the_library_cannot_divide_is_unscored_with_a_reason() -> None:
    score = scored("1" + "0" * 400, {"multipleOf": 0.1})

    assert score.value is None
    assert score.reason.startswith("the schema cannot be applied: OverflowError")


@pytest.mark.parametrize("opener", [pytest.param('{"a":', id="objects"), pytest.param("[", id="l")])
def test_deep_nesting_under_a_recursive_schema_is_no_exception(opener: str) -> None:
    closer = "}" if opener.startswith("{") else "]"
    answer = opener * 900 + "1" + closer * 900
    schema = {"properties": {"a": {"$ref": "#"}}, "items": {"$ref": "#"}}

    score = scored(answer, schema)

    assert score.value in {0.0, 1.0}


def test_a_schema_that_refers_to_itself_without_end_is_no_exception() -> None:
    score = scored("1", {"$ref": "#"})

    assert score.value in {0.0, None}
    assert score.reason
