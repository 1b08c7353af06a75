"""What a report says of overrides: who let what through until when, and which do not count."""

from evalci.core.hashes import short
from evalci.core.names import spoken_to
from evalci.core.override import blocking_names
from evalci.core.override_terms import WHOLE, Override
from evalci.core.run import Run
from evalci.core.verdict import Verdict
from evalci.report.escape import mark_code, one_line

MAX_REASON = 300
ALL = "all cases together"


def until_words(override: Override) -> str:
    """Return that something is overridden and how long, as the outcome of a row."""
    return f"overridden until {one_line(override.until)}"


def override_lines(run: Run, verdict: Verdict) -> tuple[str, ...]:
    """Return a line for each override in use, then for those that do not count for what blocks."""
    blocking = blocking_names(verdict)
    refused = [one for one in run.overrides if one.refused and one.category in blocking]
    return (*map(_line, used_overrides(verdict)), *map(_refusal, refused))


def used_overrides(verdict: Verdict) -> list[Override]:
    """Return the overrides without which a verdict would block."""
    found = [*(r.override for r in verdict.categories), *(m.override for m in verdict.must_pass)]
    return [one for one in (*found, verdict.whole_override) if one is not None]


def _line(one: Override) -> str:
    where = f" at {mark_code(short(one.head))}" if one.head else ""
    reason = mark_code(one.reason, MAX_REASON)
    return (
        f"{name_of(one.category)} is {until_words(one)} by {giver_words(one)}{where}, in "
        f"{mark_code(one.source)}, because {reason}"
    )


def giver_words(one: Override) -> str:
    """Return who gave an override; a file proves no name, only who approved it is known."""
    if not one.in_file:
        return mark_code(one.by)
    approved = f", approved by {mark_code(one.approved_by)}" if one.approved_by else ""
    return f"{mark_code(one.by)} (as its file says, unproven){approved}"


def _refusal(one: Override) -> str:
    what, who = name_of(one.category), mark_code(one.by)
    where = mark_code(one.source)
    return f"The override of {what} by {who} in {where} does not count: {one_line(one.refused)}"


def comment_words(verdict: Verdict, head: str, folder: str) -> str:
    """Return the comment that would let through what blocks, ready to be copied.

    ``folder`` is that of the project, empty at the top of the repository. The run as a whole is
    named only where nothing else blocks: it may fall with a category alone.
    """
    found = {one.category for one in used_overrides(verdict)}
    names = [name for name in blocking_names(verdict) if name not in found]
    names = [name for name in names if name != WHOLE] or names
    name = names[0] if len(names) == 1 else "<category>"
    quoted = f'"{name}"' if " " in name else name
    return f", or comment {mark_code(f'{spoken_to(folder)} override {head} {quoted} <reason>')}"


def name_of(category: str) -> str:
    """Return what an override covers, as a reader of a report knows it."""
    return ALL if category == WHOLE else mark_code(category)
