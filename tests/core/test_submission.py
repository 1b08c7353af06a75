"""Code found in real-looking answers, and put onto a code base."""

from textwrap import indent

import pytest

from evalci.core.file_blocks import file_blocks
from evalci.core.golden_set import Case, CodeTarget, ContextFile, Protocol
from evalci.core.submission import NO_CODE, Submission, continued, find_code, read_submission
from tests.inputs import make_case

CODE = "def f():\n    return 1"
FENCE = f"```python\n{CODE}\n```"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        pytest.param(FENCE, CODE, id="a fence"),
        pytest.param(f"Sure, here:\n\n{FENCE}\n\nIt returns 1.", CODE, id="prose around it"),
        pytest.param(f"~~~py\n{CODE}\n~~~", CODE, id="tildes"),
        pytest.param(f"```\n{CODE}\n```", CODE, id="no language"),
        pytest.param(f"```java\n{CODE}\n```", CODE, id="the wrong language"),
        pytest.param(f"```python\n{CODE}", CODE, id="never closed"),
        pytest.param(
            f"```bash\npip install something-with-a-very-long-name-indeed\n```\n{FENCE}",
            CODE,
            id="a longer block of another language before it",
        ),
        pytest.param(f"{FENCE}\nThen:\n```python\nf()\n```", CODE, id="a usage example after it"),
        pytest.param(CODE, f"{CODE}\n", id="no fence"),
        pytest.param(
            f"Here is the function\n{CODE}\nHope this helps", f"{CODE}\n", id="bare prose"
        ),
        pytest.param("    return 1\n", "    return 1\n", id="an indented body"),
        pytest.param("\n\n    x = 1\n    return x\n", "\n\n    x = 1\n    return x\n", id="blanks"),
        pytest.param("I cannot help with that.", None, id="a refusal"),
        pytest.param("", None, id="nothing"),
        pytest.param("  \n \n", None, id="blank lines"),
        pytest.param("```python\n```", None, id="an empty block"),
        pytest.param(
            f"1. So:\n\n{indent(FENCE, '   ')}\n", CODE, id="a fence as far in as its content"
        ),
        pytest.param(f"- So:\n\n{indent(FENCE, '      ')}\n", CODE, id="a fence deep in a list"),
        pytest.param(f"1. {indent(FENCE, '   ').lstrip()}\n", CODE, id="a fence begins an item"),
        pytest.param(f"- {FENCE}\n- {FENCE}", CODE, id="twice, ending at the left"),
        pytest.param(f"   ```\n{CODE}\n   ```", CODE, id="a fence further in than its content"),
        pytest.param(
            'def g():\n    """Say.\n\n    ```\n    g()\n    ```\n    """\n',
            'def g():\n    """Say.\n\n    ```\n    g()\n    ```\n    """\n',
            id="a fence in a docstring",
        ),
    ],
)
def test_find_code(answer: str, code: str | None) -> None:
    assert find_code(answer, "python") == code


def test_a_longer_block_that_uses_the_answer_is_not_the_answer() -> None:
    tests = "from solution import f\n\ndef test_f():\n    assert f() == 1\n    assert f() != 2\n"

    code = find_code(f"{FENCE}\n```python\n{tests}```", "python", module="solution")

    assert code == CODE


PROMPT = 'def f():\n    """Return 1."""\n'


@pytest.mark.parametrize(
    ("start", "code", "whole"),
    [
        pytest.param(PROMPT, "    return 1\n", f"{PROMPT}    return 1\n", id="a body"),
        pytest.param(PROMPT, CODE, f"{PROMPT}{CODE}", id="the function again"),
        pytest.param("def f():\n", CODE, CODE, id="a start that is nothing alone"),
        pytest.param(PROMPT, f"{PROMPT}    return 1\n", f"{PROMPT}    return 1\n", id="repeated"),
        pytest.param("", CODE, CODE, id="no start"),
    ],
)
def test_an_answer_continues_the_prompt_where_it_is_a_body(
    start: str, code: str, whole: str
) -> None:
    assert continued(start, code) == whole


def case_of(protocol: Protocol, **fixture: str) -> Case:
    files = tuple(ContextFile(path=f"{name}.py", content=text) for name, text in fixture.items())
    return make_case(protocol=protocol, target=CodeTarget(fixture=files))


def test_file_blocks_are_written_over_the_fixture() -> None:
    case = case_of(Protocol.FILE_BLOCKS, a="old\n", b="kept\n")
    answer = "### FILE: `a.py`\n```python\nnew\n```\n**FILE: pkg/c.py**\nbare = 1\n"

    found = read_submission(case, answer)

    assert case.target is not None
    assert found.applied_to(case.target) == {
        "a.py": "new\n",
        "b.py": "kept\n",
        "pkg/c.py": "bare = 1\n",
    }


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "../x.py", "a/../../x.py", "a\\..\\x.py", ".git/hooks/x", "C:/x", "a//b", "a/"],
)
def test_a_path_outside_is_refused(path: str) -> None:
    found = read_submission(case_of(Protocol.FILE_BLOCKS), f"FILE: {path}\nx = 1\n")

    assert "leaves the code base" in found.problem
    assert found.written == {}


@pytest.mark.parametrize(
    ("answer", "path"),
    [
        pytest.param("FILE: a\nx\nFILE: a/b\ny\n", "a", id="within the answer"),
        pytest.param("FILE: k.py/b\ny\n", "k.py", id="a file of the code base as a folder"),
    ],
)
def test_a_path_that_is_file_and_folder_is_refused(answer: str, path: str) -> None:
    found = read_submission(case_of(Protocol.FILE_BLOCKS, k="x\n"), answer)

    assert found.problem == f"'{path}' is a file and a folder"


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param("FILE: a.py\n```python\n# File: a.py\nx = 1\n```\n", id="named again"),
        pytest.param("FILE: a.py\n```\n# File: tools\nx = 1\n```\n", id="a comment at the top"),
        pytest.param('FILE: a.py\n```\n"""Do.\n\nFile: it.\n"""\n```\n', id="in a docstring"),
        pytest.param('FILE: a.py\n"""Do.\n\n    File: it.\n"""\n', id="further in, no fence"),
        pytest.param("FILE: ./a.py\nx = 1\n", id="a dot before it"),
        pytest.param("1. **FILE: `a.py`** (new)\n\n   ```\n   x = 1\n   ```\n", id="in a list"),
        pytest.param("- FILE: a.py\n  ```\n  - FILE: b\n  ```\n", id="an item about an item"),
        pytest.param("```python\n# FILE: a.py\nx = 1\n```\nDone.\n", id="inside of its fence"),
        pytest.param("```js\n// FILE: a.py\nx = 1\n```\n", id="in a comment of another language"),
        pytest.param("```\nFILE: a.py\nx = 1\n```\n", id="a fence around it"),
    ],
)
def test_one_file_is_found(answer: str) -> None:
    assert list(file_blocks(answer)) == ["a.py"]
    assert "```" not in file_blocks(answer)["a.py"]


@pytest.mark.parametrize(
    "rest",
    [
        pytest.param("Done.\n", id="prose"),
        pytest.param("Run it:\n```sh\npytest\n```\n", id="another fence"),
    ],
)
def test_a_file_named_inside_its_fence_ends_with_it(rest: str) -> None:
    answer = f"```python\n# FILE: a.py\nx = 1\n```\n{rest}"

    assert file_blocks(answer) == {"a.py": "x = 1\n"}


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param("```py\n# FILE: a\n1\n```\n```py\n# FILE: b\n2\n```\n", id="two fences"),
        pytest.param("```\nFILE: a\n1\nFILE: b\n2\n```\n", id="one fence around both"),
        pytest.param("FILE: a\n```\n1\n```\nand\nFILE: b\n2\n", id="with a fence and without"),
        pytest.param("````\nFILE: a\n```\n1\n```\nFILE: b\n```\n2\n```\n````\n", id="nested"),
        pytest.param(
            "```py\n# FILE: a\n1\n```\nand\n```py\n# FILE: b\n2\n```\nDone.\n",
            id="two fences with prose",
        ),
    ],
)
def test_two_files_are_found(answer: str) -> None:
    assert file_blocks(answer) == {"a": "1\n", "b": "2\n"}


@pytest.mark.parametrize("protocol", [Protocol.CODE, Protocol.FILE_BLOCKS, Protocol.UNIFIED_DIFF])
def test_an_answer_without_code_says_so(protocol: Protocol) -> None:
    found = read_submission(case_of(protocol), "No.")

    assert found == Submission(problem=NO_CODE, extracted=False)


def test_a_diff_that_escapes_is_refused() -> None:
    answer = "--- /dev/null\n+++ b/../x.py\n@@ -0,0 +1 @@\n+x = 1\n"

    found = read_submission(case_of(Protocol.UNIFIED_DIFF), answer)

    assert "leaves the code base" in found.problem


def test_a_diff_that_does_not_fit_was_extracted_and_does_not_apply() -> None:
    answer = "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-nothing like it\n+x\n"

    found = read_submission(case_of(Protocol.UNIFIED_DIFF, a="x = 1\n"), answer)

    assert (found.extracted, found.problem) == (True, "a.py: hunk 1 does not apply")
