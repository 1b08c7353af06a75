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


def unapproved(
    approvals: Sequence[Approval], givers: Mapping[str, Giver], *, head: str, policy: OverridePolicy
) -> str:
    """Return why no review lets the overrides of a change count, an empty text when one does.

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
            return ""
    return reasons[0] if reasons else "it is not merged, and nobody approved this commit"
