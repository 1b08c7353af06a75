"""Refusals: the model's own and a filter's, counted apart by category."""

import pytest

from evalci.core.baseline import BaselineTrial, baseline_trial
from evalci.core.refusal import Refusal, refusal_of
from evalci.core.refusal_rates import RefusalCount, refusal_rates
from evalci.core.trial import Finish
from tests.baselines import make_baseline_case
from tests.calls import make_output
from tests.runs import make_run, make_run_case, make_trial

REFUSED = make_output("", finish=Finish.REFUSED, finish_reason="refusal")
FILTERED = make_output("", finish=Finish.REFUSED, finish_reason="content_filter")


@pytest.mark.parametrize(
    ("finish", "reason", "expected"),
    [
        pytest.param(Finish.STOP, "stop", None, id="an answer"),
        pytest.param(Finish.TRUNCATED, "length", None, id="cut off"),
        pytest.param(Finish.REFUSED, "refusal", Refusal.MODEL, id="a refusal"),
        pytest.param(Finish.REFUSED, "stop", Refusal.MODEL, id="a refusal in a field of its own"),
        pytest.param(Finish.REFUSED, None, Refusal.MODEL, id="no reason"),
        pytest.param(Finish.REFUSED, "content_filter", Refusal.FILTER, id="a filter"),
        pytest.param(Finish.REFUSED, "SAFETY", Refusal.FILTER, id="a filter in capitals"),
    ],
)
def test_who_would_not_answer(finish: Finish, reason: str | None, expected: Refusal | None) -> None:
    assert refusal_of(make_output(finish=finish, finish_reason=reason)) is expected


@pytest.mark.parametrize(
    ("output", "note"),
    [pytest.param(REFUSED, "refused", id="model"), pytest.param(FILTERED, "filtered", id="filter")],
)
def test_a_baseline_notes_which(output: object, note: str) -> None:
    found = baseline_trial(make_trial(composite=0.0, output=output))

    assert found is not None
    assert found.note == note


def test_each_class_is_counted_beside_the_baselines() -> None:
    trials = tuple(
        make_trial(trial=n, composite=0.0, output=output)
        for n, output in enumerate((REFUSED, FILTERED, FILTERED, make_output()))
    )
    before = (BaselineTrial(score=0.0, note="refused"), BaselineTrial(score=1.0, passed=True))
    case = make_run_case(trials=trials, baseline=make_baseline_case(trials=before))

    (rate,) = refusal_rates(make_run(case))

    assert rate.now == RefusalCount(answers=4, refused=1, filtered=2)
    assert rate.before == RefusalCount(answers=2, refused=1, filtered=0)


def test_without_a_refusal_there_is_nothing_to_say() -> None:
    assert refusal_rates(make_run(make_run_case())) == ()
