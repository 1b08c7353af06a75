"""Reading the answer out of a model's text."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalci.core.answer import fenced_blocks, read_answer
from evalci.core.golden_set import Protocol


@given(st.text(max_size=40))
def test_a_text_answer_is_the_text_as_it_came(text: str) -> None:
    assert read_answer(Protocol.TEXT, text) == text


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        pytest.param(' {"a": 1}\n', '{"a": 1}', id="bare"),
        pytest.param('```json\n{"a": 1}\n```', '{"a": 1}', id="in a fence"),
        pytest.param('\n```\n{"a": 1}\n```\n\n', '{"a": 1}', id="in a fence without a name"),
        pytest.param('~~~json\n{"a": 1}\n~~~', '{"a": 1}', id="in a fence of tildes"),
        pytest.param('```json\n{\n"a": 1\n}\n```', '{\n"a": 1\n}', id="over several lines"),
    ],
)
def test_a_json_answer_is_the_whole_text_or_the_one_block(text: str, answer: str) -> None:
    assert read_answer(Protocol.JSON, text) == answer


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('Here it is:\n```json\n{"a": 1}\n```', id="words before the block"),
        pytest.param('```json\n{"a": 1}\n```\nHope it helps', id="words after the block"),
        pytest.param('```\n{"a": 1}\n```\n```\n{"a": 2}\n```', id="two blocks"),
    ],
)
def test_a_json_answer_with_anything_around_it_stays_what_it_is(text: str) -> None:
    assert read_answer(Protocol.JSON, text) == text


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('```json\n{"a": 1}\n\n```', id="an empty line before the closing fence"),
        pytest.param('```json\n\n{"a": 1}\n```', id="an empty line after the opening fence"),
        pytest.param('```json\n{"a": "x\u2028y"}\n```', id="a line separator inside a text"),
        pytest.param('```json\r\n{"a": 1}\r\n```\r\n', id="carriage returns"),
    ],
)
def test_a_fenced_json_answer_parses(text: str) -> None:
    answer = read_answer(Protocol.JSON, text)

    assert set(json.loads(answer or "")) == {"a"}


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        pytest.param("Sure:\n```python\nx = 1\n```\nDone.", "x = 1", id="the block, not the words"),
        pytest.param("```\na\n```\n```\nlong\n```", "long", id="the longest block"),
        pytest.param("```\nab\n```\n```\ncd\n```", "ab", id="the first of equals"),
        pytest.param("x = 1\n", "x = 1\n", id="all of it without a fence"),
        pytest.param("```python\nx = 1\ny = 2", "x = 1\ny = 2", id="an unclosed block"),
        pytest.param(
            "````md\n```\nin\n```\n````", "```\nin\n```", id="a fence inside a longer one"
        ),
        pytest.param("~~~\n```\n~~~", "```", id="backticks inside tildes"),
        pytest.param("```\n  x\n\n  y\n```", "  x\n\n  y", id="indentation and empty lines stay"),
        pytest.param("Use ```x``` here", "Use ```x``` here", id="inline code opens no block"),
    ],
)
def test_a_code_answer_is_the_longest_block(text: str, answer: str) -> None:
    assert read_answer(Protocol.CODE, text) == answer


def test_a_form_feed_inside_code_stays() -> None:
    assert read_answer(Protocol.CODE, "```python\nx = 1\n\x0c\ny = 2\n```") == "x = 1\n\x0c\ny = 2"


@pytest.mark.parametrize(
    ("protocol", "text"),
    [
        pytest.param(Protocol.JSON, "", id="json, nothing"),
        pytest.param(Protocol.JSON, " \n", id="json, white space"),
        pytest.param(Protocol.CODE, "", id="code, nothing"),
        pytest.param(Protocol.CODE, "words\n```\n\n```", id="code, an empty block"),
    ],
)
def test_there_may_be_no_answer(protocol: Protocol, text: str) -> None:
    assert read_answer(protocol, text) is None


def test_a_closing_fence_is_at_least_as_long_as_the_opening_one() -> None:
    assert fenced_blocks("````\na\n```\nb\n`````\nc") == ["a\n```\nb"]


def test_a_closing_fence_is_of_the_same_kind() -> None:
    assert fenced_blocks("```\na\n~~~\nb\n```") == ["a\n~~~\nb"]
