"""The kinds of code gates, in the order in which they run."""

import inspect
import re
from collections.abc import Callable
from functools import cache, partial

from evalci.core.golden_set import Case
from evalci.core.json_value import Json, JsonObject, as_object, as_texts
from evalci.core.submission import REFERENCE
from evalci.scorers.base import Scorer, ScorerKind, Tier, parameters
from evalci.scorers.code import (
    Applies,
    CodeScorer,
    Extracts,
    Gate,
    Place,
    command_of,
    counts_tests,
    gate_parameters,
    place_of,
)
from evalci.scorers.python_tests import TESTS
from evalci.scorers.static_quality import (
    SEVERITIES,
    Compiles,
    Complexity,
    Constraints,
    Tool,
    reference_files,
)

# Only the JSON of bandit tells of files that it could not read, and so has nothing to say of. What
# it leaves out by default is any path that holds `CVS` or the like; none holds a colon.
_BANDIT = """\
import json, subprocess, sys
bandit = [sys.executable, "-I", "-m", "bandit", "--quiet", "--ignore-nosec", "--format=json"]
bandit += ["--exclude=:", *sys.argv[1:]]
done = subprocess.run(bandit, capture_output=True, text=True)
try:
    said = json.loads(done.stdout)
except ValueError:
    sys.exit(done.stderr or "bandit says nothing")
for e in said["errors"]:
    print(f"SKIPPED: {e['filename'].removeprefix('./')}: {e['reason']}")
for r in said["results"]:
    place = f"{r['filename'].removeprefix('./')}:{r['line_number']}"
    text = r["issue_text"].splitlines()[0]
    print(f"{r['issue_severity']}: {r['test_id']} {place}: {text}")
"""
# What the code base held before the answer lies in the folder of references. Files of one name, in
# folders that are no packages, are one module to mypy unless it goes by their paths.
_MYPY = f"""\
import os, pathlib, sys
before = [path.read_text("utf-8") for path in pathlib.Path({REFERENCE!r}).rglob("*.py")]
paths = [pathlib.Path(name) for name in sys.argv[sys.argv.index("--") + 1 :]]
for path in paths:
    path.write_text(heard(path.read_text("utf-8"), before), "utf-8")
apart = [path.name for path in paths if not path.with_name("__init__.py").exists()]
options = ["--explicit-package-bases"] if len(set(apart)) < len(apart) else []
os.execv(sys.executable, [sys.executable, "-I", "-m", "mypy", *options, *sys.argv[1:]])
"""
Build = Callable[[Place, JsonObject, Case], Gate]
_TEXTS: Json = {"type": "array", "items": {"type": "string", "minLength": 1}}


def _scorer(name: str, build: Build, params: JsonObject, case: Case) -> Scorer:
    command = command_of(name, params)
    return CodeScorer(name=name, gate=command or build(place_of(params), params, case))


def _kind(name: str, tier: Tier, build: Build, *, binary: bool = True, **own: Json) -> ScorerKind:
    """Return a kind whose gate is a command where one is given, else the one for Python."""
    return ScorerKind(
        name=name,
        tier=tier,
        version=1,
        binary=binary,
        schema=gate_parameters(**own),
        build=partial(_scorer, name, build),
        has_shares=counts_tests,
    )


def _free(name: str, tier: Tier, scorer: Scorer) -> ScorerKind:
    """Return a kind that runs nothing."""
    return ScorerKind(
        name=name,
        tier=tier,
        version=1,
        binary=True,
        schema=parameters(),
        build=lambda _params, _case: scorer,
    )


def _compiles(place: Place, params: JsonObject, case: Case) -> Gate:
    del params, case
    return Compiles(place=place)


@cache
def _mypy() -> str:
    from evalci.scorers import silence  # it runs in the sandbox, not here

    return f"{inspect.getsource(silence)}\n\n{_MYPY}"


def _types(place: Place, params: JsonObject, case: Case) -> Gate:
    del case
    command = ["python", "-I", "-c", _mypy(), "--config-file=", "--cache-dir=/dev/null"]
    command += ["--no-error-summary", "--no-color-output", "--hide-error-context"]
    command += ["--ignore-missing-imports", "--follow-imports=silent", "--show-error-codes"]
    command += ["--strict"] if params.get("strict") else []
    finding = re.compile(r"^\S+:\d+: error: |^\S+: error: ")
    return Tool(name="types", place=place, command=tuple(command), finding=finding, beside=True)


def _lint(place: Place, params: JsonObject, case: Case) -> Gate:
    del case
    command = ["python", "-I", "-m", "ruff", "check", "--isolated", "--no-cache", "--quiet"]
    command += ["--ignore-noqa", "--output-format=concise"]
    if chosen := as_texts(params.get("select")):
        command += [f"--select={','.join(chosen)}"]
    finding = re.compile(r"^\S+:\d+:\d+: ")
    silence = re.compile(r"#\s*(?:ruff:\s*)?isort:\s*")  # no option of ruff lets it ignore these
    return Tool(name="lint", place=place, command=tuple(command), finding=finding, silence=silence)


def _security(place: Place, params: JsonObject, case: Case) -> Gate:
    del case
    allowed = SEVERITIES.index(str(params.get("max_severity", "none")))
    worse = "|".join(word.upper() for word in (*SEVERITIES[allowed + 1 :], "skipped"))
    command = ["python", "-I", "-c", _BANDIT]
    finding = re.compile(rf"^(?:{worse}): ")
    return Tool(name="security", place=place, command=tuple(command), finding=finding)


def _complexity(place: Place, params: JsonObject, case: Case) -> Gate:
    most, delta = params.get("max"), params.get("max_delta", 0)
    if most is None and not any(path.endswith(".py") for path in reference_files(case)):
        raise ValueError("`complexity` needs `max`, or a reference in `expected`")
    return Complexity(
        place=place,
        max_delta=delta if isinstance(delta, int) else 0,
        most=most if isinstance(most, int) else None,
    )


def _constraints(place: Place, params: JsonObject, case: Case) -> Gate:
    del case
    forbidden = as_object(params.get("forbidden", {}))
    most = params.get("max_new_dependencies")
    return Constraints(
        place=place,
        builtins=frozenset(as_texts(forbidden.get("builtins"))),
        imports=frozenset(as_texts(forbidden.get("imports"))),
        max_new=most if isinstance(most, int) else None,
        must_update_tests=bool(params.get("must_update_tests", False)),
    )


CODE_KINDS: tuple[ScorerKind, ...] = (
    _free("extracts", Tier.EXTRACTS, Extracts()),
    _free("applies", Tier.APPLIES, Applies()),
    _kind("compiles", Tier.COMPILES, _compiles),
    _kind(
        "constraints",
        Tier.CONSTRAINTS,
        _constraints,
        forbidden={
            "type": "object",
            "additionalProperties": False,
            "properties": {"builtins": _TEXTS, "imports": _TEXTS},
        },
        max_new_dependencies={"type": "integer", "minimum": 0},
        must_update_tests={"type": "boolean"},
    ),
    TESTS,
    _kind("types", Tier.TYPES, _types, strict={"type": "boolean"}),
    _kind("lint", Tier.LINT, _lint, select=_TEXTS),
    _kind("security", Tier.SECURITY, _security, max_severity={"enum": list(SEVERITIES)}),
    _kind(
        "complexity",
        Tier.COMPLEXITY,
        _complexity,
        binary=False,
        max={"type": "integer", "minimum": 1},
        max_delta={"type": "integer", "minimum": 0},
    ),
)
