"""Places the sections of a comment: order, headings, and how much room each one gets."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from evalci.core.hashes import short
from evalci.report.delimiters import Section, delimited, line_mark
from evalci.report.escape import code_span
from evalci.report.markdown import LIMIT, MARKER
from evalci.report.outcomes import ICONS

MAX_SECTIONS = 200
MAX_TITLE = 160
FRAME = 1_000  # the heading, what stands between the blocks, the last line with its link
HIDDEN, LINE = 0, 1
UNTITLED = "details are in the step summary"
_WORST_FIRST = list(dict.fromkeys(ICONS.values()))
_WORDS = {
    "🔴": ("blocks", "block"),
    "⚫": ("is not measured", "are not measured"),
    "👁": ("is overridden", "are overridden"),
    "🟡": ("is not settled", "are not settled"),
    "⚪": ("is unverified", "are unverified"),
    "🟣": ("is too small to decide", "are too small to decide"),
    "🔵": ("has no baseline yet", "have no baseline yet"),
    "🟢": ("passes", "pass"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A section with every form it can take in the comment, from nothing visible to all of it."""

    section: Section
    forms: tuple[str, ...]


def page(current: Sequence[Section], outdated: Sequence[Section]) -> str:
    """Return the comment with the sections of the newest commit, and a line for each other one."""
    if len(current) == 1 and not outdated:
        return _alone(_titled(current[0]))
    ordered = sorted(map(_titled, current), key=lambda s: (severity(s), s.key))
    older = sorted(map(_titled, outdated), key=lambda s: s.key)
    places = [*map(_place, ordered), *map(_outdated, older)]
    kept = places[:MAX_SECTIONS]
    levels = _levels(kept, LIMIT - FRAME)
    blocks = [p.forms[n] for p, n in zip(kept, levels, strict=True) if n > LINE]
    lines = [p.forms[n] for p, n in zip(kept, levels, strict=True) if n == LINE]
    hidden = [p.forms[n] for p, n in zip(kept, levels, strict=True) if n == HIDDEN]
    more = len(hidden) + len(places) - len(kept)
    lines += [f"- and {more} more"] * bool(more)
    cut = more or any(n == LINE for n in levels[: len(current)])
    proceed = [_to_proceed(ordered)] * bool(cut)
    heading = f"{MARKER}\n### {_heading(ordered, len(older))}"
    parts = [heading, *blocks, "\n".join(lines), *proceed, "\n".join(hidden)]
    return "\n\n".join(part for part in parts if part)


def severity(section: Section) -> int:
    """Return 0 for the worst icon, more for better ones."""
    return _WORST_FIRST.index(section.icon)


def _alone(section: Section) -> str:
    heading = f"### {section.icon} evalci: {section.title or UNTITLED}"
    text = ""
    for form in _texts(section) or [_brief(section)]:
        text = f"{MARKER}\n{delimited(section, heading, form)}"
        if len(text) <= LIMIT:
            break
    return text


def _place(section: Section) -> Place:
    heading = f"#### {section.icon} {_name(section)}: {section.title or UNTITLED}"
    texts = [delimited(section, heading, form) for form in reversed(_texts(section))]
    return Place(section=section, forms=(*_short_forms(section), *texts))


def _texts(section: Section) -> list[str]:
    """Return what can stand under the heading, the longest first; nothing when all is lost."""
    known = [text for text in (section.text, *section.shorter) if text]
    return [*known, _brief(section)] if known or section.proceed else []


def _brief(section: Section) -> str:
    """Return the way to proceed, and where the rest is."""
    proceed = [f"**To proceed**: {section.proceed}."] * bool(section.proceed)
    return "\n\n".join([*proceed, f"Details are in {_summary_link(section.run_url)}."])


def _short_forms(section: Section) -> tuple[str, ...]:
    """Return the mark alone and, where the title is known, a line with it."""
    return _marked(section, f"{section.icon} {_name(section)}: {_short(section.title)}")


def _outdated(section: Section) -> Place:
    """Return a section of another commit, which is never left saying what it said."""
    commit = f"`{short(section.head)}`" if section.head else "another commit"
    line = f"measured at {commit}, before the last push: {_short(section.title)}"
    return Place(section=section, forms=_marked(section, f"⚪ {_name(section)}: {line}"))


def _marked(section: Section, line: str) -> tuple[str, ...]:
    mark = line_mark(replace(section, title=""))
    if not section.title:
        return (mark,)
    return (mark, f"- {line} {line_mark(replace(section, title=_short(section.title)))}")


def _titled(section: Section) -> Section:
    """Return a section with a title, unless nothing but its mark was left of it."""
    known = section.title or section.text or section.proceed
    return section if section.title or not known else replace(section, title=UNTITLED)


def _short(title: str) -> str:
    """Return a title that fits on a line; what is cut becomes code, in which nothing is live."""
    if len(title) <= MAX_TITLE:
        return title
    words = re.sub(r"[`\\]", "", title)[: MAX_TITLE - 10].rstrip()
    return code_span(f"{words}…")


def _name(section: Section) -> str:
    if section.of_all:
        project = f" of {code_span(section.project)}" if section.project else ""
        return f"the whole check{project}"
    return code_span(section.key)


def _summary_link(url: str) -> str:
    return f"the [step summary]({url})" if url else "the step summary"


def _to_proceed(sections: Sequence[Section]) -> str:
    newest = max(sections, key=lambda s: s.age)
    where = _summary_link(newest.run_url)
    return f"**To proceed**: see what each check says in {where}."


def _heading(current: Sequence[Section], outdated: int) -> str:
    """Say in words how many checks are in the worst state, and how many are not up to date."""
    icon = _WORST_FIRST[min(severity(section) for section in current)]
    count, total = sum(s.icon == icon for s in current), len(current) + outdated
    every = count == total > 1
    number = f"all {total}" if every else f"{count} of {total}"
    older = f", {outdated} not measured since the last push" if outdated else ""
    word = _WORDS[icon][count != 1]
    return f"{icon} evalci: {number} {'check' if total == 1 else 'checks'} {word}{older}"


def _levels(places: Sequence[Place], room: int) -> list[int]:
    """Return which form each section takes: first everybody up to a fair share, then the worst.

    A form is reached one by one, so that all sections have a line before one has a page.
    """
    levels = [HIDDEN] * len(places)
    left = room - sum(len(place.forms[HIDDEN]) + 2 for place in places)
    highest = max(len(place.forms) for place in places)
    for limit in (room // len(places), room):
        for level in range(LINE, highest):
            for index, place in enumerate(places):
                if levels[index] != level - 1 or level >= len(place.forms):
                    continue
                grows = len(place.forms[level]) - len(place.forms[level - 1])
                if grows <= left and len(place.forms[level]) <= limit:
                    levels[index], left = level, left - grows
    return levels
