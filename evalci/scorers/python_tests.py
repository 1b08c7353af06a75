"""The `tests` gate: hidden tests, run by pytest or as a plain script, that must all report."""

import ast
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from evalci.core.golden_set import Case
from evalci.core.json_value import Json, JsonObject, as_object, as_texts
from evalci.core.ports import Sandbox
from evalci.core.sandbox import CheckResult, SourceFile
from evalci.core.submission import Submission
from evalci.core.trial import Score
from evalci.errors import SandboxError
from evalci.scorers.base import Scorer, ScorerKind, Tier
from evalci.scorers.code import (
    CodeScorer,
    Place,
    command_of,
    counts_tests,
    gate_parameters,
    hidden_files,
    place_of,
    score_of,
    source_files,
)
from evalci.scorers.named_results import NamedResult

# Files by which an answer could steer pytest or radon; they stay as the fixture has them.
STEERING = {
    *("conftest.py", "pytest.ini", ".pytest.ini", "pytest.toml", ".pytest.toml"),
    *("tox.ini", "setup.cfg", "pyproject.toml", "radon.cfg", ".radon.cfg"),
}
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class PythonTests:
    """The share of the expected tests that passed."""

    place: Place
    hidden: tuple[SourceFile, ...]
    script: str
    expected: tuple[str, ...]
    requirements: Mapping[str, tuple[str, ...]]
    named: JsonObject

    def judge(self, case: Case, submission: Submission, sandbox: Sandbox) -> Score:
        """Run the tests over the code base; a test that reports nothing has failed."""
        files = source_files(case, unsteered(submission), self.hidden)
        kind = "script" if self.script else "pytest"
        task: dict[str, Json] = {"kind": kind, "script": self.script}
        task["files"] = [file.path for file in self.hidden if _is_test(file.path)]
        task["named"] = self.named
        result = sandbox.run(self.place.check(files, task=task))
        if not self.script and "No module named 'pytest'" in result.output and not result.records:
            raise SandboxError(f"the image `{self.place.image}` has no pytest")
        results = self._results(result)
        return self._with_requirements(score_of("tests", results, result), results)

    def _results(self, result: CheckResult) -> list[NamedResult]:
        """Return what reported, and a failure for each expected test that did not."""
        found = [
            NamedResult(
                name=str(record["id"]),
                passed=record.get("outcome") == "passed",
                message=str(record.get("message", "")) or str(record.get("outcome", "")),
            )
            for record in result.records
            if "id" in record
        ]
        named = {test.name.partition("[")[0] for test in found if "::" in test.name or self.script}
        silent = "" if found else _last_words(result)
        missing = [name for name in self.expected if name not in named]
        ended = {test.name for test in found}
        missing += [
            name
            for record in result.records
            for name in as_texts(record.get("collected"))
            if name not in ended and name not in missing
        ]
        broken = [test for test in found if "::" not in test.name and not self.script]
        why = broken[0].message if broken else silent or "did not report"
        tests = [test for test in found if test not in broken]
        return tests + [NamedResult(name=name, passed=False, message=why) for name in missing]

    def _with_requirements(self, score: Score, results: Sequence[NamedResult]) -> Score:
        """Name the requirements whose tests failed, before the tests themselves."""
        failed = {test.name.partition("[")[0] for test in results if not test.passed}
        unmet = [
            f"requirement {name}: {', '.join(bad)}"
            for name, tests in self.requirements.items()
            if (bad := [test for test in tests if any(_named(test, full) for full in failed)])
        ]
        reason = f"{unmet[0]}; {score.reason}" if unmet else score.reason
        return replace(score, reason=reason, details=(*unmet, *score.details))


def _named(test: str, full: str) -> bool:
    return full == test or full.endswith((f"::{test}", f"/{test}"))


def _is_test(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name.startswith("test_") or name.endswith("_test.py")


def _last_words(result: CheckResult) -> str:
    lines = [line.strip() for line in result.output.splitlines() if line.strip()]
    return lines[-1][:200] if lines else f"ended before the tests did, exit code {result.code}"


def unsteered(submission: Submission, *, by: Collection[str] = STEERING) -> Submission:
    """Return an answer without the files by which it could steer a tool."""
    written = {
        path: text for path, text in submission.written.items() if path.rpartition("/")[2] not in by
    }
    kept = {path for path in submission.deleted if path.rpartition("/")[2] in by}
    return replace(submission, written=written, deleted=submission.deleted - kept)


def named_in_tests(hidden: Sequence[SourceFile]) -> dict[str, Json]:
    """Return the words of each test file that imports by a star what is not hidden.

    Of such an import it keeps no more, lest an answer bring marks, fixtures and tests of its own.
    """
    modules = {PurePosixPath(file.path).stem for file in hidden}
    return {
        file.path: sorted(set(_WORD.findall(file.text)))
        for file in hidden
        if _is_test(file.path) and not modules.issuperset(_starred(ast.parse(file.text)))
    }


def _starred(tree: ast.Module) -> Iterator[str]:
    """Yield the last part of the name of each module that is imported by a star."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            yield str(node.module).rpartition(".")[2]


def names_of_tests(file: SourceFile) -> Iterator[str]:
    """Yield the pytest names of the test functions that a file of the golden set defines."""
    body = ast.parse(file.text).body
    yield from (f"{file.path}::{name}" for name in _functions(body))
    for node in body:
        if isinstance(node, ast.ClassDef) and node.name.startswith("Test"):
            yield from (f"{file.path}::{node.name}::{name}" for name in _functions(node.body))


def _functions(body: Sequence[ast.stmt]) -> Iterator[str]:
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name[:4] == "test":
            yield node.name


def build_tests(params: JsonObject, case: Case) -> Scorer:
    """Return the scorer; ValueError when there is nothing that could pass or fail."""
    del case
    command = command_of("tests", params)
    if command is not None:
        return CodeScorer(name="tests", gate=command)
    script = as_object(params["script"]) if "script" in params else {}
    hidden = hidden_files(params)
    try:
        expected = tuple(n for f in hidden if _is_test(f.path) for n in names_of_tests(f))
    except SyntaxError as exc:
        raise ValueError(f"a test file is not Python: {exc}") from None
    if script:
        expected = (str(script["path"]),)
    if not expected:
        raise ValueError("`tests` needs `files` with test functions, a `script`, or a `command`")
    requirements = {k: as_texts(v) for k, v in as_object(params.get("requirements", {})).items()}
    for tests in requirements.values():
        for test in tests:
            if not any(_named(test, name) for name in expected):
                raise ValueError(f"`requirements` names `{test}`, which no test file defines")
    gate = PythonTests(
        place=place_of(params),
        hidden=hidden,
        script=str(script.get("path", "")),
        expected=expected,
        requirements=requirements,
        named=named_in_tests(hidden),
    )
    return CodeScorer(name="tests", gate=gate)


def _has_shares(params: JsonObject) -> bool:
    """Tell whether a share of tests may pass: not with a script, which passes or fails."""
    return counts_tests(params) if "command" in params else "script" not in params


_FILE: Json = {
    "type": "object",
    "required": ["path", "text"],
    "description": "the path of a file in the golden set",
}
TESTS = ScorerKind(
    name="tests",
    tier=Tier.TESTS,
    version=1,
    binary=True,
    schema=gate_parameters(
        files={"type": "array", "items": _FILE, "description": "a list of paths"},
        script=_FILE,
        requirements={
            "type": "object",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    ),
    build=build_tests,
    has_shares=_has_shares,
)
