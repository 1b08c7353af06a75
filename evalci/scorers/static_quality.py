"""Gates that look at Python code without running it: compiles, types, lint, security, complexity.

Each runs a tool of the image with the configuration of the golden set, never with one that the
answer brings. With `command`, each judges any other language.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from evalci.core.golden_set import Case, CodeTarget
from evalci.core.json_value import JsonObject, as_object, as_texts, value_at
from evalci.core.ports import Sandbox
from evalci.core.sandbox import CheckResult, SourceFile
from evalci.core.submission import REFERENCE, Submission, continued
from evalci.core.trial import Score, shortened
from evalci.errors import SandboxError
from evalci.scorers.code import (
    MAX_DETAILS,
    Place,
    last_line,
    score_of,
    source_files,
)
from evalci.scorers.named_results import NamedResult
from evalci.scorers.python_tests import STEERING, unsteered

SEVERITIES = ("none", "low", "medium", "high")
_BLOCK = re.compile(r"^ {4}[FMC] \d+:\d+ (.+) - [A-F] \((\d+)\)$")


def python_files(submission: Submission) -> list[str]:
    """Return the paths of the Python files that an answer writes."""
    return sorted(path for path in submission.written if path.endswith(".py"))


def verdict(name: str, findings: Sequence[str], result: CheckResult) -> Score:
    """Return 1 when a tool found nothing, else 0 with what it found."""
    if result.trouble:
        return Score(scorer=name, value=0.0, reason=result.trouble)
    count = f"{len(findings)} findings, first " if len(findings) > 1 else ""
    return Score(
        scorer=name,
        value=float(not findings),
        reason=f"{count}{findings[0]}" if findings else "",
        details=tuple(shortened(line, 200) for line in findings[:MAX_DETAILS]),
    )


def require_tool(name: str, result: CheckResult) -> None:
    """Raise SandboxError when the image lacks the tool of a gate."""
    line = last_line(result.output)
    if result.code in {126, 127} or ("No module named" in line and line.startswith("/")):
        raise SandboxError(f"the image cannot run `{name}`: {line}")


def code_base(case: Case) -> list[SourceFile]:
    """Return the Python of a code base as it was, in a folder beside the answer's."""
    fixture = case.target.fixture if case.target else ()
    return [
        SourceFile(path=f"{REFERENCE}/{file.path}", text=file.content)
        for file in fixture
        if file.path.endswith(".py")
    ]


def nothing_to_do(name: str) -> Score:
    """Return the score of an answer without a Python file."""
    return Score(scorer=name, value=0.0, reason="no Python file in the answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiles:
    """1 when every Python file of the answer byte-compiles."""

    place: Place

    def judge(self, case: Case, submission: Submission, sandbox: Sandbox) -> Score:
        """Compile each file."""
        names = python_files(submission)
        if not names:
            return nothing_to_do("compiles")
        task: JsonObject = {"kind": "compile", "files": names}
        result = sandbox.run(self.place.check(source_files(case, submission), task=task))
        found = [
            NamedResult(
                name=str(record["id"]),
                passed=record.get("outcome") == "passed",
                message=str(record.get("message", "")),
            )
            for record in result.records
            if "id" in record
        ]
        score = score_of("compiles", found, result)
        value = float(score.value == 1.0 and len(found) == len(names))
        return Score(scorer="compiles", value=value, reason=score.reason, details=score.details)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """1 when a tool has nothing to say of the answer's Python files.

    ``finding`` is what every line with a finding begins with; an exit code without any means that
    the tool itself has failed. ``beside`` is for one that also needs the code base as it was,
    ``silence`` what an answer could say to a tool that cannot be told to ignore it.
    """

    name: str
    place: Place
    command: tuple[str, ...]
    finding: re.Pattern[str]
    beside: bool = False
    silence: re.Pattern[str] | None = None

    def judge(self, case: Case, submission: Submission, sandbox: Sandbox) -> Score:
        """Run the tool over the answer's files, inside the code base."""
        names = python_files(submission)
        if not names:
            return nothing_to_do(self.name)
        files = source_files(case, self._heard(case, submission))
        files += code_base(case) if self.beside else []
        result = sandbox.run(self.place.check(files, command=[*self.command, "--", *names]))
        lines = [line.strip() for line in result.output.splitlines()]
        findings = [line for line in lines if self.finding.match(line)]
        require_tool(self.name, result)
        if result.code and not findings:  # an answer that makes a tool crash does not pass it
            findings = [f"the tool failed: {last_line(result.output)}"]
        return verdict(self.name, findings, result)

    def _heard(self, case: Case, submission: Submission) -> Submission:
        """Return an answer without what it says to the tool; what was there before stays."""
        if self.silence is None:
            return submission
        kept = {line.strip() for file in code_base(case) for line in file.text.splitlines()}
        written = {
            path: "\n".join(
                line if line.strip() in kept else self.silence.sub("# ", line)
                for line in text.split("\n")
            )
            for path, text in submission.written.items()
        }
        return replace(submission, written=written)


@dataclass(frozen=True, slots=True, kw_only=True)
class Complexity:
    """1 when no function is more complex than allowed, else the allowed over the worst.

    Allowed is the reference's worst plus ``max_delta``, or ``most`` without a reference.
    """

    place: Place
    max_delta: int
    most: int | None

    def judge(self, case: Case, submission: Submission, sandbox: Sandbox) -> Score:
        """Measure the answer and the reference together."""
        names = python_files(submission)
        if not names:
            return nothing_to_do("complexity")
        files = source_files(case, unsteered(submission, by=STEERING - {"conftest.py"}))
        if self.most is None:
            own = reference_files(case)
            files += [SourceFile(path=f"{REFERENCE}/{path}", text=t) for path, t in own.items()]
            names = [*names, *(f"{REFERENCE}/{path}" for path in own if path.endswith(".py"))]
        command = ["python", "-I", "-m", "radon", "cc", "-s", "--", *names]
        result = sandbox.run(self.place.check(files, command=command))
        require_tool("complexity", result)
        if result.trouble or result.code:
            reason = result.trouble or f"the tool failed: {last_line(result.output)}"
            return Score(scorer="complexity", value=0.0, reason=reason)
        return self._judged(result.output)

    def _judged(self, output: str) -> Score:
        worst = {False: (1, "the module"), True: (1, "the module")}
        reference = False
        for line in output.splitlines():
            if not line.startswith(" "):
                reference = line.startswith(f"{REFERENCE}/")
            elif block := _BLOCK.match(line):
                name, value = block.groups()
                worst[reference] = max(worst[reference], (int(value), name))
        if "ERROR:" in output:
            return Score(scorer="complexity", value=0.0, reason=last_line(output))
        value, name = worst[False]
        allowed = worst[True][0] + self.max_delta if self.most is None else self.most
        reason = f"{name} has complexity {value}, allowed is {allowed}"
        met = value <= allowed
        return Score(
            scorer="complexity",
            value=1.0 if met else allowed / value,
            reason="" if met else reason,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraints:
    """1 when the answer uses nothing forbidden, few new dependencies, and updates the tests."""

    place: Place
    builtins: frozenset[str]
    imports: frozenset[str]
    max_new: int | None
    must_update_tests: bool

    def judge(self, case: Case, submission: Submission, sandbox: Sandbox) -> Score:
        """Look at names and imports, of which the tested code has no say: nothing of it runs."""
        target = case.target or CodeTarget()
        names, before = python_files(submission), code_base(case)
        paths = [*names, *(file.path for file in before)]
        task: JsonObject = {"kind": "inspect", "files": paths}
        files = [*source_files(case, submission), *before]
        result = sandbox.run(self.place.check(files, task=task))
        if result.trouble or len(result.records) < len(paths):
            reason = result.trouble or f"cannot be read: {last_line(result.output)}"
            return Score(scorer="constraints", value=0.0, reason=reason)
        own = [r for r in result.records if str(r["id"]) in names]
        old = [r for r in result.records if str(r["id"]) not in names]
        findings = [*self._forbidden(own), *self._new(own, old, submission, target)]
        if self.must_update_tests and not _changes_tests(submission, target):
            findings.append("no test was added or changed")
        return verdict("constraints", findings, result)

    def _forbidden(self, records: Sequence[JsonObject]) -> list[str]:
        found = []
        for record in records:
            names = self.builtins & set(as_texts(record["names"]))
            modules = [m for m in as_texts(record["modules"]) if self._is_forbidden(m)]
            modules += [p for p in as_texts(record["parts"]) if p in self.imports]
            found += [f"{record['id']}: uses `{name}`" for name in sorted(names)]
            found += [f"{record['id']}: imports `{module}`" for module in modules]
        return found

    def _is_forbidden(self, module: str) -> bool:
        return any(module == name or module.startswith(f"{name}.") for name in self.imports)

    def _new(
        self,
        own: Sequence[JsonObject],
        old: Sequence[JsonObject],
        submission: Submission,
        target: CodeTarget,
    ) -> list[str]:
        if self.max_new is None:
            return []
        files = submission.applied_to(target)
        local = {part.removesuffix(".py") for path in files for part in path.split("/")}
        known = {name for record in old for name in as_texts(record["foreign"])}
        used = {name for record in own for name in as_texts(record["foreign"])}
        new = sorted(used - known - local)
        return [f"new dependencies: {', '.join(new)}"] if len(new) > self.max_new else []


def _changes_tests(submission: Submission, target: CodeTarget) -> bool:
    """Tell whether an answer writes a test that was not there; a blank file is none."""
    before = {file.path: file.content.split() for file in target.fixture}
    return any(
        _is_test_path(path) and text.split() not in ([], before.get(path))
        for path, text in submission.written.items()
    )


def _is_test_path(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name.startswith("test_") or name.partition(".")[0].endswith(("_test", ".test"))


def reference_files(case: Case) -> dict[str, str]:
    """Return the files of the case's reference answer, by path."""
    if isinstance(case.expected, str):
        continues = case.target.continues if case.target else ""
        return {"reference.py": continued(continues, case.expected)}
    return reference_texts(case)


def reference_texts(case: Case) -> dict[str, str]:
    """Return the files under `expected.files`, by path."""
    files = value_at(case.expected, "files")
    return {path: str(text) for path, text in as_object(files or {}).items()}
