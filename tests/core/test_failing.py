"""Which cases a run of the failed ones asks again."""

import pytest

from evalci.core.failing import failing_cases, falls_short
from evalci.core.run import RunCase, Standing
from tests.runs import make_carried, make_run, make_run_case, make_trial


def graded(now: float, before: float) -> RunCase:
    """Return a case with a score but no pass or fail."""
    trial = make_trial(composite=now, passed=None)
    return make_run_case((now,), (before,), trials=(trial,))


@pytest.mark.parametrize(
    ("case", "short"),
    [
        pytest.param(make_run_case((1.0, 1.0)), False, id="every trial passed"),
        pytest.param(make_run_case((1.0, 0.0)), True, id="one trial failed"),
        pytest.param(make_run_case((0.0,), (0.0,)), True, id="failed, as before"),
        pytest.param(make_run_case((0.0,), None), True, id="failed, without a baseline"),
        pytest.param(make_run_case((1.0,), None), False, id="passed, without a baseline"),
        pytest.param(make_run_case((1.0, None)), True, id="a trial without a score"),
        pytest.param(make_run_case((1.0,), planned=2), True, id="a trial that never ran"),
        pytest.param(graded(0.6, 0.7), True, id="graded, below the baseline"),
        pytest.param(graded(0.7, 0.7), False, id="graded, at the baseline"),
        pytest.param(graded(0.8, 0.7), False, id="graded, above the baseline"),
        pytest.param(
            make_run_case(
                (0.6,),
                (0.7,),
                standing=Standing.EDITED,
                trials=(make_trial(composite=0.6, passed=None),),
            ),
            False,
            id="graded, edited since the baseline",
        ),
    ],
)
def test_what_falls_short(case: RunCase, short: bool) -> None:
    assert falls_short(case) is short


def test_the_failing_cases_of_a_run_are_named() -> None:
    run = make_run(make_run_case((0.0,), id="bad"), make_run_case((1.0,), id="good"))

    assert failing_cases(run) == {"bad"}


def test_a_case_that_was_carried_forward_did_not_fail_now() -> None:
    run = make_run(make_carried((0.0, 0.0), id="old"))

    assert failing_cases(run) == frozenset()
