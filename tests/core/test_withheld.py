"""What is left of a run where prompts and answers are private."""

import json
from dataclasses import replace

import pytest

from evalci.core.gate import decide
from evalci.core.run import Run
from evalci.core.run_file import to_json
from evalci.core.trial import Score
from evalci.core.withheld import without_texts
from tests.calls import make_output
from tests.report import faces
from tests.runs import make_run, make_run_case, make_trial

WORDS = "nobody reads this"


def quoting() -> Run:
    """Return a run that holds the same words wherever somebody wrote some."""
    answer = replace(make_output(), text=WORDS)
    score = Score(scorer="exact", value=0.0, reason=WORDS, details=(WORDS,))
    trials = (
        make_trial(composite=0.0, output=answer, scores=(score,)),
        make_trial(trial=1, composite=None, failure=f"the command ended with 1: {WORDS}"),
    )
    case = replace(make_run_case(()), expected={"said": WORDS}, trials=trials, planned=2)
    changes = tuple(replace(c, diff=f"@@ -1 +1 @@\n+{WORDS}") for c in faces.regression().changes)
    return replace(make_run(case), changes=changes, stopped=f"the vendor refused: {WORDS}")


def test_no_text_is_left() -> None:
    run = without_texts(quoting())

    assert WORDS not in json.dumps(to_json(run))
    assert run.private


def test_what_evalci_itself_says_of_a_failure_stays() -> None:
    run = without_texts(quoting())

    assert run.stopped == "the vendor refused"
    assert run.cases[0].trials[1].failure == "the command ended with 1"


@pytest.mark.parametrize("name", sorted(faces.FACES))
def test_the_verdict_is_the_same(name: str) -> None:
    run = faces.FACES[name]()

    found, expected = decide(without_texts(run)), decide(run)

    assert (found.outcome, found.blocking) == (expected.outcome, expected.blocking)
    assert [r.outcome for r in found.categories] == [r.outcome for r in expected.categories]
