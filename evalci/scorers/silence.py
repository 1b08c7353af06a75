"""Takes out of Python what keeps a type checker from judging it; its text runs in the sandbox.

There the Python that the code is for reads it. Standard library only, and nothing of evalci.
"""

from __future__ import annotations

import ast
import re
import unicodedata

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SILENCE = re.compile(r"#\s*(?:type:\s*ignore|mypy:)")
_UNCHECKED = re.compile(r"\bno_type_check\b")
_HEARD = "no_type_check_decorator"  # stands beside it in `typing`, and leaves a function as it is
# mypy takes them for true or false by their name alone, and looks at one side of the test only.
_DECIDED = frozenset({"TYPE_CHECKING", "MYPY", "PY2", "PY3"})
_OPEN = b"(0 < 1%b)"  # a `bool` that mypy does not work out
_ODD_WORD = re.compile(r"\w*[^\W\x00-\x7f]\w*")  # Python takes it in its plain form
_NAMING = (ast.Import, ast.ImportFrom, ast.Pass)
_VALUES = (ast.Name, ast.Attribute, ast.Constant, ast.Subscript, ast.Tuple, ast.expr_context)


def heard(text: str, before: Sequence[str] = ()) -> str:
    """Return Python without what would silence a type checker or hide code from it.

    That is comments, `no_type_check`, and tests of names such as `TYPE_CHECKING`, of which both
    sides are judged then, unless they do no more than import and name. What the files ``before``
    hold already stays: lines, and whole `if` statements.
    """
    kept = {line.strip() for old in before for line in old.split("\n")}
    lines = (line if line.strip() in kept else _loud(line) for line in text.split("\n"))
    return _shown("\n".join(lines), before)


def _loud(line: str) -> str:
    plain = _ODD_WORD.sub(lambda word: unicodedata.normalize("NFKC", word[0]), line)
    return _UNCHECKED.sub(_HEARD, _SILENCE.sub("# ", plain))


def _shown(text: str, before: Sequence[str]) -> str:
    tree = _tree(text)
    kept = {_lines_of(old, test) for old in before for test in _tests(_tree(old))}
    left = {
        node
        for test in _tests(tree)
        if _names_only(test) or _lines_of(text, test) in kept
        for node in ast.walk(test)
    }
    lines = [line.encode() for line in text.split("\n")]
    for node in reversed([node for node in _decided(tree) if node not in left]):
        first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
        rest = lines[last][node.end_col_offset :]
        instead = lines[first][: node.col_offset] + _OPEN % (b"\n" * (last - first)) + rest
        lines[first : last + 1] = instead.split(b"\n")
    return b"\n".join(lines).decode()


def _tree(text: str) -> ast.Module:
    """Return the code; none when there is no name in it that counts, or no tool can read it."""
    try:
        return ast.parse(text if any(name in text for name in _DECIDED) else "")
    except (SyntaxError, ValueError):
        return ast.parse("")


def _decided(tree: ast.Module) -> list[ast.Name | ast.Attribute]:
    """Return in their order the places where a value is used that is known by its name."""
    found = [
        node
        for node in ast.walk(tree)
        if isinstance(node, (ast.Name, ast.Attribute))
        and isinstance(node.ctx, ast.Load)
        and (node.id if isinstance(node, ast.Name) else node.attr) in _DECIDED
    ]
    return sorted(found, key=lambda node: (node.lineno, node.col_offset))


def _tests(tree: ast.Module) -> Iterator[ast.If]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.If))


def _names_only(test: ast.If) -> bool:
    """Tell whether both sides of a test do no more than give names to what is there."""
    return all(
        isinstance(statement, _NAMING)
        or (
            isinstance(statement, ast.Assign)
            and all(isinstance(node, _VALUES) for node in ast.walk(statement.value))
        )
        for statement in (*test.body, *test.orelse)
    )


def _lines_of(text: str, node: ast.stmt) -> str:
    return "\n".join(text.split("\n")[node.lineno - 1 : node.end_lineno]).strip()
