"""Reviews: whose approval of which commit lets an override count before it is merged."""

from collections.abc import Sequence

import pytest

from evalci.core.override import Role
from evalci.core.override_approval import Approval, Ruling, ruling
from tests.core.overrides import HEAD, POLICY, make_giver

OLDER = "b" * 40
ADA = Approval(login="ada", commit=HEAD)
GIVERS = {
    "ada": make_giver(),
    "bob": make_giver(login="bob", author=True),
    "eve": make_giver(login="eve", role=Role.READ),
}


@pytest.mark.parametrize(
    ("approvals", "why"),
    [
        pytest.param([], "it is not merged, and nobody approved this commit", id="none"),
        pytest.param(
            [Approval(login="ada", commit=OLDER)],
            "ada approved another commit, bbbbbbb",
            id="of an older commit",
        ),
        pytest.param(
            [Approval(login="bob", commit=HEAD)],
            "bob wrote this change, so somebody else must let it through",
            id="by the author",
        ),
        pytest.param(
            [Approval(login="eve", commit=HEAD)],
            "eve has not the `write` permission that it takes",
            id="by a reader",
        ),
    ],
)
def test_without_a_fit_approval_it_says_why(approvals: Sequence[Approval], why: str) -> None:
    assert ruling(approvals, GIVERS, head=HEAD, policy=POLICY) == Ruling(refused=why)


@pytest.mark.parametrize(
    "approvals",
    [
        pytest.param([ADA], id="of this commit, by somebody who may"),
        pytest.param([Approval(login="bob", commit=HEAD), ADA], id="one of several is enough"),
    ],
)
def test_one_approval_is_enough_and_is_named(approvals: Sequence[Approval]) -> None:
    assert ruling(approvals, GIVERS, head=HEAD, policy=POLICY) == Ruling(approved_by="ada")
