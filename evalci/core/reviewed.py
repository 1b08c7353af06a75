"""What reviewers make of a sample: how they agree, and on which cases they do not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from evalci.core.rating import Rating, by_rater, pairs_of
from evalci.core.stats.agreement import Agreement, Pair, agreement_of

# A case whose reviewers differ on more than this share of what they both rated is flagged.
MAX_DIFFERING = 0.30


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """A case on which reviewers differ: on ``differing`` of ``compared`` criteria, by pairs."""

    case: str
    differing: int
    compared: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """The reviews of a sample together.

    ``agreement`` is None where no two reviewers rated the same; its bias is between reviewers by
    name, and means little. ``disputes`` begin with the worst.
    """

    reviewers: tuple[str, ...]
    ratings: tuple[Rating, ...]
    agreement: Agreement | None
    disputes: tuple[Dispute, ...]


def reviewed(
    ratings: Sequence[Rating], scales: Mapping[tuple[str, str], tuple[float, ...]]
) -> Reviewed:
    """Return what some ratings say together; every two reviewers are compared."""
    sides = dict(by_rater(ratings))
    pairs: list[Pair] = []
    for one, other in combinations(sides, 2):
        for found in pairs_of(sides[one], sides[other], scales).values():
            pairs += found
    return Reviewed(
        reviewers=tuple(sides),
        ratings=tuple(ratings),
        agreement=agreement_of(pairs) if pairs else None,
        disputes=_disputes(pairs),
    )


def _disputes(pairs: Sequence[Pair]) -> tuple[Dispute, ...]:
    by_case: dict[str, list[Pair]] = {}
    for pair in pairs:
        by_case.setdefault(pair.case, []).append(pair)
    found = [
        Dispute(
            case=case,
            differing=sum(pair.mine != pair.theirs for pair in theirs),
            compared=len(theirs),
        )
        for case, theirs in by_case.items()
    ]
    flagged = [one for one in found if one.differing > MAX_DIFFERING * one.compared]
    return tuple(sorted(flagged, key=lambda one: (-one.differing / one.compared, one.case)))
