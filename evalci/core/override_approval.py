"""Whether a review lets the overrides of a change count before they are merged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evalci.core.hashes import short
from evalci.core.override import Giver, may_not
from evalci.core.override_terms import OverridePolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Somebody's newest review, if it approves: who, and of which commit."""

    login: str
    commit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """Who approved the overrides of a change, or why they are ``refused``; the other is empty."""

    approved_by: str = ""
    refused: str = ""


def ruling(
    approvals: Sequence[Approval], givers: Mapping[str, Giver], *, head: str, policy: OverridePolicy
) -> Ruling:
    """Return whose review lets the overrides of a change count, or why none does.

    One is enough: of exactly this head, by somebody who may give an override. ``givers`` are those
    who approved, by login.
    """
    reasons = []
    for one in approvals:
        if one.commit != head:
            reasons.append(f"{one.login} approved another commit, {short(one.commit)}")
        elif reason := may_not(givers[one.login], policy):
            reasons.append(reason)
        else:
            return Ruling(approved_by=one.login)
    nobody = "it is not merged, and nobody approved this commit"
    return Ruling(refused=reasons[0] if reasons else nobody)
