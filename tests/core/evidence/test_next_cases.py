"""Which cases the next replicate runs: open categories, doubtful flips, culprits."""

from collections.abc import Sequence

import pytest

from evalci.core.evidence.decision import Decision, Ending, Status
from evalci.core.evidence.next_cases import next_cases
from evalci.core.evidence.options import CategoryRule, Method, Options
from evalci.core.evidence.table import CaseTrials
from tests.core.evidence.looks import run_looks
from tests.core.evidence.makers import (
    STABLE,
    Scores,
    cases_like,
    category_of,
    make_trials,
    noisy,
    weighed,
)


def due(
    cases: Sequence[CaseTrials], decision: Decision | None = None, options: Options | None = None
) -> tuple[str, ...]:
    rules = {case.category: CategoryRule() for case in cases}
    return next_cases(cases, rules, options or Options(), decision=decision)


def ids(cases: Sequence[CaseTrials]) -> tuple[str, ...]:
    return tuple(case.id for case in cases)


def test_the_first_replicate_runs_every_case() -> None:
    cases = [*cases_like(3, STABLE, ()), make_trials((), (), id="new")]

    assert due(cases) == ids(cases)


def test_an_open_category_goes_on_and_a_passed_one_rests() -> None:
    opened, passed = noisy(10), cases_like(30, STABLE, (1,), category="b")
    cases = [*opened, *passed]

    assert due(cases, weighed(cases, ending=Ending.MORE)) == ids(opened)


def test_a_flip_in_a_passed_category_is_confirmed() -> None:
    flipped = make_trials(STABLE, (0,), id="flip")
    cases = [*cases_like(60, STABLE, (1,)), flipped]
    decision = weighed(cases, ending=Ending.MORE)

    assert category_of(decision, "a").status is Status.PASS
    assert due(cases, decision) == ("flip",)


def test_a_flip_that_was_a_slip_is_not_run_again() -> None:
    steady = cases_like(60, STABLE, (1,))
    decision = weighed([*steady, make_trials(STABLE, (0,), id="flip")], ending=Ending.MORE)

    confirmed = [*steady, make_trials(STABLE, (0, 1, 1), id="flip")]

    assert due(confirmed, decision) == ()


@pytest.mark.parametrize(
    ("candidate", "runs"),
    [
        pytest.param((0, 0, 0), True, id="below 4 trials"),
        pytest.param((0, 0, 0, 0), False, id="at 4 trials"),
    ],
)
def test_culprits_of_a_failed_category_are_run_up_to_4_trials(
    candidate: Scores, runs: bool
) -> None:
    culprits = cases_like(8, STABLE, candidate)
    cases = [*culprits, *cases_like(12, STABLE, (1, 1), start=8)]
    decision = weighed(cases, ending=Ending.MORE)

    assert category_of(decision, "a").status is Status.REGRESSION
    assert due(cases, decision) == (ids(culprits) if runs else ())


def test_no_case_runs_past_the_cap() -> None:
    cases = [*noisy(9), make_trials((1, 0) * 5, (1, 0) * 8, id="full")]

    assert "full" not in due(cases, weighed(cases, ending=Ending.MORE))


def test_a_case_without_a_score_yet_is_asked_again_while_its_category_is_open() -> None:
    cases = [*noisy(9), make_trials((1, 0), (None,), id="errored")]

    assert "errored" in due(cases, weighed(cases, ending=Ending.MORE))


def test_a_new_case_is_run_once() -> None:
    cases = [*noisy(9), make_trials((), (1,), id="new")]

    assert "new" not in due(cases, weighed(cases, ending=Ending.MORE))


def test_small_categories_rest_but_for_their_flips() -> None:
    cases = [*cases_like(3, STABLE, (1,)), make_trials(STABLE, (0,), id="flip")]

    assert due(cases, weighed(cases, ending=Ending.MORE)) == ("flip",)


def test_exact_mode_runs_every_case_the_same_number_of_times() -> None:
    options = Options(method=Method.EXACT, trials=3)
    cases = [make_trials(STABLE, (1, 1), id="short"), make_trials(STABLE, (1, 1, 1), id="done")]

    assert due(cases, options=options) == ("short",)


def test_entropy_mode_repeats_only_what_disagrees() -> None:
    options = Options(method=Method.ENTROPY)
    cases = [
        make_trials(STABLE, (1,), id="one trial"),
        make_trials(STABLE, (1, 1), id="agrees"),
        make_trials(STABLE, (1, 0), id="disagrees"),
        make_trials(STABLE, (1, 0, 1, 0, 1), id="disagrees at the cap"),
    ]

    assert due(cases, options=options) == ("one trial", "disagrees")


def test_an_unchanged_run_settles_early_and_a_broken_category_is_found() -> None:
    cases = [
        make_trials(STABLE, (), id=f"{name}{i}", category=name) for name in "ab" for i in range(30)
    ]
    rules = {name: CategoryRule() for name in "ab"}

    unchanged = run_looks(cases, rules, Options(), lambda case, _: 1.0)
    broken = run_looks(cases, rules, Options(), lambda case, _: float("b1" not in case))

    assert (unchanged.decision.verdict, unchanged.calls) == (Status.PASS, 60)
    assert category_of(broken.decision, "b").status is Status.REGRESSION
    assert category_of(broken.decision, "a").status is Status.PASS
