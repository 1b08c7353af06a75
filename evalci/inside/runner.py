"""Runs the tested Python code of one check and reports over a channel of its own.

What it needs is taken before tested code is imported; every record carries a token that the code
was not told. Code in the same process can still find the token by introspection: SECURITY notes.
A check lasts some 20 ms, so what takes long to import is imported where it is used.
"""

from __future__ import annotations

import marshal
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any, TypeAlias

    Report: TypeAlias = Callable[[Mapping[str, object]], None]

VERDICT = 3
GUARDED = ("pytest", "_pytest", "pluggy", "unittest", "builtins")
LIMIT = 400


def reporter(token: str) -> Report:
    """Return the function that writes a record, with everything it needs bound to it."""
    import builtins

    write, encode = os.write, encoded
    restore, before = vars(builtins).update, dict(vars(builtins))

    def report(record: Mapping[str, object]) -> None:
        restore(before)  # what tested code made of `str` must not write its verdict
        data = f"\n{token} {encode(record)}\n".encode()
        while data:
            data = data[write(VERDICT, data) :]

    return report


def encoded(value: object) -> str:
    """Return the JSON of texts, whole numbers, and their lists and mappings."""
    if isinstance(value, dict):
        return f"{{{','.join(f'{encoded(k)}:{encoded(v)}' for k, v in value.items())}}}"
    if isinstance(value, list):
        return f"[{','.join(map(encoded, value))}]"
    if isinstance(value, int):
        return str(int(value))
    plain = {c: c for c in map(chr, range(32, 127)) if c not in '"\\\\'}
    units = memoryview(str(value).encode("utf-16-le", "surrogatepass")).cast("H")
    return '"' + "".join(plain.get(chr(unit)) or f"\\u{unit:04x}" for unit in units) + '"'


def first_line(text: str) -> str:
    """Return the first line of a message, cut to length."""
    return (text.strip().splitlines() or [""])[0][:LIMIT]


def run_script(task: Mapping[str, Any], report: Report) -> None:
    """Run a plain check script: it passes when it reaches its end."""
    path = str(task["script"])
    source = _read(path)
    code, describe = compile(source, path, "exec"), _describer(path, source)
    sys.path.insert(0, os.getcwd())  # noqa: PTH109  # see `_read`
    message = ""
    try:
        exec(code, {"__name__": "__main__", "__file__": path})  # noqa: S102  # the check itself
    except BaseException as exc:  # noqa: BLE001  # also SystemExit: the end was not reached
        message = describe(exc)
        report({"id": path, "outcome": "failed", "message": message})
        return
    report({"id": path, "outcome": "passed", "message": ""})


def _read(path: str) -> bytes:
    with open(path, "rb") as stream:  # noqa: PTH123  # importing pathlib takes longer than a check
        return stream.read()


def _describer(path: str, source: bytes) -> Callable[[BaseException], str]:
    lines = source.decode("utf-8", "replace").splitlines()

    def describe(exc: BaseException) -> str:
        name, number, trace = type(exc).__name__, 0, exc.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == path:
                number = trace.tb_lineno
            trace = trace.tb_next
        try:
            text = f"{name}: {exc}" if str(exc) else name
        except Exception:  # noqa: BLE001  # the exception is the tested code's own
            text = name
        where = lines[number - 1].strip() if 0 < number <= len(lines) else ""
        return first_line(f"{text} at `{where}`" if where else text)

    return describe


def guarded() -> list[tuple[str, Any, str, Any]]:
    """Return what tested code must not replace: the callables of test tools and the builtins."""
    found: list[tuple[str, Any, str, Any]] = []
    for module_name, module in list(sys.modules.items()):
        if module_name.split(".")[0] in GUARDED:
            for name, value in _callables(vars(module)):
                found.append((f"{module_name}.{name}", module, name, value))
                if isinstance(value, type) and value.__module__ == module_name:
                    found += [
                        (f"{module_name}.{name}.{inner}", value, inner, function)
                        for inner, function in _callables(vars(value))
                    ]
    return found


def _callables(namespace: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in list(namespace.items()):
        if callable(value) or isinstance(value, (staticmethod, classmethod, property)):
            yield name, value


class Watcher:
    """A pytest plugin that reports each test and notices what was patched."""

    def __init__(self, report: Report) -> None:
        """Remember pytest as it was before tested code was there."""
        self._report, self._before = report, guarded()
        self._modules = {name: sys.modules[name] for name in GUARDED if name in sys.modules}
        self._get, self._vars = sys.modules.get, vars
        self._failed: dict[str, tuple[str, str]] = {}
        self._done: dict[str, str] = {}

    def patched(self) -> str:
        """Return what is no longer what it was, if anything."""
        for name, module in self._modules.items():
            if self._get(name) is not module:
                return name
        for name, holder, key, value in self._before:
            if self._vars(holder).get(key) is not value:
                return name
        return ""

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Keep the outcome of one phase of a test."""
        # tests are marked by who wrote them; `pytest.xfail()` can be called by the tested code
        marked = not {"xfail", "__unittest_expecting_failure__"}.isdisjoint(report.keywords)
        failed_as_marked = report.skipped and marked and hasattr(report, "wasxfail")
        outcome = "passed" if failed_as_marked else report.outcome
        if report.when == "call" or outcome != "passed":
            self._done.setdefault(report.nodeid, outcome)
        if outcome == "failed":
            self._done[report.nodeid] = outcome
            crash = getattr(report.longrepr, "reprcrash", None)
            message = crash.message if crash else str(report.longrepr)
            self._failed.setdefault(report.nodeid, (outcome, first_line(message)))

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Report a test, unless what judged it was patched."""
        patched = self.patched()
        outcome, message = self._done.get(nodeid, "failed"), self._failed.get(nodeid, ("", ""))[1]
        if patched:
            outcome, message = "failed", f"the code replaced {patched}"
        self._report({"id": nodeid, "outcome": outcome, "message": message})

    def pytest_collection_finish(self, session: Any) -> None:
        """Report which tests there are, so that one that never ends is missed."""
        self._report({"collected": [item.nodeid for item in session.items]})

    def pytest_collectreport(self, report: Any) -> None:
        """Report a test file that could not be imported."""
        if report.failed:
            lines = [line for line in str(report.longrepr).splitlines() if line.startswith("E ")]
            message = lines[-1][1:].strip() if lines else str(report.longrepr)
            self._report({"id": report.nodeid, "outcome": "failed", "message": first_line(message)})


def run_pytest(task: Mapping[str, Any], report: Report) -> None:
    """Run test files with pytest, each test reported as it ends."""
    # plugins of the image may patch pytest, which is what the watcher looks for
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    import pytest

    _import_watched(task["files"])
    here = os.getcwd()  # noqa: PTH109  # as in the whole file
    sys.path.insert(0, here)
    watcher = Watcher(report)
    # legacypath patches pytest by itself
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:legacypath", "--tb=short", "-W", "default"]
    code = pytest.main([*options, "--rootdir", here, *task["files"]], plugins=[watcher])
    report({"end": int(code)})


def _import_watched(tests: Iterable[str]) -> None:
    """Import what judges the tests before tested code can reach it: the watcher guards no other."""
    from importlib import import_module

    from _pytest.config import default_plugins

    for name in default_plugins:
        if name not in {"legacypath", "cacheprovider"}:
            import_module(f"_pytest.{name}")
    if any(b"unittest" in _read(path) for path in tests):
        import_module("unittest.mock")


def run_compile(task: Mapping[str, Any], report: Report) -> None:
    """Byte-compile files."""
    import warnings

    warnings.simplefilter("ignore")
    for path in task["files"]:
        message = ""
        try:
            compile(_read(path), path, "exec", dont_inherit=True)
        except SyntaxError as exc:
            message = f"line {exc.lineno}: {exc.msg}"
        except (ValueError, RecursionError, MemoryError) as exc:
            message = f"{type(exc).__name__}: {exc}"
        outcome = "failed" if message else "passed"
        report({"id": path, "outcome": outcome, "message": first_line(message)})


def run_inspect(task: Mapping[str, Any], report: Report) -> None:
    """Report the top-level modules that files import and the names that they use; run nothing."""
    import ast
    import builtins

    for path in task["files"]:
        nodes = list(ast.walk(ast.parse(_read(path))))
        modules, known = _imports(nodes)
        used = {name for node in nodes for name in _full_names(node, known)}
        parts = {name for name in {*known.values(), *used} if "." in name}
        names = {node.id for node in nodes if isinstance(node, ast.Name)}
        names |= {name.removeprefix("builtins.") for name in parts}
        report(
            {
                "id": path,
                "modules": sorted(modules),
                "parts": sorted(parts),
                "names": sorted(names & set(dir(builtins))),
                "foreign": sorted({m.split(".")[0] for m in modules} - sys.stdlib_module_names),
            }
        )


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
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            modules |= (
                {str(node.args[0].value)} if name in {"__import__", "import_module"} else set()
            )
    return modules, known


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


KINDS: dict[str, Callable[[Mapping[str, Any], Report], None]] = {
    "script": run_script,
    "pytest": run_pytest,
    "compile": run_compile,
    "inspect": run_inspect,
}


def main() -> None:
    """Read the task from stdin, which tested code then finds empty, and do it."""
    given = marshal.loads(sys.stdin.buffer.read())  # noqa: S302  # from the supervisor
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115  # for its life
    os.set_inheritable(VERDICT, False)
    KINDS[given["task"]["kind"]](given["task"], reporter(given["token"]))
    try:
        sys.stdout.flush()
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
