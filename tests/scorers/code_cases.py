"""Cases that ask for code, what a check of the sandbox left, and the trial of an answer."""

from evalci.core.golden_set import Case, CodeTarget, Protocol, ScorerSpec
from evalci.core.json_value import Json, JsonObject
from evalci.core.sandbox import CheckResult, Ending
from evalci.core.trial import Trial
from evalci.scorers.registry import prepare
from tests.calls import make_output
from tests.fake_sandbox import FakeSandbox
from tests.inputs import make_case

TEST: dict[str, Json] = {
    "path": "tests/test_f.py",
    "text": "def test_a(): ...\ndef test_b(): ...\n",
}
ANSWER = "```python\ndef f():\n    return 1\n```"


def case_of(*specs: ScorerSpec) -> Case:
    """Return a case of Python with these scorers."""
    return make_case(protocol=Protocol.CODE, target=CodeTarget(), scorers=specs)


def spec(name: str, weight: float = 1.0, **params: Json) -> ScorerSpec:
    """Return a scorer as a case asks for it."""
    return ScorerSpec(name=name, params=params, weight=weight)


def result(*records: JsonObject, ending: Ending = Ending.EXITED, code: int = 0) -> CheckResult:
    """Return what a check left."""
    return CheckResult(ending=ending, code=code, output="said", records=records, limit_s=30)


def record(name: str, outcome: str = "passed", message: str = "") -> JsonObject:
    """Return what the runner says of one test."""
    return {"id": f"tests/test_f.py::{name}", "outcome": outcome, "message": message}


def trial(case: Case, sandbox: FakeSandbox, answer: str = ANSWER) -> Trial:
    """Return the trial of an answer."""
    return prepare(case, sandbox).trial(0, make_output(answer))
