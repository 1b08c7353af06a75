"""The YAML reader: plain values only, with lines, and no bombs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalci.core.json_value import Json, canonical
from evalci.edges.yaml_text import MAX_ALIASED_NODES, MAX_DEPTH, parse_yaml
from evalci.errors import BadInputError
from tests.inputs import ALIAS_BOMB


def refusal(text: str, first_line: int = 1) -> str:
    with pytest.raises(BadInputError) as caught:
        parse_yaml(text, "f.yaml", first_line)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("no", "no", id="no is text"),
        pytest.param("on", "on", id="on is text"),
        pytest.param("2026-03-02", "2026-03-02", id="a date is text"),
        pytest.param("12:30:45", "12:30:45", id="a time is text"),
        pytest.param("1_000", "1_000", id="digits with underscores are text"),
        pytest.param("1.2.3", "1.2.3", id="a version of three parts is text"),
        pytest.param("-", [None], id="a dash alone is a list"),
        pytest.param("True", True, id="true"),
        pytest.param("FALSE", False, id="false"),
        pytest.param("~", None, id="tilde"),
        pytest.param("null", None, id="null"),
        pytest.param("", None, id="nothing"),
        pytest.param("+12", 12, id="a signed integer"),
        pytest.param("007", 7, id="leading zeros are decimal"),
        pytest.param("2.40", 2.4, id="a decimal"),
        pytest.param(".5", 0.5, id="a decimal without a whole part"),
        pytest.param("1e3", 1000.0, id="an exponent"),
        pytest.param("'12'", "12", id="quotes make text"),
        pytest.param('"null"', "null", id="double quotes too"),
        pytest.param("!!str 12", "12", id="so does the tag for text"),
        pytest.param("|\n  a\n  b\n", "a\nb\n", id="a block keeps its lines"),
        pytest.param(">\n  a\n  b\n", "a b\n", id="a folded block joins them"),
        pytest.param('{"a": [1, {"b": null}]}', {"a": [1, {"b": None}]}, id="JSON"),
        pytest.param("- a\n- [b, c]\n", ["a", ["b", "c"]], id="lists"),
    ],
)
def test_what_a_text_means(text: str, value: Json) -> None:
    data = parse_yaml(text, "f.yaml").data

    assert data == value
    assert type(data) is type(value)


def test_aliases_repeat_what_they_name() -> None:
    assert parse_yaml("a: &x {k: 1}\nb: *x\n", "f.yaml").data == {"a": {"k": 1}, "b": {"k": 1}}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("{<<: *a, k: 2}", {"k": 2, "j": 3}, id="what is written wins"),
        pytest.param("{k: 2, <<: *a}", {"k": 2, "j": 3}, id="wherever it stands"),
        pytest.param("{<<: [*a, {k: 5, m: 6}]}", {"k": 1, "j": 3, "m": 6}, id="the first wins"),
    ],
)
def test_mappings_can_be_merged(text: str, value: Json) -> None:
    document = parse_yaml(f"x: &a {{k: 1, j: 3}}\ny: {text}\n", "f.yaml")

    assert document.data == {"x": {"k": 1, "j": 3}, "y": value}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param(
            "a: 1\nb: 2\na: 3\n",
            "f.yaml:3: key `a` stands here twice; remove one",
            id="a doubled key",
        ),
        pytest.param(
            "a: 1\n12: b\n",
            "f.yaml:2: a key that is not text; write it in quotes",
            id="a number as a key",
        ),
        pytest.param(
            "a: !!python/object/apply:os.system [ls]\n",
            "f.yaml:1: tag `tag:yaml.org,2002:python/object/apply:os.system` is not allowed",
            id="a python object",
        ),
        pytest.param(
            "a: !env HOME\n", "f.yaml:1: tag `!env` is not allowed", id="a tag of its own"
        ),
        pytest.param(
            "a: !!binary aGk=\n",
            "f.yaml:1: tag `tag:yaml.org,2002:binary` is not allowed",
            id="binary data",
        ),
        pytest.param(
            "a: 1\n---\nb: 2\n",
            "f.yaml:2: a second document (`---`); keep one per file",
            id="a second document",
        ),
        pytest.param(
            "a: *nobody\n", "f.yaml:1: alias `*nobody` has no anchor before it", id="a lost alias"
        ),
        pytest.param(
            "a: &x [*x]\n", "f.yaml:1: alias `*x` has no anchor before it", id="an alias to itself"
        ),
        pytest.param("a: 1\n<<: 2\n", "f.yaml:2: `<<` merges mappings only", id="a merged number"),
        pytest.param(
            "a: .nan\n",
            "f.yaml:1: `.nan` is not a number JSON can hold; write it in quotes",
            id="not a number",
        ),
        pytest.param(
            "a: 1e999\n",
            "f.yaml:1: a number beyond the range of a double; write it in quotes",
            id="a number without end",
        ),
        pytest.param(
            "a: 12345678901234567890\n",
            "f.yaml:1: an integer beyond 2^53; write it in quotes",
            id="an integer that no double holds",
        ),
        pytest.param(
            "a: 1\nb: [1, 2\nc: 3\n",
            "f.yaml:3: not valid YAML: did not find expected ',' or ']' for what line 2 opens",
            id="an open bracket",
        ),
        pytest.param(
            "a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> other\n",
            "f.yaml:2: a merge conflict of git; "
            "choose a side, and take out the lines <<<<<<<, ======= and >>>>>>>",
            id="a merge conflict",
        ),
        pytest.param(
            "a:\n\t- b\n",
            "f.yaml:2: not valid YAML: found character that cannot start any token; "
            "indent with spaces, not tabs",
            id="a tab before an item",
        ),
        pytest.param(
            "a: 1\n\tb: 2\n",
            "f.yaml:2: not valid YAML: found a tab character that violates indentation; "
            "indent with spaces, not tabs",
            id="a tab",
        ),
    ],
)
def test_what_is_refused_with_its_line(text: str, line: str) -> None:
    assert refusal(text) == line


def test_lines_count_from_where_the_text_begins_in_its_file() -> None:
    assert refusal("a: 1\na: 2\n", 11) == "f.yaml:12: key `a` stands here twice; remove one"
    assert refusal("a: 1\nb: [1\nc: 2\n", 11).startswith("f.yaml:13: not valid YAML: ")
    assert parse_yaml("a: 1\nb: 2\n", "f.yaml", 11).line_of(("b",)) == 12


def test_control_characters_are_refused_in_one_line() -> None:
    line = refusal("a: \x01\n")

    assert line.startswith("f.yaml: not valid YAML: ")
    assert "\n" not in line


def test_an_alias_bomb_is_refused() -> None:
    assert refusal(ALIAS_BOMB) == f"f.yaml:5: aliases repeat more than {MAX_ALIASED_NODES:,} nodes"


def test_an_alias_bomb_of_merges_is_refused() -> None:
    big = "x: &x {" + ", ".join(f"k{n}: 1" for n in range(1000)) + "}\n"

    line = refusal(big + "y:\n" + "  - {<<: *x}\n" * 200)

    assert line.endswith(f"aliases repeat more than {MAX_ALIASED_NODES:,} nodes")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[" * 100_000, id="lists on one line"),
        pytest.param("{a: " * 100_000, id="mappings on one line"),
        pytest.param("\n".join(" " * n + "a:" for n in range(MAX_DEPTH + 2)), id="indentation"),
    ],
)
def test_bottomless_nesting_is_refused(text: str) -> None:
    assert refusal(text).endswith(f"nested deeper than {MAX_DEPTH} levels")


def test_the_deepest_nesting_allowed_is_read() -> None:
    document = parse_yaml("[" * MAX_DEPTH + "]" * MAX_DEPTH, "f.yaml")

    assert str(document.data) == "[" * MAX_DEPTH + "]" * MAX_DEPTH


TEXT = """\
# a comment
defaults: &d {prompt: p.md}
cases:
  - id: a
    inputs:
      mail: x
  - <<: *d
    id: b
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        pytest.param((), 1, id="the whole file"),
        pytest.param(("defaults", "prompt"), 2, id="inside braces"),
        pytest.param(("cases",), 3, id="a key"),
        pytest.param(("cases", 0), 4, id="an item"),
        pytest.param(("cases", 0, "inputs", "mail"), 6, id="deep inside"),
        pytest.param(("cases", 1, "id"), 8, id="after a merge"),
        pytest.param(("cases", 1, "prompt"), 7, id="what a merge brought stands at the item"),
        pytest.param(("cases", 0, "nothing", "at all"), 4, id="what is missing stands around it"),
        pytest.param(("cases", 9), 3, id="an item that is not there"),
        pytest.param(("cases", 0, "id", "x"), 4, id="inside a scalar"),
    ],
)
def test_on_which_line_something_stands(path: tuple[str | int, ...], line: int) -> None:
    assert parse_yaml(TEXT, "f.yaml").line_of(path) == line


def test_lines_are_known_when_an_anchor_is_used_twice() -> None:
    document = parse_yaml("a: &x 1\nb: &x 2\nc: *x\n", "f.yaml")

    assert document.data == {"a": 1, "b": 2, "c": 2}
    assert document.line_of(("c",)) == 3


def test_an_empty_file_begins_on_its_first_line() -> None:
    assert parse_yaml("", "f.yaml").line_of(("cases",)) == 1


@pytest.mark.parametrize(
    "number",
    [
        pytest.param(2**53 - 1, id="the largest safe integer"),
        pytest.param(1 - 2**53, id="the smallest safe integer"),
    ],
)
def test_safe_integers_are_read(number: int) -> None:
    assert parse_yaml(f"[{number}]", "f.yaml").data == [number]


@given(st.integers(2**53 - 3, 2**53 + 3).flatmap(lambda n: st.sampled_from([n, -n])))
def test_every_integer_that_is_read_can_be_hashed(number: int) -> None:
    try:
        data = parse_yaml(f"[{number}]", "f.yaml").data
    except BadInputError:
        data = []

    assert canonical(data) in {b"[]", f"[{number}]".encode()}


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_in_one_line(text: str) -> None:
    try:
        line = f"f.yaml: {canonical(parse_yaml(text, 'f.yaml').data)!r}"
    except BadInputError as exc:
        line = str(exc)

    assert line.startswith("f.yaml:")
    assert len(line.splitlines()) == 1
