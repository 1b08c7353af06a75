"""What a run is about when somebody proposes a change: its head, and whose branch that is."""

from dataclasses import dataclass

from evalci.core.json_value import Json, value_at

FORK = "fork PR, a maintainer can start it"
FROM_FORK = "reported by the fork's own job"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """The pull request of a run: ``head`` is its newest commit, ``foreign`` says it is a fork's.

    ``not_run`` says why nobody was asked, empty when somebody was or nothing was due.
    """

    head: str = ""
    foreign: bool = False
    not_run: str = ""


def is_foreign(payload: Json) -> bool:
    """Tell whether the payload of a pull request is about a branch of another repository.

    A fork that was deleted has no name any more, and what has no name is not ours.
    """
    head = value_at(payload, "pull_request", "head", "repo", "full_name")
    own = value_at(payload, "repository", "full_name")
    return not (isinstance(head, str) and isinstance(own, str) and same_repository(head, own))


def same_repository(one: str, other: str) -> bool:
    """Tell whether two names mean one repository; GitHub takes no notice of their case."""
    return bool(one) and one.casefold() == other.casefold()
