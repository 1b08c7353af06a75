"""Cases of the report's faces: trials with answers, reasons, tokens and a price."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from evalci.core.run import RunCase
from evalci.core.trial import Score, Trial
from tests.calls import make_output
from tests.runs import make_run_case, make_trial

DIFF = """--- prompts/review.md
+++ prompts/review.md
@@ -1,2 +1,2 @@
 You review code.
-Name every bug.
+Be brief.
"""


def answered(
    id: str, now: Sequence[float | None], before: Sequence[float] | None, **changes: Any
) -> RunCase:
    """Return a case whose trials have answers with reasons, tokens and a price."""
    case = make_run_case(now, before, id=id, expected="It leaks the file handle.", **changes)
    return replace(case, trials=tuple(_answered(trial) for trial in case.trials))


def _answered(trial: Trial) -> Trial:
    if trial.composite is None:
        return make_trial(
            case=trial.case, trial=trial.trial, composite=None, failure="429 from the provider"
        )
    output = make_output(
        "Looks good to me." if trial.composite < 1 else "It leaks the file handle.",
        cost_usd=0.002,
        latency_s=1.0 + trial.trial,
    )
    reason = "" if trial.composite == 1 else "'leaks' is not in the answer"
    scores = (Score(scorer="contains", value=trial.composite, reason=reason),)
    return replace(trial, output=output, scores=scores)


def several(
    count: int, category: str, now: Sequence[float | None], before: Sequence[float] | None
) -> list[RunCase]:
    return [
        answered(f"{category}-{n}", now, before, category=category) for n in range(1, count + 1)
    ]
