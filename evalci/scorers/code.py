"""The gates of code answers: each runs its check in the sandbox and says what went wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Protocol

from evalci.core.golden_set import Case, CodeTarget
from evalci.core.json_value import Json, JsonObject, as_object, as_texts
from evalci.core.pattern import Pattern, compile_pattern
from evalci.core.ports import Sandbox
from evalci.core.sandbox import (
    DEFAULT_IMAGE,
    Check,
    CheckResult,
    Isolation,
    SourceFile,
    misfit,
)
from evalci.core.submission import Submission, read_submission
from evalci.core.trial import Output, Score, shortened
from evalci.errors import SandboxError
from evalci.scorers.base import parameters
from evalci.scorers.named_results import (
    NamedResult,
    Parse,
    read_go_test,
    read_junit,
    read_regex,
    read_tap,
)

MAX_DETAILS = 20


class MisfitError(ValueError):
    """The files of an answer cannot stand beside those of the code base and the tests."""


class Gate(Protocol):
    """Judges what an answer makes of the code base."""

    def judge(self, case: Case, submission: Submission, sandbox: Sandbox) -> Score:
        """Return the score of an answer that was found and applied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeScorer:
    """A gate in its sandbox; an answer that cannot be applied is a zero and runs nothing."""

    name: str
    gate: Gate
    sandbox: Sandbox | None = None

    def score(self, case: Case, output: Output) -> Score:
        """Find the code, apply it, and let the gate judge it."""
        return self.judge(case, read_submission(case, output.text))

    def judge(self, case: Case, submission: Submission) -> Score:
        """Let the gate judge what an answer does."""
        if self.sandbox is None:
            raise SandboxError(f"`{self.name}` of `{case.id}` needs a sandbox")
        if submission.problem:
            return Score(scorer=self.name, value=0.0, reason=submission.problem)
        try:
            return self.gate.judge(case, submission, self.sandbox)
        except MisfitError as exc:
            return Score(scorer=self.name, value=0.0, reason=str(exc))


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracts:
    """1 when there is code in the answer, by its output protocol."""

    def score(self, case: Case, output: Output) -> Score:
        """Look for it."""
        found = read_submission(case, output.text)
        reason = "" if found.extracted else found.problem
        return Score(scorer="extracts", value=float(found.extracted), reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Applies:
    """1 when the answer fits onto the code base and stays inside it."""

    def score(self, case: Case, output: Output) -> Score:
        """Apply it."""
        found = read_submission(case, output.text)
        return Score(scorer="applies", value=float(not found.problem), reason=found.problem)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a gate runs: image, folder, time, and with whom."""

    image: str = DEFAULT_IMAGE
    workdir: str = "."
    timeout_s: float | None = None
    isolation: Isolation = Isolation.SHARED

    def check(
        self,
        files: Sequence[SourceFile],
        *,
        command: Sequence[str] = (),
        task: JsonObject | None = None,
    ) -> Check:
        """Return the check that runs a command, or a task of the runner, over files.

        Raises MisfitError where they cannot stand in one folder.
        """
        if problem := misfit(files, workdir=self.workdir):
            raise MisfitError(problem)
        return Check(
            files=tuple(files),
            command=tuple(command),
            task=task or {},
            image=self.image,
            workdir=self.workdir,
            timeout_s=self.timeout_s,
            isolation=self.isolation,
        )


def place_of(params: JsonObject) -> Place:
    """Return where a gate runs, from its parameters; ValueError for a folder that is outside."""
    workdir = str(params.get("workdir", "."))
    if workdir.startswith("/") or ".." in PurePosixPath(workdir).parts:
        raise ValueError(f"`workdir: {workdir}` is outside the work folder")
    timeout = params.get("timeout_s")
    return Place(
        image=str(params.get("image", DEFAULT_IMAGE)),
        workdir=workdir,
        timeout_s=float(timeout) if isinstance(timeout, (int, float)) else None,
        isolation=Isolation(str(params.get("isolation", Isolation.SHARED))),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A gate for any language: a command in an image, and how what it prints is read."""

    name: str
    place: Place
    command: tuple[str, ...]
    parse: Parse
    pattern: Pattern | None
    hidden: tuple[SourceFile, ...]
    expected: tuple[str, ...]

    def judge(self, case: Case, submission: Submission, sandbox: Sandbox) -> Score:
        """Run the command over the code base with the hidden files in it."""
        files = source_files(case, submission, self.hidden)
        result = sandbox.run(self.place.check(files, command=self.command))
        score = score_of(self.name, self._counted(self._results(result)), result)
        if self.parse in {Parse.JUNIT, Parse.TAP, Parse.GO_TEST} and result.code and _full(score):
            reason = f"exit code {result.code}: {last_line(result.output)}"
            return Score(scorer=self.name, value=0.0, reason=reason)
        return score

    def _counted(self, results: Sequence[NamedResult]) -> list[NamedResult]:
        """Return the results that make the share: where tests are expected, each of them once.

        Of others only failures count: code can print as many passes as it likes, also of a name.
        """
        if not self.expected:
            return list(results)
        by_name = {
            name: NamedResult(name=name, passed=False, message="did not run")
            for name in self.expected
        }
        by_name |= {found.name: found for found in results if found.passed}
        by_name |= {found.name: found for found in reversed(results) if not found.passed}
        return [r for name, r in by_name.items() if name in self.expected or not r.passed]

    def _results(self, result: CheckResult) -> list[NamedResult]:
        match self.parse:
            case Parse.EXIT_CODE:
                message = f"exit code {result.code}: {last_line(result.output)}"
                return [NamedResult(name=self.name, passed=result.code == 0, message=message)]
            case Parse.JUNIT:
                return read_junit(result.output)
            case Parse.TAP:
                return read_tap(result.output)
            case Parse.GO_TEST:
                return read_go_test(result.output)
            case Parse.REGEX:
                return [] if self.pattern is None else read_regex(result.output, self.pattern)


def _full(score: Score) -> bool:
    return score.value == 1.0


def command_of(name: str, params: JsonObject) -> Command | None:
    """Return the gate that `command` makes of a scorer, None when it has none."""
    if "command" not in params:
        if "parse" in params:
            raise ValueError(f"`{name}` with `parse` needs `command`")
        return None
    given = params["command"]
    parse = Parse(str(params.get("parse", Parse.EXIT_CODE)))
    if (parse is Parse.REGEX) != ("pattern" in params):
        raise ValueError("`parse: regex` and `pattern` need each other")
    return Command(
        name=name,
        place=place_of(params),
        command=("sh", "-c", given) if isinstance(given, str) else as_texts(given),
        parse=parse,
        pattern=compile_pattern(str(params["pattern"])) if "pattern" in params else None,
        hidden=hidden_files(params),
        expected=as_texts(params.get("expected_tests")),
    )


def counts_tests(params: JsonObject) -> bool:
    """Tell whether a command's output is read as named tests, of which a share may pass."""
    return "command" in params and params.get("parse", Parse.EXIT_CODE) != Parse.EXIT_CODE


def hidden_files(params: JsonObject) -> tuple[SourceFile, ...]:
    """Return the test files of a scorer, which the model never saw and its code cannot change."""
    given = [*_entries(params.get("files")), *_entries(params.get("script"))]
    return tuple(
        SourceFile(path=str(file["path"]), text=str(file["text"]), protected=True) for file in given
    )


def _entries(value: Json) -> list[JsonObject]:
    items = value if isinstance(value, (list, tuple)) else [] if value is None else [value]
    return [as_object(item) for item in items]


def source_files(
    case: Case, submission: Submission, hidden: Sequence[SourceFile] = ()
) -> list[SourceFile]:
    """Return the work folder of an answer: the fixture with it applied, and the hidden files."""
    files = submission.applied_to(case.target or CodeTarget())
    names = {file.path for file in hidden}
    return [
        *(SourceFile(path=p, text=t) for p, t in sorted(files.items()) if p not in names),
        *hidden,
    ]


def score_of(name: str, results: Sequence[NamedResult], result: CheckResult) -> Score:
    """Return the share of results that passed, with the names of those that did not."""
    failed = [found for found in results if not found.passed]
    lines = tuple(f"{f.name}: {f.message}" if f.message else f.name for f in failed)
    if result.trouble:
        return Score(scorer=name, value=0.0, reason=result.trouble, details=lines[:MAX_DETAILS])
    if not results:
        reason = f"no test reported a result: {last_line(result.output)}"
        return Score(scorer=name, value=0.0, reason=reason)
    value = (len(results) - len(failed)) / len(results)
    count = f"{len(results) - len(failed)}/{len(results)}: " if len(results) > 1 else ""
    return Score(
        scorer=name,
        value=value,
        reason=f"{count}{lines[0]}" if lines else "",
        details=tuple(shortened(line, 200) for line in lines[:MAX_DETAILS]),
    )


def last_line(output: str) -> str:
    """Return the last line that says something."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return shortened(lines[-1], 200) if lines else "no output"


_COMMON: dict[str, Json] = {
    "image": {
        "type": "string",
        "pattern": "^(default|([^\\s@]+@)?sha256:[0-9a-f]{64})$",
        "description": "default, name@sha256:<digest>, or sha256:<image id>",
    },
    "command": {
        "description": "a shell line, or a list of arguments",
        "anyOf": [
            {"type": "string", "minLength": 1},
            {"type": "array", "minItems": 1, "items": {"type": "string"}},
        ],
    },
    "workdir": {"type": "string", "minLength": 1},
    "parse": {"enum": [parse.value for parse in Parse]},
    "pattern": {"type": "string", "minLength": 1},
    "timeout_s": {"type": "number", "exclusiveMinimum": 0, "maximum": 3600},
    "isolation": {"enum": [isolation.value for isolation in Isolation]},
    "expected_tests": {"type": "array", "items": {"type": "string"}},
}


def gate_parameters(**own: Json) -> JsonObject:
    """Return the JSON Schema of a gate: its own parameters and those of any command."""
    return parameters((), **{**_COMMON, **own})
