"""Scorers of the user's own: a Python file in the sandbox, or an installed entry point."""

import json
from dataclasses import dataclass

from evalci.core.custom_result import read_result
from evalci.core.custom_scorer import ENTRY_POINT, FILE_SCORER
from evalci.core.golden_set import Case
from evalci.core.json_value import Json, JsonObject, as_object, parse_json, value_at
from evalci.core.ports import Sandbox, ScorerPlugins
from evalci.core.sandbox import Check, CheckResult, SourceFile
from evalci.core.trial import Output, Score
from evalci.errors import SandboxError
from evalci.scorers.base import Scorer, ScorerKind, Tier, answer_of
from evalci.scorers.code import last_line

START = ".evalci/start.py"
SCORER = ".evalci/scorer.py"
GIVEN = ".evalci/given.json"
MARK = "evalci result "
# The scored text is data here and runs nowhere, so what the process prints is the file's own.
BOOTSTRAP = f"""\
import json, runpy
with open({GIVEN!r}, encoding="utf-8") as stream:
    given = json.load(stream)
score = runpy.run_path({SCORER!r}, run_name="scorer")["score"]
print("\\n" + {MARK!r} + json.dumps(score(given)))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileScorer:
    """What the function ``score`` of a Python file makes of an answer; it runs in the sandbox."""

    name: str
    source: str
    params: JsonObject
    sandbox: Sandbox | None = None

    def score(self, case: Case, output: Output) -> Score:
        """Run the file over the answer; a file that fails leaves the answer unscored."""
        if self.sandbox is None:
            raise SandboxError(f"`{self.name}` of `{case.id}` needs a sandbox")
        given = json.dumps(given_to(case, output, self.params))
        files = (
            SourceFile(path=START, text=BOOTSTRAP, protected=True),
            SourceFile(path=SCORER, text=self.source, protected=True),
            SourceFile(path=GIVEN, text=given, protected=True),
        )
        result = self.sandbox.run(Check(files=files, command=("python", "-I", START)))
        return self._read(result)

    def _read(self, result: CheckResult) -> Score:
        lines = [line for line in result.output.splitlines() if line.startswith(MARK)]
        if result.trouble or result.code or not lines:
            reason = f"the scorer failed: {result.trouble or last_line(result.output)}"
            return Score(scorer=self.name, value=None, reason=reason)
        try:
            return read_result(self.name, parse_json(lines[-1].removeprefix(MARK)))
        except ValueError as exc:
            return Score(scorer=self.name, value=None, reason=f"not a result: {exc}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginScorer:
    """What an installed function makes of an answer; it runs beside evalci, keys and all."""

    name: str
    entry_point: str
    params: JsonObject
    plugins: ScorerPlugins | None = None

    def score(self, case: Case, output: Output) -> Score:
        """Call the function; one that raises or exits leaves the answer unscored."""
        if self.plugins is None:
            raise SandboxError(f"`{self.name}` of `{case.id}` needs its entry point")
        function = self.plugins.load(self.entry_point)
        # A copy: what the function does to it stays its own business.
        given = as_object(json.loads(json.dumps(given_to(case, output, self.params))))
        try:
            return read_result(self.name, function(given))
        except (Exception, SystemExit) as exc:  # noqa: BLE001  # the function is the user's own
            reason = f"the scorer failed: {type(exc).__name__}: {exc}"
            return Score(scorer=self.name, value=None, reason=reason)


def given_to(case: Case, output: Output, params: JsonObject) -> JsonObject:
    """Return what a scorer of the user's own gets to see: the answer, and the case without files.

    ``text`` is the whole output, ``answer`` what the case's protocol reads out of it, or None.
    """
    return {
        "text": output.text,
        "answer": answer_of(case, output),
        "case": case.id,
        "inputs": case.inputs,
        "expected": case.expected,
        "criteria": case.criteria,
        "dimensions": {key: list(values) for key, values in case.dimensions.items()},
        "params": params,
    }


def _build_file(params: JsonObject, case: Case) -> Scorer:
    del case
    return FileScorer(
        name=str(params["name"]),
        source=str(value_at(params, "file", "text")),
        params=as_object(params["params"]),
    )


def _build_plugin(params: JsonObject, case: Case) -> Scorer:
    del case
    return PluginScorer(
        name=str(params["name"]),
        entry_point=str(params["entry_point"]),
        params=as_object(params["params"]),
    )


_ANYTHING: dict[str, Json] = {"type": "object"}
CUSTOM_KINDS = tuple(
    ScorerKind(name=name, tier=Tier.CUSTOM, version=1, binary=False, schema=_ANYTHING, build=build)
    for name, build in ((FILE_SCORER, _build_file), (ENTRY_POINT, _build_plugin))
)
