"""Documents: schema problems in words, with the line they stand on."""

import pytest

from evalci.core.document import dotted, schema_problems, shown
from evalci.core.json_value import Json, JsonObject
from tests.inputs import document


def lines_of(text: str, schema: JsonObject) -> list[str]:
    parsed = document(text)
    return [str(problem) for problem in schema_problems(parsed, schema, parsed.data, ())]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param((), "", id="the whole file"),
        pytest.param(("gate",), "gate", id="a key"),
        pytest.param(("cases", 3, "scorers", "exact"), "cases[3].scorers.exact", id="deep"),
        pytest.param((0, "id"), "[0].id", id="a list at the top"),
    ],
)
def test_a_path_is_written_with_dots_and_brackets(path: tuple[str | int, ...], text: str) -> None:
    assert dotted(path) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param("two\nlines", "'two\\nlines'", id="a line break is escaped"),
        pytest.param({"a": 1}, "{'a': 1}", id="an object"),
        pytest.param("x" * 100, "'" + "x" * 58 + "…", id="a long text is cut"),
    ],
)
def test_a_value_is_shown_short_and_on_one_line(value: Json, text: str) -> None:
    assert shown(value) == text


def test_a_problem_names_file_line_and_path() -> None:
    problem = document("a: 1\nb:\n  c: 2\n").problem(("b", "c"), "is odd", hint="make it even")

    assert str(problem) == "file.yaml:3: `b.c`: is odd; make it even"


def test_a_problem_of_something_that_is_missing_stands_at_what_should_hold_it() -> None:
    problem = document("a: 1\nb:\n  c: 2\n").problem(("b", "d", "e"), "is missing")

    assert problem.line == 2


@pytest.mark.parametrize(
    ("text", "schema", "line"),
    [
        pytest.param(
            "a: 1\ntpye: 2\n",
            {"properties": {"a": {}, "type": {}}, "additionalProperties": False},
            "file.yaml:2: `tpye`: unknown key `tpye`; did you mean `type`?",
            id="unknown key with a near miss",
        ),
        pytest.param(
            "zzz: 2\n",
            {"properties": {"b": {}, "a": {}}, "additionalProperties": False},
            "file.yaml:1: `zzz`: unknown key `zzz`; known: a, b",
            id="unknown key with nothing near",
        ),
        pytest.param(
            "x: 1\nsub:\n  a: 1\n",
            {"properties": {"sub": {"required": ["a", "b"]}}},
            "file.yaml:2: `sub`: missing key `b`",
            id="a missing key",
        ),
        pytest.param(
            "version: 2.4\n",
            {"properties": {"version": {"type": "string"}}},
            'file.yaml:1: `version`: 2.4 is not text; write it in quotes: "2.4"',
            id="a number where text belongs",
        ),
        pytest.param(
            "n: many\n",
            {"properties": {"n": {"type": "integer", "description": "how many"}}},
            "file.yaml:1: `n`: 'many' is not a whole number; how many",
            id="text where a number belongs",
        ),
        pytest.param(
            "n: []\n",
            {"properties": {"n": {"type": ["object", "string"]}}},
            "file.yaml:1: `n`: [] is not a mapping (`key: value`) or text",
            id="one of several types",
        ),
        pytest.param(
            "risk: critcal\n",
            {"properties": {"risk": {"enum": ["low", "critical"]}}},
            "file.yaml:1: `risk`: 'critcal' is not one of low, critical; did you mean `critical`?",
            id="a near miss of a word",
        ),
        pytest.param(
            "risk: zzz\n",
            {"properties": {"risk": {"enum": ["low", "critical"]}}},
            "file.yaml:1: `risk`: 'zzz' is not one of low, critical",
            id="the words are not listed twice",
        ),
        pytest.param(
            "cases: []\n",
            {"properties": {"cases": {"minItems": 1, "description": "one entry at least"}}},
            "file.yaml:1: `cases`: is empty; one entry at least",
            id="an empty list",
        ),
        pytest.param(
            "names: word\n",
            {"properties": {"names": {"type": "array"}}},
            "file.yaml:1: `names`: 'word' is not a list; write [word]",
            id="one thing where a list belongs",
        ),
        pytest.param(
            "names:\n",
            {"properties": {"names": {"type": "array", "description": "who"}}},
            "file.yaml:1: `names`: nothing stands here, not a list; who",
            id="nothing where a list belongs",
        ),
        pytest.param(
            "names: [b, a, b]\n",
            {"properties": {"names": {"uniqueItems": True}}},
            "file.yaml:1: `names`: 'b' stands here twice; remove one",
            id="a name that is listed twice",
        ),
        pytest.param(
            "day: tomorrow\n",
            {"properties": {"day": {"pattern": "^[0-9-]+$", "description": "a date"}}},
            "file.yaml:1: `day`: 'tomorrow' is not valid here; a date",
            id="a pattern",
        ),
        pytest.param(
            "n: 300\n",
            {"properties": {"n": {"maximum": 256}}},
            "file.yaml:1: `n`: 300 is greater than the maximum of 256",
            id="a number beyond its limit",
        ),
        pytest.param(
            "- 1\n- x\n",
            {"type": "object"},
            "file.yaml:1: [1, 'x'] is not a mapping (`key: value`)",
            id="the whole file",
        ),
    ],
)
def test_what_a_schema_finds_wrong_in_words(text: str, schema: JsonObject, line: str) -> None:
    assert lines_of(text, schema) == [line]


def test_every_unknown_key_is_a_problem_of_its_own() -> None:
    schema: JsonObject = {"properties": {"id": {}}, "additionalProperties": False}

    assert lines_of("id: 1\nb: 2\na: 3\n", schema) == [
        "file.yaml:3: `a`: unknown key `a`; known: id",
        "file.yaml:2: `b`: unknown key `b`; known: id",
    ]


def test_a_key_with_a_line_break_still_makes_one_line() -> None:
    schema: JsonObject = {"properties": {"id": {}}, "additionalProperties": False}

    (line,) = lines_of('"two\\nlines": 1\n', schema)

    assert len(line.splitlines()) == 1


def test_checking_by_name_uses_a_published_schema() -> None:
    problems = document("version: '1'\nactive: 1\ncategories: {}\nactve: 2\n").check("manifest")

    assert [str(problem) for problem in problems] == [
        "file.yaml:4: `actve`: unknown key `actve`; did you mean `active`?"
    ]
