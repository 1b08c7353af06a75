"""The JSON Schema scorer: which engine is asked, deep nesting, and references that stay inside."""

import json

import pytest

from evalci.core.golden_set import Protocol
from evalci.core.json_value import Json
from evalci.core.trial import Score
from evalci.scorers.json_schema import JSON_SCHEMA
from tests.calls import make_output
from tests.cases import make_case

DRAFT_7 = "http://json-schema.org/draft-07/schema#"
ENDS = "^yes$"  # before a last line break `$` matches in Python's `re`, not in RE2


def scored(answer: str, schema: Json) -> Score:
    """Return what the scorer says of an answer under a schema that it may refuse to build."""
    case = make_case(protocol=Protocol.JSON)
    return JSON_SCHEMA.build({"schema": schema}, case).score(case, make_output(answer))


def asked(answer: str, schema: Json) -> float | str | None:
    """Return the value of an answer, or `refused` when the schema cannot be built."""
    try:
        return scored(answer, schema).value
    except ValueError:
        return "refused"


@pytest.mark.parametrize(
    ("answer", "schema"),
    [
        pytest.param('"yes\\n"', {"pattern": ENDS}, id="pattern"),
        pytest.param('"yes\\n"', {"$schema": DRAFT_7, "pattern": ENDS}, id="an older draft"),
        pytest.param(
            '{"a": "yes\\n"}',
            {"properties": {"a": {"$id": "urn:in", "$schema": DRAFT_7, "pattern": ENDS}}},
            id="an older draft inside",
        ),
        pytest.param(
            '{"yes\\n": 1}',
            {"allOf": [{"patternProperties": {ENDS: True}}], "unevaluatedProperties": False},
            id="unevaluated keys over patterns inside",
        ),
        pytest.param(
            '{"yes\\n": 1}',
            {
                "$ref": "#/$defs/keys",
                "$defs": {"keys": {"patternProperties": {ENDS: True}}},
                "unevaluatedProperties": False,
            },
            id="unevaluated keys over patterns behind a reference",
        ),
    ],
)
def test_a_pattern_goes_to_the_engine_that_cannot_hang_or_is_refused(
    answer: str, schema: Json
) -> None:
    assert asked(answer, schema) in {0.0, "refused"}


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
    ],
)
def test_what_stays_inside_the_schema_is_served(schema: Json, answer: str, value: float) -> None:
    assert asked(answer, schema) == value


@pytest.mark.parametrize(
    ("opener", "closer"),
    [pytest.param('{"a":', "}", id="objects"), pytest.param("[", "]", id="lists")],
)
def test_deep_nesting_under_a_recursive_schema_is_a_score_or_a_reason(
    opener: str, closer: str
) -> None:
    answer = opener * 900 + "1" + closer * 900
    schema: Json = {"properties": {"a": {"$ref": "#"}}, "items": {"$ref": "#"}}

    score = scored(answer, schema)

    assert score.value == 1.0 or score.reason


def test_a_huge_key_is_found_and_its_reason_is_text() -> None:
    key = "a" * 100_000 + "!"
    schema: Json = {"patternProperties": {"(a+)+$": True}, "additionalProperties": False}

    score = scored(json.dumps({key: 1}), schema)

    assert (score.value, key in score.reason) == (0.0, True)
