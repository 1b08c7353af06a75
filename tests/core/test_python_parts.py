"""Answers whose Python is split over several blocks: parts, versions, examples and tests."""

import pytest

from evalci.core.golden_set import Protocol
from evalci.core.python_parts import whole_python
from evalci.core.submission import find_code, read_submission
from tests.inputs import make_case

HELPER = "import re\n\n\ndef helper(text):\n    return re.sub(r'\\s+', ' ', text).strip()"
MAIN = "def main(text):\n    return helper(text)"
VALUES = "LIMIT: int = 10\nNAMES = [\n    'a',\n]"


@pytest.mark.parametrize(
    "blocks",
    [
        pytest.param([HELPER, MAIN], id="a long helper and a short function"),
        pytest.param([MAIN, HELPER], id="the function first"),
        pytest.param([MAIN], id="one"),
        pytest.param([VALUES, "def f(n):\n    return min(n, LIMIT)"], id="values that it uses"),
        pytest.param(
            ["class Node:\n    pass", "@cache\nasync def walk(node):\n    ..."], id="a decorator"
        ),
    ],
)
def test_parts_make_one_file_in_their_order(blocks: list[str]) -> None:
    assert whole_python(blocks) == "\n\n".join(blocks)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param("def helper(text):\n    return text", id="a version of it"),
        pytest.param("print(helper('a  b'))", id="an example"),
        pytest.param("for _ in range(9):\n    print(helper(''))" + " " * 99, id="a long example"),
        pytest.param("found = helper('a  b')", id="an example that keeps its result"),
        pytest.param("def test_helper():\n    assert helper(' ') == ''" + " " * 99, id="tests"),
        pytest.param("from __future__ import annotations\n\nclass A:\n    pass", id="a future"),
        pytest.param("if __name__ == '__main__':\n    helper('')", id="a main program"),
    ],
)
@pytest.mark.parametrize("before", [False, True], ids=["behind it", "before it"])
def test_what_is_no_part_is_left_out(other: str, before: bool) -> None:
    blocks = [other, HELPER] if before else [HELPER, other]

    assert whole_python(blocks) == HELPER


def test_a_block_that_defines_nothing_is_the_longest_one() -> None:
    assert whole_python(["    return 1", "    return 1 + 1"]) == "    return 1 + 1"


def test_an_import_of_the_future_stays_at_the_top() -> None:
    main = f"from __future__ import annotations\n\n\n{HELPER}"

    assert whole_python([MAIN, main]) == main


def test_blocks_of_another_language_are_not_put_together() -> None:
    answer = "```js\nfunction a() { return 1 }\n```\n```js\nfunction bb() { return 22 }\n```"

    assert find_code(answer, "javascript") == "function bb() { return 22 }"


DRAFT = f"First I try this:\n```python\n{HELPER}\n\n\ndef f():\n    return helper('  long ')\n```\n"
ANSWER = "def f():\n    return 1"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param(f"<think>\n{DRAFT}</think>\n\n```python\n{ANSWER}\n```", ANSWER, id="think"),
        pytest.param(f"\n<thinking>{DRAFT}</thinking>```\n{ANSWER}\n```", ANSWER, id="thinking"),
        pytest.param(f"{DRAFT}</think>\n```\n{ANSWER}\n```", ANSWER, id="opened by the template"),
        pytest.param(f"<think>{DRAFT}</think>\n{ANSWER}\n", f"{ANSWER}\n", id="no fence"),
        pytest.param(f"<think>\n{DRAFT}", None, id="never ended"),
    ],
)
def test_a_draft_in_the_reasoning_is_not_the_answer(text: str, code: str | None) -> None:
    found = read_submission(make_case(protocol=Protocol.CODE), text)

    assert found.written.get("solution.py") == code


def test_code_that_speaks_of_reasoning_tags_stays_whole() -> None:
    code = 'START = "<think>"\nEND = """\n</think>\n"""'

    found = read_submission(make_case(protocol=Protocol.CODE), f"```python\n{code}\n```")

    assert found.written == {"solution.py": code}
