"""What several reviewers make of a sample together."""

import pytest

from evalci.core.rating import Place, Rating
from evalci.core.reviewed import Reviewed, reviewed

SCALE = (0.0, 0.5, 1.0)


def rated(who: str, case: str, *values: float) -> list[Rating]:
    return [
        Rating(place=Place(case=case, trial=0, criterion=f"c{n}"), rater=who, value=value)
        for n, value in enumerate(values)
    ]


def together(*ratings: list[Rating]) -> Reviewed:
    every = [one for some in ratings for one in some]
    return reviewed(every, {(one.place.case, one.place.criterion): SCALE for one in every})


@pytest.mark.parametrize(
    ("bob", "flagged"),
    [
        pytest.param((1.0,) * 10, [], id="all the same"),
        pytest.param((0.0,) * 3 + (1.0,) * 7, [], id="exactly 30 % is allowed"),
        pytest.param((0.0,) * 4 + (1.0,) * 6, [("a", 4, 10)], id="more than 30 %"),
    ],
)
def test_a_case_is_flagged_when_reviewers_differ_on_more_than_30_percent(
    bob: tuple[float, ...], flagged: list[tuple[str, int, int]]
) -> None:
    found = together(rated("Ada", "a", *(1.0,) * 10), rated("Bob", "a", *bob))

    assert [(d.case, d.differing, d.compared) for d in found.disputes] == flagged


def test_the_worst_dispute_comes_first() -> None:
    ada = rated("Ada", "a", 1.0, 1.0) + rated("Ada", "b", 1.0, 1.0)
    bob = rated("Bob", "a", 1.0, 0.0) + rated("Bob", "b", 0.0, 0.0)

    assert [dispute.case for dispute in together(ada, bob).disputes] == ["b", "a"]


def test_every_two_of_three_reviewers_are_compared() -> None:
    found = together(*(rated(who, "a", 1.0, 0.5) for who in ("Ada", "Bob", "Cy")))

    assert found.agreement is not None
    assert (found.agreement.pairs, found.agreement.kappa) == (6, 1.0)


def test_reviewers_of_different_answers_cannot_be_compared() -> None:
    found = together(rated("Ada", "a", 1.0), rated("Bob", "b", 0.0))

    assert (found.agreement, found.disputes, found.reviewers) == (None, (), ("Ada", "Bob"))
