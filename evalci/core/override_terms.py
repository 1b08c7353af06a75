"""What an override says, and the terms on which the base lets anybody give one."""

from dataclasses import dataclass
from enum import StrEnum

from evalci.core.json_value import JsonObject, integer

WHOLE = "*"


class Role(StrEnum):
    """What somebody may do in a repository, the least first."""

    NONE = "none"
    READ = "read"
    TRIAGE = "triage"
    WRITE = "write"
    MAINTAIN = "maintain"
    ADMIN = "admin"

    def reaches(self, other: "Role") -> bool:
        """Tell whether it allows what another role does."""
        order = list(Role)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, slots=True, kw_only=True)
class OverridePolicy:
    """The `override:` section: who may let a regression through, for how long, and how explained.

    ``who`` is the least role; ``author_may`` lets the author of a change override it, too;
    ``max_days`` is the longest an override may hold.
    """

    who: Role = Role.WRITE
    author_may: bool = False
    max_days: int = 30
    min_reason_chars: int = 20


DEFAULT_OVERRIDES = OverridePolicy()


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A documented reason that lets what fails through, as long as nothing about it changes.

    ``category`` is the name of a category, the id of a must-pass case, or `*` for the run as a
    whole. ``until`` is the last day (ISO 8601) on which it holds, ``granted_at`` a moment in UTC.
    ``digest`` names what was measured when it was granted, for the commit ``head``. ``source`` is
    the file or the comment that holds it. ``by`` is proven for a comment; in a file it is what its
    writer wrote. ``approved_by`` is who approved the commit that brings the file, empty for others.
    ``refused`` says why it does not count, empty when it does.
    """

    golden_set: str
    model: str
    category: str
    reason: str
    by: str
    granted_at: str
    until: str
    head: str
    digest: str
    source: str
    approved_by: str = ""
    refused: str = ""

    @property
    def in_file(self) -> bool:
        """Tell whether a file holds it, in which anybody may have written anything."""
        return not self.source.startswith("comment ")


def override_policy(data: JsonObject) -> OverridePolicy:
    """Return the terms that an `override:` section sets; the schema has let nothing wrong pass."""
    return OverridePolicy(
        who=Role(str(data.get("who", Role.WRITE))),
        author_may=bool(data.get("author_may", False)),
        max_days=integer(data.get("max_days"), 30),
        min_reason_chars=integer(data.get("min_reason_chars"), 20),
    )
