"""Scorers that look for text: exact, contains, regex."""

from typing import Any

import pytest

from evalci.core.golden_set import Protocol
from evalci.core.json_value import Json, JsonObject
from evalci.core.trial import Score
from evalci.scorers.base import ScorerKind
from evalci.scorers.text import CONTAINS, EXACT, REGEX
from tests.calls import make_output
from tests.cases import make_case


def scored(kind: ScorerKind, answer: str, params: JsonObject | None = None, **case: Any) -> Score:
    """Return what a kind says of an answer."""
    built_for = make_case(**case)
    return kind.build(params or {}, built_for).score(built_for, make_output(answer))


@pytest.mark.parametrize(
    ("answer", "expected", "params", "value"),
    [
        pytest.param("yes", "yes", {}, 1.0, id="equal"),
        pytest.param(" \n yes\t\n", "yes ", {}, 1.0, id="white space around it"),
        pytest.param("y es", "yes", {}, 0.0, id="white space inside it"),
        pytest.param("YES", "yes", {}, 0.0, id="case counts"),
        pytest.param("YES", "yes", {"ignore_case": True}, 1.0, id="case ignored"),
        pytest.param("STRASSE", "straße", {"ignore_case": True}, 1.0, id="case folding"),
        pytest.param("yes!", "yes", {}, 0.0, id="more than expected"),
        pytest.param("", "yes", {}, 0.0, id="nothing"),
        pytest.param("7", 7, {}, 1.0, id="a number"),
        pytest.param("7.0", 7, {}, 0.0, id="a number written another way"),
        pytest.param("é", "e\u0301", {}, 0.0, id="another normal form"),
    ],
)
def test_exact_compares_the_whole_answer(
    answer: str, expected: Json, params: JsonObject, value: float
) -> None:
    score = scored(EXACT, answer, params, expected=expected)

    assert (score.scorer, score.value) == ("exact", value)


def test_exact_says_what_it_got_and_what_it_wanted() -> None:
    score = scored(EXACT, " no\n", expected="yes")

    assert score.reason == "got 'no', expected 'yes'"


def test_a_full_score_needs_no_reason() -> None:
    reasons = [
        scored(EXACT, "yes").reason,
        scored(CONTAINS, "yes").reason,
        scored(REGEX, "yes", {"pattern": "yes"}).reason,
    ]

    assert reasons == ["", "", ""]


@pytest.mark.parametrize(
    ("answer", "expected", "value"),
    [
        pytest.param('{"b": 1, "a": 2}', {"a": 2, "b": 1}, 1.0, id="key order"),
        pytest.param('{"a":\n 2}', {"a": 2}, 1.0, id="spacing"),
        pytest.param('```json\n{"a": 2}\n```', {"a": 2}, 1.0, id="a fence around it"),
        pytest.param('{"a": 2.0}', {"a": 2}, 1.0, id="an integer as a float"),
        pytest.param('{"a": true}', {"a": 1}, 0.0, id="true is not one"),
        pytest.param('{"a": 2, "c": 3}', {"a": 2}, 0.0, id="one key more"),
        pytest.param("[2, 1]", [1, 2], 0.0, id="list order counts"),
        pytest.param('{"a": 2}', '{"a":2}', 1.0, id="expected from a file of JSON"),
        pytest.param('"yes"', "yes", 1.0, id="expected text that is no JSON"),
        pytest.param("yes", "yes", 0.0, id="an answer that is no JSON"),
        pytest.param("NaN", 1, 0.0, id="NaN"),
        pytest.param("[" * 100_000, [], 0.0, id="bottomless nesting"),
        pytest.param("false", False, 1.0, id="false is a value"),
    ],
)
def test_exact_compares_values_with_the_json_protocol(
    answer: str, expected: Json, value: float
) -> None:
    score = scored(EXACT, answer, expected=expected, protocol=Protocol.JSON)

    assert score.value == value


@pytest.mark.parametrize(
    "protocol", [pytest.param(p, id=p.value) for p in (Protocol.CODE, Protocol.JSON)]
)
def test_no_answer_is_a_zero_with_a_reason(protocol: Protocol) -> None:
    score = scored(EXACT, " \n", protocol=protocol)

    assert (score.value, score.reason) == (0.0, "no answer found in the output")


@pytest.mark.parametrize(
    ("kind", "params", "changes", "message"),
    [
        pytest.param(EXACT, {}, {"expected": None}, "needs `expected`", id="exact without"),
        pytest.param(EXACT, {}, {"expected": ["a"]}, "protocol: json", id="exact with a list"),
        pytest.param(EXACT, {}, {"expected": True}, "in quotes", id="exact with a truth value"),
        pytest.param(EXACT, {}, {"expected": 1.5}, "in quotes", id="exact with a fraction"),
        pytest.param(CONTAINS, {}, {"expected": None}, "needs `text`", id="contains without"),
        pytest.param(CONTAINS, {"text": ["a", ""]}, {}, "needs `text`", id="contains with empty"),
        pytest.param(REGEX, {"pattern": "(?=a)"}, {}, "RE2 syntax", id="regex with look-ahead"),
        pytest.param(REGEX, {"pattern": r"(a)\1"}, {}, "RE2 syntax", id="regex looks back"),
        pytest.param(REGEX, {"pattern": "("}, {}, "RE2 syntax", id="regex cut off"),
    ],
)
def test_parameters_that_do_not_fit_the_case_are_refused(
    kind: ScorerKind, params: JsonObject, changes: dict[str, Any], message: str
) -> None:
    case = make_case(**changes)

    with pytest.raises(ValueError, match=message.replace("(", r"\(")):
        kind.build(params, case)


@pytest.mark.parametrize(
    ("answer", "params", "value"),
    [
        pytest.param("Well, yes.", {}, 1.0, id="expected when no text is given"),
        pytest.param("WELL, YES.", {}, 1.0, id="case is ignored unless told"),
        pytest.param("YES", {"ignore_case": False}, 0.0, id="case counts when told"),
        pytest.param("a and b", {"text": ["a", "b"]}, 1.0, id="all of several"),
        pytest.param("a", {"text": ["a", "b"]}, 0.0, id="one of several"),
        pytest.param("", {"text": "a"}, 0.0, id="nothing"),
        pytest.param("a.c", {"text": "a.c"}, 1.0, id="text is no pattern"),
        pytest.param("abc", {"text": "a.c"}, 0.0, id="a dot is a dot"),
    ],
)
def test_contains_wants_every_text(answer: str, params: JsonObject, value: float) -> None:
    score = scored(CONTAINS, answer, params)

    assert (score.scorer, score.value) == ("contains", value)


def test_contains_names_the_first_missing_text() -> None:
    score = scored(CONTAINS, "b", {"text": ["b", "c", "d"]})

    assert score.reason == "'c' is not in the answer"


@pytest.mark.parametrize(
    ("answer", "pattern", "value"),
    [
        pytest.param("order 42", r"\d+", 1.0, id="found anywhere"),
        pytest.param("order", r"\d+", 0.0, id="not found"),
        pytest.param("order 42", r"^\d+$", 0.0, id="anchored"),
        pytest.param("Yes", "(?i)yes", 1.0, id="flags inside"),
        pytest.param("", "^$", 1.0, id="the empty answer"),
        pytest.param("a" * 100_000 + "!", "(a+)+$", 0.0, id="a pattern that hangs elsewhere"),
        pytest.param("ok \ud83d", "ok", 1.0, id="half a surrogate pair"),
    ],
)
def test_regex_searches_the_answer(answer: str, pattern: str, value: float) -> None:
    score = scored(REGEX, answer, {"pattern": pattern})

    assert (score.scorer, score.value) == ("regex", value)


def test_regex_says_which_pattern_found_nothing() -> None:
    score = scored(REGEX, "no", {"pattern": "yes"})

    assert score.reason == "nothing matches 'yes'"


def test_only_the_code_counts_with_the_code_protocol() -> None:
    answer = "The word `no` stands outside.\n```python\nyes\n```\n"

    score = scored(CONTAINS, answer, {"text": "no"}, protocol=Protocol.CODE)

    assert score.value == 0.0
