"""Reads which modules and names Python files use, running nothing of them."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

_IMPORTING = {"__import__", "import_module"}


def used_in(source: bytes) -> dict[str, list[str]]:
    """Return the ``modules`` that code imports, and the builtins (``names``) that it uses.

    ``parts`` are the dotted names behind its names, ``foreign`` the modules at the top that are
    not of the standard library. What is no Python is a SyntaxError.
    """
    import ast
    import builtins

    nodes = list(ast.walk(ast.parse(source)))
    modules, known = _imports(nodes)
    used = {name for node in nodes for name in _full_names(node, known)}
    parts = {name for name in {*known.values(), *used} if "." in name}
    names = {node.id for node in nodes if isinstance(node, ast.Name)}
    names |= {name.removeprefix("builtins.") for name in parts}
    return {
        "modules": sorted(modules),
        "parts": sorted(parts),
        "names": sorted(names & set(dir(builtins))),
        "foreign": sorted({m.split(".")[0] for m in modules} - sys.stdlib_module_names),
    }


def _imports(nodes: Iterable[Any]) -> tuple[set[str], dict[str, str]]:
    """Return the modules that code imports, and what each name that it imports stands for."""
    import ast

    modules, known = set[str](), {"__builtins__": "builtins"}
    for node in nodes:
        if isinstance(node, ast.Import):
            modules |= {a.name for a in node.names}
            known |= {(top := a.name.split(".")[0]): top for a in node.names}
            known |= {a.asname: a.name for a in node.names if a.asname}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            modules.add(str(node.module))
            known |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
        elif isinstance(node, ast.Call) and _imports_by_name(node.func):
            modules |= {str(a.value) for a in node.args[:1] if isinstance(a, ast.Constant)}
    return modules, known


def _imports_by_name(function: Any) -> bool:
    return getattr(function, "id", getattr(function, "attr", "")) in _IMPORTING


def _full_names(node: Any, known: Mapping[str, str]) -> Iterator[str]:
    """Yield what a name, with the attributes behind it, stands for by the imports."""
    behind = ""
    while hasattr(node, "attr"):
        node, behind = node.value, f".{node.attr}{behind}"
    name = getattr(node, "id", "")
    if name in known:
        yield f"{known[name]}{behind}"
    elif name and "*" in known:
        yield f"{known['*'][:-1]}{name}{behind}"
