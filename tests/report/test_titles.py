"""The title of a report says what became of cases that nothing compares any more."""

from dataclasses import replace

import pytest

from evalci.core.gate import decide
from evalci.core.run import Run, RunCase, Standing
from evalci.core.trial import JudgedBy, Score
from evalci.report.view import build_view, plain_text
from tests.runs import make_run, make_run_case

OTHERS = [make_run_case(id=f"a-{n}") for n in range(2, 6)]
EDITED = replace(make_run_case(), standing=Standing.EDITED)
RESCORED = replace(make_run_case(), standing=Standing.RESCORED)


def judged_anew() -> RunCase:
    """Return a case that version 1 of a judge scored for the baseline, and version 2 now."""
    now = JudgedBy(model="gemini/judge", resolved=("judge-2",))
    score = Score(scorer="judge", value=1.0, judge=now)
    trials = tuple(replace(trial, scores=(score,)) for trial in RESCORED.trials)
    assert RESCORED.baseline is not None
    before = tuple(replace(trial, judges=("judge-1",)) for trial in RESCORED.baseline.trials)
    return replace(RESCORED, trials=trials, baseline=replace(RESCORED.baseline, trials=before))


@pytest.mark.parametrize(
    ("run", "what"),
    [
        pytest.param(make_run(EDITED, *OTHERS), "edited", id="edited"),
        pytest.param(make_run(*OTHERS, lost={"review": 1}), "removed", id="removed"),
        pytest.param(make_run(RESCORED, *OTHERS), "scored otherwise", id="another scorer"),
        pytest.param(
            make_run(judged_anew(), *OTHERS),
            "scored by another version of the judge",
            id="the vendor moved the judge",
        ),
        pytest.param(
            make_run(replace(EDITED, id="a-0"), judged_anew(), *OTHERS),
            "edited or scored by another version of the judge",
            id="both",
        ),
    ],
)
def test_what_nothing_compares_is_said_to_be_what_it_is(run: Run, what: str) -> None:
    title = plain_text(build_view(run, decide(run)).title)

    assert title.endswith(f"not comparable: cases of review were {what} since the baseline")
