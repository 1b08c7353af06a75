"""Extending a baseline: which trials are added, which leave, and what is refused."""

from dataclasses import replace
from typing import Any

import pytest

from evalci.core.baseline import Baseline
from evalci.core.extension import extend
from evalci.core.run import Run
from evalci.errors import BadInputError
from tests.baselines import make_baseline, make_baseline_case
from tests.calls import make_output
from tests.cases import make_hashes
from tests.runs import make_category, make_limits, make_run, make_run_case, make_trial

LENIENT = make_category(limits=make_limits(100))


def scores(baseline: Baseline) -> dict[str, list[float]]:
    return {case.id: [trial.score for trial in case.trials] for case in baseline.cases}


def scheduled(*now: float | None, **changes: Any) -> Run:
    return make_run(make_run_case(now, (0.0,)), **changes)


def test_the_trials_of_unchanged_cases_are_added() -> None:
    before = make_baseline(make_baseline_case((1.0,)), make_baseline_case((0.5,), id="b"))

    extension = extend(scheduled(0.0, 1.0), before)

    assert scores(extension.baseline) == {"a-1": [1.0, 0.0, 1.0], "b": [0.5]}
    assert (extension.cases, extension.trials) == (1, 2)


def test_trials_that_the_looks_asked_for_are_not_added() -> None:
    run = make_run(make_run_case((0.0, 1.0, 0.0, 0.0), (0.0,), planned=1))

    extension = extend(run, make_baseline(make_baseline_case((1.0,))))

    assert scores(extension.baseline) == {"a-1": [1.0, 0.0]}
    assert extension.trials == 1


def test_a_case_keeps_its_newest_20_trials() -> None:
    before = make_baseline(make_baseline_case((0.0,) * 19))

    after = extend(scheduled(1.0, 1.0, 1.0), before).baseline

    assert scores(after) == {"a-1": [0.0] * 17 + [1.0] * 3}


def test_who_accepted_it_and_why_stays() -> None:
    before = make_baseline(make_baseline_case((1.0,)))

    after = extend(scheduled(1.0), before).baseline

    assert (after.accepted, after.commit, after.runs) == (
        before.accepted,
        before.commit,
        ("0123456789abcdef",),
    )


def test_copied_answers_are_not_added() -> None:
    copy = make_trial(trial=1, output=make_output(copied=True))
    run = make_run(make_run_case((), trials=(make_trial(), copy), planned=2))

    extension = extend(run, make_baseline(make_baseline_case((1.0,))))

    assert extension.trials == 1


@pytest.mark.parametrize(
    ("run", "before", "message"),
    [
        pytest.param(
            scheduled(1.0),
            make_baseline(runs=("0123456789abcdef",)),
            "has the trials of this run already",
            id="the same run again",
        ),
        pytest.param(
            scheduled(1.0, stopped="the budget is used up"),
            make_baseline(),
            "the run is incomplete",
            id="an incomplete run",
        ),
        pytest.param(scheduled(1.0, None), make_baseline(), "1 trials are unscored", id="unscored"),
        pytest.param(
            scheduled(1.0),
            make_baseline(make_baseline_case(hashes=make_hashes(request="other"))),
            "measured no case as the baseline has it",
            id="other inputs",
        ),
        pytest.param(
            scheduled(1.0),
            make_baseline(make_baseline_case(id="other")),
            "measured no case as the baseline has it",
            id="other cases",
        ),
    ],
)
def test_a_run_that_does_not_fit_is_refused(run: Run, before: Baseline, message: str) -> None:
    with pytest.raises(BadInputError, match=message):
        extend(run, before)


def test_what_another_model_answered_is_refused() -> None:
    run = scheduled(1.0)
    moved = replace(run, provenance=replace(run.provenance, resolved_models=("new-model",)))

    with pytest.raises(BadInputError, match="new-model answered, not the model of the baseline"):
        extend(moved, make_baseline())


@pytest.mark.parametrize(
    ("run", "message"),
    [
        pytest.param(
            make_run(make_run_case((0.0, 0.0)), make_run_case((0.0, 0.0), id="b")),
            "the run got worse in review",
            id="a category that regressed",
        ),
        pytest.param(
            make_run(make_run_case((1.0, 0.0), must_pass=True), categories=[LENIENT]),
            "must-pass case `a-1` failed",
            id="a must-pass case that failed",
        ),
    ],
)
def test_a_run_that_got_worse_does_not_become_the_measure(run: Run, message: str) -> None:
    before = make_baseline(*(make_baseline_case((1.0,), id=case.id) for case in run.cases))

    with pytest.raises(BadInputError, match=message):
        extend(run, before)
