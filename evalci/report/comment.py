"""The one comment of a pull request: what several publishers say, merged and sized."""

from collections.abc import Iterable, Sequence

from evalci.report.delimiters import Section, read_sections
from evalci.report.layout import MAX_SECTIONS, page, severity
from evalci.report.markdown import MARKER
from evalci.report.sections import build_sections

__all__ = ["Section", "build_sections", "holds", "merged_comment", "worth_a_comment"]
NOTHING = f"{MARKER}\n### ⚫ evalci: not measured: nothing was reported"
_NEVER = (-1, -1)


def merged_comment(bodies: Sequence[str], mine: Sequence[Section]) -> str:
    """Return the comment that says what ``bodies`` (every comment of ours) and ``mine`` say.

    The newest section of a key wins, mine where both are as new; those of another commit than the
    newest become a line. It has at most 60,000 characters.
    """
    theirs = [section for body in bodies for section in read_sections(body)]
    kept = _without_old_failure(_newest_by_key(theirs, mine))
    if not kept:
        return NOTHING
    head = max(kept, key=lambda s: (s.age, s.head)).head
    return page(
        [section for section in kept if section.head == head],
        [section for section in kept if section.head != head],
    )


def holds(body: str, mine: Sequence[Section]) -> bool:
    """Tell whether a comment has each section of mine, or a newer one of its key.

    A comment that is full has what it can have.
    """
    said = _newest_by_key([*read_sections(body)], ())
    found, newest = {section.key: section.age for section in said}, _newest_by_project(said)
    return len(found) >= MAX_SECTIONS or all(
        found.get(section.key, _NEVER) >= section.age
        or (section.of_all and newest.get(section.project, _NEVER) > section.age)
        for section in mine
    )


def worth_a_comment(mine: Sequence[Section]) -> bool:
    """Tell whether any section has something to say."""
    return not all(section.quiet for section in mine)


def _newest_by_key(theirs: Sequence[Section], mine: Sequence[Section]) -> list[Section]:
    """Return one section a key, whatever the order: of equally new ones mine, then the worst."""
    ranked: Iterable[tuple[Section, bool]] = (
        *((section, False) for section in theirs),
        *((section, True) for section in mine),
    )
    ordered = sorted(
        ranked, key=lambda item: (item[0].age, item[1], -severity(item[0]), item[0].text)
    )
    return list({section.key: section for section, _ in ordered}.values())


def _without_old_failure(sections: list[Section]) -> list[Section]:
    """Drop the failure of a whole command once a newer publisher of its project had none."""
    newest = _newest_by_project(sections)
    return [each for each in sections if not each.of_all or each.age == newest[each.project]]


def _newest_by_project(sections: Sequence[Section]) -> dict[str, tuple[int, int]]:
    return {each.project: each.age for each in sorted(sections, key=lambda each: each.age)}
