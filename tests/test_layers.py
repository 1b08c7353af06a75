"""Holds the arrows of the architecture: who imports whom, and what the pure parts never touch."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "evalci"
# A room may import itself, `errors`, and what stands here. `schemas` is a leaf of constants.
MAY_IMPORT = {
    "errors": set[str](),
    "schemas": set[str](),
    "rubrics": set[str](),
    "inside": set[str](),
    "core": {"schemas", "rubrics"},
    "scorers": {"core"},
    "analysis": {"core"},
    "report": {"core"},
    "edges": {"core"},
    "case_sets": {"core", "scorers"},
    "project": {"core", "scorers", "case_sets"},
    "measure": {"core", "scorers"},
    "references": {"core", "scorers"},
    "second_opinion": {"core", "scorers", "measure"},
    "check": {"core", "scorers", "project", "measure", "__init__"},
    "cli": {
        "core",
        "report",
        "edges",
        "check",
        "case_sets",
        "project",
        "measure",
        "references",
        "second_opinion",
        "analysis",
        "__init__",
    },
    "__init__": set[str](),
    "__main__": {"cli"},
}
PURE = {"core", "scorers", "analysis", "report"}
NEVER_IN_PURE = {
    *("click", "litellm", "docker", "github", "yaml", "sqlite3", "sqlalchemy"),
    *("subprocess", "os", "time", "socket", "tempfile", "shutil", "threading"),
}
FILES = sorted(PACKAGE.rglob("*.py"))


def room_of(file: Path) -> str:
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports_of(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module == "evalci":
            yield from (f"evalci.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module)


def our_rooms(file: Path) -> set[str]:
    parts = [name.split(".") for name in imports_of(file) if name.split(".")[0] == "evalci"]
    return {part[1] if part[1] in MAY_IMPORT else "__init__" for part in parts}


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_no_arrow_points_upwards(file: Path) -> None:
    room = room_of(file)

    assert our_rooms(file) <= MAY_IMPORT[room] | {room, "errors"}


@pytest.mark.parametrize(
    "file",
    [f for f in FILES if room_of(f) in PURE],
    ids=lambda file: str(file.relative_to(PACKAGE)),
)
def test_the_pure_parts_touch_nothing_of_the_world(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    called = {
        n.func.id
        for n in ast.walk(tree)
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
    }

    assert {name.split(".")[0] for name in imports_of(file)} & NEVER_IN_PURE == set()
    assert "open" not in called


def test_edges_do_not_import_each_other() -> None:
    """Only the bundle joins them, and `llm` is one folder of clients with one package file."""
    found = {
        f"{file.relative_to(PACKAGE)} -> {name}"
        for file in FILES
        if room_of(file) == "edges" and file.name != "__init__.py"
        for name in imports_of(file)
        if name.startswith("evalci.edges")
    }

    assert found == set()


def test_there_is_no_room_without_a_noun() -> None:
    names = {part for file in FILES for part in file.relative_to(PACKAGE).with_suffix("").parts}

    assert names & {"utils", "helpers", "common", "misc"} == set()


def test_no_module_is_longer_than_its_limit() -> None:
    long = {
        str(f): n for f in FILES if (n := len(f.read_text(encoding="utf-8").splitlines())) > 300
    }

    assert long == {}
