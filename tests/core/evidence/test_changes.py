"""Which cases are named as regressed, broken or gained, and which as noise."""

import pytest

from evalci.core.evidence.decision import CaseChange, Change
from evalci.core.evidence.options import CategoryRule
from tests.core.evidence.makers import STABLE, Scores, cases_like, make_trials, weighed


def changes_beside_stable(baseline: Scores, candidate: Scores) -> tuple[CaseChange, ...]:
    """Return what moved in a category of steady cases and this one."""
    others = [
        *cases_like(20, STABLE, (1, 1)),
        *cases_like(6, (0,) * 10, (0, 0), start=20),
        *cases_like(4, (1, 0) * 5, (1, 0), start=26),
    ]
    return weighed([*others, make_trials(baseline, candidate, id="it")]).cases


@pytest.mark.parametrize(
    ("baseline", "candidate", "change"),
    [
        pytest.param(STABLE, (0, 0, 0, 0), Change.BROKEN, id="10/10 to 0/4"),
        pytest.param((1,) * 7 + (0,) * 3, (1, *(0,) * 7), Change.REGRESSED, id="7/10 to 1/8"),
        pytest.param(STABLE, (1, 1, 1, 0), Change.FELL, id="10/10 to 3/4"),
        pytest.param((1, 0) * 5, (0,), Change.FELL, id="5/10 to 0/1"),
        pytest.param((0,) * 10, (1, 1, 1, 1), Change.GAINED, id="0/10 to 4/4"),
        pytest.param((1, 0) * 5, (1,), Change.ROSE, id="5/10 to 1/1"),
    ],
)
def test_a_case_is_named_by_how_likely_its_change_is_real(
    baseline: Scores, candidate: Scores, change: Change
) -> None:
    (found,) = changes_beside_stable(baseline, candidate)

    assert found.change is change


def test_a_change_has_the_trials_of_both_sides() -> None:
    (found,) = changes_beside_stable(STABLE, (0, 0, 0, 1))

    assert (found.before, found.before_trials) == (1.0, 10)
    assert (found.after, found.after_trials) == (0.25, 4)
    assert found.fall == 0.75


def test_cases_that_did_not_move_are_not_listed() -> None:
    assert changes_beside_stable(STABLE, (1, 1)) == ()


def test_a_change_that_is_plainly_noise_has_no_posterior() -> None:
    (found,) = changes_beside_stable((1, 0) * 5, (1, 1, 0, 0, 0))

    assert found.p_change is None


def test_losses_come_before_gains_and_the_surest_first() -> None:
    cases = [
        *cases_like(20, STABLE, (1, 1)),
        make_trials((0,) * 10, (1, 1, 1, 1), id="gained"),
        make_trials(STABLE, (1, 1, 1, 0), id="noise"),
        make_trials(STABLE, (0, 0, 0, 0), id="broken"),
        make_trials(STABLE, (0, 0, 0), id="broken with fewer trials"),
    ]

    found = [change.id for change in weighed(cases).cases]

    assert found == ["broken", "broken with fewer trials", "noise", "gained"]


@pytest.mark.parametrize(
    ("candidate", "change"),
    [
        pytest.param((0.5, 0.52, 0.48), Change.REGRESSED, id="far outside its own noise"),
        pytest.param((0.79, 0.77), Change.FELL, id="within its own noise"),
        pytest.param((0.99, 0.98, 1.0), Change.GAINED, id="far above it"),
    ],
)
def test_graded_cases_are_held_to_their_own_noise(candidate: Scores, change: Change) -> None:
    steady = (0.80, 0.84, 0.76, 0.82, 0.78)
    cases = [*cases_like(10, steady, (0.8,)), make_trials(steady, candidate, id="it")]

    decision = weighed(cases, rules={"a": CategoryRule(graded=True)})

    assert [c.change for c in decision.cases if c.id == "it"] == [change]
