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
        pytest.param(["import re", HELPER.removeprefix("import re\n\n\n")], id="an import apart"),
        pytest.param(
            ["from re import (\n    sub as by,\n)", "def f(n):\n    return by(n, '', '')"],
            id="an import by another name",
        ),
        pytest.param(
            ["import re", f"{MAIN}\n{MAIN}", "def helper(t):\n    return re"], id="for a part"
        ),
        pytest.param([f'"""Help.\n\nMuch.\n"""\n{HELPER}', f"{MAIN}{' ' * 99}"], id="a docstring"),
        pytest.param(
            ['TEXT = """\nflush left\n"""', "def f(n):\n    return TEXT[n:]"], id="a long text"
        ),
        pytest.param([f"log = 1\n{HELPER}", f"log = 1\n{MAIN}{' ' * 99}"], id="a value in both"),
        pytest.param([f"setup()\n{HELPER}", f"{MAIN}{' ' * 99}"], id="it acts and is needed"),
        pytest.param(
            [
                f"try:\n    import re\nexcept ImportError:\n    re = None\n{HELPER}",
                "class A:\n    b = 1",
            ],
            id="an import that may fail",
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
        pytest.param("text = helper('a  b')\nprint(text)", id="a name that is a local one"),
        pytest.param("from my import helper\n\n\ndef view():\n    helper('')", id="a user of it"),
        pytest.param("from my import helper", id="how it is imported"),
        pytest.param(">>> text = helper('a  b')\n>>> text\n'a b'" + " " * 99, id="a session"),
        pytest.param("if __name__ == '__main__':\n    helper('')", id="a main program"),
    ],
)
@pytest.mark.parametrize("before", [False, True], ids=["behind it", "before it"])
def test_what_is_no_part_is_left_out(other: str, before: bool) -> None:
    blocks = [other, HELPER] if before else [HELPER, other]

    assert whole_python(blocks) == HELPER


def test_a_block_that_defines_nothing_is_the_longest_one() -> None:
    assert whole_python(["    return 1", "    return 1 + 1"]) == "    return 1 + 1"


def test_an_import_of_the_future_comes_to_the_top_once() -> None:
    future = "from __future__ import annotations\n"

    whole = whole_python([f"{future}{MAIN}", f"{future}{HELPER}"])

    assert whole == f"{future}\n\n{MAIN}\n\n{HELPER}"


def test_an_example_that_comes_before_what_it_calls_is_left_out() -> None:
    assert whole_python(["text = helper('a  b')", HELPER]) == HELPER


def test_of_an_interactive_session_the_typed_lines_are_the_code() -> None:
    session = ">>> def f(x):\n...     return x\n...\n>>> A = 1\n1"

    assert whole_python([session]) == "def f(x):\n    return x\n\nA = 1"


@pytest.mark.parametrize("language", ["python", "ruby"])
def test_what_the_prompt_holds_is_not_the_answer(language: str) -> None:
    old = (
        "def f(x)\n  x + 1 + 1 + 1\nend" if language == "ruby" else "def f(x):\n  return x + 1 + 1"
    )
    answer = f"Before:\n```\n{old}\n```\nAfter:\n```\ndef f(x): x\n```"
    case = make_case(
        protocol=Protocol.CODE,
        dimensions={**make_case().dimensions, "language": (language,)},
        inputs={"files": [{"code": f"# a\n{old}  \n"}]},
    )

    found = read_submission(case, answer)

    assert list(found.written.values()) == ["def f(x): x"]


def test_an_answer_that_repeats_the_prompt_alone_is_one() -> None:
    case = make_case(protocol=Protocol.CODE, inputs={"code": HELPER})

    found = read_submission(case, f"It is fine:\n```\n{HELPER}\n```\nas\n```\nprint(1)\n```")

    assert found.written == {"solution.py": HELPER}


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
