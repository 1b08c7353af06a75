"""Which trials are due: the plan first, then confirmations of must-pass failures."""

from collections.abc import Sequence

import pytest

from evalci.core.run import RunCase, Standing
from evalci.core.sampling import Sampler
from tests.runs import make_carried, make_run, make_run_case, make_trial


def draws_of(*cases: RunCase) -> list[tuple[str, int]]:
    run = make_run(*cases)
    return [(draw.case, draw.trial) for draw in Sampler(run).next_draws(run)]


def waiting(id: str, trials: int) -> RunCase:
    return make_run_case((), id=id, planned=trials)


def test_replicates_of_a_case_lie_a_whole_pass_apart() -> None:
    found = draws_of(waiting("a", 2), waiting("b", 3))

    assert found == [("a", 0), ("b", 0), ("a", 1), ("b", 1), ("b", 2)]


def test_trials_that_were_taken_are_not_due_again() -> None:
    case = make_run_case((), planned=4, trials=(make_trial(trial=0), make_trial(trial=2)))

    assert draws_of(case) == [("a-1", 1), ("a-1", 3)]


def test_a_trial_that_ended_unscored_is_not_due_again() -> None:
    assert draws_of(make_run_case((1.0, None))) == []


def test_carried_cases_are_never_due() -> None:
    assert draws_of(make_carried(planned=3)) == []


def test_nothing_is_due_without_cases() -> None:
    assert draws_of() == []


def test_a_must_pass_failure_is_tried_until_it_has_5_trials() -> None:
    failing = make_run_case((0.0,), id="must", must_pass=True)
    passing = make_run_case((1.0,), id="fine", must_pass=True)

    assert draws_of(failing, passing) == [("must", 1), ("must", 2), ("must", 3), ("must", 4)]


def test_confirmations_wait_for_the_plan() -> None:
    failing = make_run_case((0.0,), id="must", must_pass=True)

    assert draws_of(failing, waiting("other", 1)) == [("other", 0)]


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(make_run_case((0.0,) * 5, must_pass=True), id="5 trials are there"),
        pytest.param(make_run_case((0.0,) * 9, must_pass=True), id="more than 5 are there"),
        pytest.param(make_run_case((0.0,)), id="not flagged"),
        pytest.param(make_run_case((0.0,), None, must_pass=True), id="new"),
        pytest.param(make_run_case((0.0,), (1.0, 0.5), must_pass=True), id="failed before"),
        pytest.param(make_run_case((None,), must_pass=True), id="unscored, not failed"),
        pytest.param(
            make_run_case((0.0,), must_pass=True, standing=Standing.EDITED), id="edited since"
        ),
    ],
)
def test_there_is_nothing_to_confirm(case: RunCase) -> None:
    assert draws_of(case) == []


@pytest.mark.parametrize(
    ("now", "due"),
    [
        pytest.param((0.0, None), [2, 3, 4], id="an unscored trial is one of the 5"),
        pytest.param((0.0, 1.0, 0.0), [3, 4], id="three are there"),
    ],
)
def test_confirmations_go_on_where_the_trials_ended(
    now: Sequence[float | None], due: list[int]
) -> None:
    case = make_run_case(now, must_pass=True)

    assert draws_of(case) == [("a-1", n) for n in due]
