"""Small mistakes put into a reference answer, to see whether the tests of its case notice."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass

MAX_MUTANTS = 12
_FLIPPED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A changed program, and what was changed in it."""

    text: str
    change: str


def mutants(text: str) -> list[Mutant]:
    """Return up to MAX_MUTANTS programs that differ from a Python text in one place each.

    Comparisons are flipped, constants changed, returns emptied; spread over the whole text.
    Nothing is returned for a text that is not Python.
    """
    try:
        count = len(list(_changes(ast.parse(text))))
    except SyntaxError:
        return []
    step = max(1, -(-count // MAX_MUTANTS))
    found = []
    for index in range(0, count, step):
        tree = ast.parse(text)
        line, what, change = list(_changes(tree))[index]
        change()
        found.append(Mutant(text=ast.unparse(tree) + "\n", change=f"line {line}: {what}"))
    return found


Change = tuple[int, str, Callable[[], None]]


def _changes(tree: ast.Module) -> Iterator[Change]:
    """Yield each place that can be changed, with the function that changes it."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare) and type(node.ops[0]) in _FLIPPED:
            yield node.lineno, "comparison flipped", _flip(node)
        elif isinstance(node, ast.Constant) and id(node) not in docstrings and _known(node):
            yield node.lineno, f"constant {node.value!r} changed", _change_constant(node)
        elif isinstance(node, ast.Return) and node.value is not None:
            yield node.lineno, "returns None", _empty(node)


def _known(node: ast.Constant) -> bool:
    return isinstance(node.value, (bool, int, float, str))


def _flip(node: ast.Compare) -> Callable[[], None]:
    def change() -> None:
        node.ops[0] = _FLIPPED[type(node.ops[0])]()

    return change


def _change_constant(node: ast.Constant) -> Callable[[], None]:
    def change() -> None:
        value = node.value
        if isinstance(value, bool):
            node.value = not value
        elif isinstance(value, (int, float)):
            node.value = value + 1
        elif isinstance(value, str):
            node.value = f"{value}x"

    return change


def _empty(node: ast.Return) -> Callable[[], None]:
    def change() -> None:
        node.value = None

    return change
