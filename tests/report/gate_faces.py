"""A face with code answers: more of them fail their tests than in the baseline."""

from dataclasses import replace

from evalci.core.baseline import BaselineCase, BaselineTrial
from evalci.core.gate_rates import CODE_GATES
from evalci.core.run import Run, RunCase
from evalci.core.trial import Score, Trial
from tests.baselines import make_baseline_case
from tests.calls import make_output
from tests.runs import make_run, make_run_case, make_trial

GATES = ("extracts", "compiles", "tests", "types", "lint")
ALL = len(GATES)
ANSWER = """\
```python
def items(query):
    return sorted(query) or None
```
"""


def gate_values(passed: int, gates: tuple[str, ...] = GATES) -> dict[str, float | None]:
    """Return the values of an answer that passed the first gates only."""
    return {gate: float(place < passed) for place, gate in enumerate(gates)}


def judged_trial(passed: int, **changes: object) -> Trial:
    """Return a trial whose answer passed so many gates."""
    values = gate_values(passed)
    stopped = next((gate for gate in GATES if values[gate] == 0.0), "")
    scores = [Score(scorer=g, value=v, reason=_why(g, stopped)) for g, v in values.items()]
    return make_trial(
        composite=passed / ALL,
        passed=passed == ALL,
        scores=tuple(scores),
        output=make_output(ANSWER, cost_usd=0.002),
        **changes,
    )


def _why(gate: str, stopped: str) -> str:
    if not stopped or CODE_GATES.index(gate) < CODE_GATES.index(stopped):
        return ""
    if gate != stopped:
        return f"not run: `{stopped}` failed"
    return {"tests": "3/4: test_empty: assert None == []"}.get(gate, "solution.py:3: not good")


def accepted(id: str, passed: tuple[int, ...]) -> BaselineCase:
    """Return a baseline case whose answers passed so many gates each."""
    trials = tuple(
        BaselineTrial(score=p / ALL, passed=p == ALL, scores=gate_values(p)) for p in passed
    )
    return replace(make_baseline_case((1.0,), id=id), trials=trials)


def code_case(id: str, now: tuple[int, ...], before: tuple[int, ...] | None) -> RunCase:
    """Return a case from how many gates each answer passed, now and in the baseline."""
    case = make_run_case((1.0,) * len(now), None if before is None else (1.0,), id=id, graded=True)
    trials = tuple(judged_trial(passed, case=id, trial=n) for n, passed in enumerate(now))
    return replace(case, trials=trials, baseline=None if before is None else accepted(id, before))


def code_gates() -> Run:
    """In six of 15 cases one answer more fails its tests; a fault of style is as rare as before."""
    good, worse, styled = (ALL, ALL, ALL), (2, ALL, 2), (4, ALL, ALL)
    cases = [
        *(code_case(f"endpoint-{n:02}", worse, (ALL, ALL, 2)) for n in range(1, 7)),
        *(code_case(f"endpoint-{n:02}", styled, styled) for n in range(7, 11)),
        *(code_case(f"endpoint-{n:02}", good, good) for n in range(11, 16)),
    ]
    return make_run(*cases)


FACES = {"code gates": code_gates}
