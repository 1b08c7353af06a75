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

    def __init__(self, report: Report, named: Mapping[str, Iterable[str]]) -> None:
        """Remember pytest as it was before tested code was there.

        ``named`` is all that a test file may have, for those that import an answer by a star.
        """
        self._report, self._named, self._before = report, named, guarded()
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

    def pytest_configure(self, config: Any) -> None:
        """Keep an answer's marks, fixtures and tests out of the test files, before pytest looks."""
        plugins = config.pluginmanager
        consider = plugins.consider_module

        def considered(module: Any) -> None:
            names = self._named.get(str(getattr(module, "__file__", "")))
            for name in () if names is None else set(vars(module)).difference(names):
                if not name.startswith(("__", "@")):  # what Python and pytest have put there
                    delattr(module, name)
            consider(module)

        plugins.consider_module = considered

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
    watcher = Watcher(
        report, {f"{here}/{path}": names for path, names in task.get("named", {}).items()}
    )
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
    reader: dict[str, Any] = {}
    exec(task["names"], reader)  # noqa: S102  # `names.py`, which no other check needs
    for path in task["files"]:
        report({"id": path, **reader["used_in"](_read(path))})


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
    task = {**given["task"], "names": given["names"]}
    KINDS[task["kind"]](task, reporter(given["token"]))
    try:
        sys.stdout.flush()
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
