"""What we answer to a command in a comment, as Markdown."""

import re
from collections.abc import Sequence

from evalci.core.comment_command import Command, Verb
from evalci.core.hashes import short
from evalci.core.head_text import MAX_PATH, Proposal
from evalci.core.names import name_in, spoken_to
from evalci.core.override_record import record_text
from evalci.core.override_terms import WHOLE, Override
from evalci.report.escape import (
    code_span,
    counted,
    fenced,
    first_lines,
    mark_code,
    markdown,
    one_line,
)

STRANGERS = "<!-- evalci:reply v=1 to=strangers -->"
MAX_LEFT_OUT = 50
MAX_SHOWN = 100
_MEANS = (
    "Config, scorers and all code stay those of the default branch. Look at the files: their words "
    "go to the model, at the cost of this repository."
)
_QUOTED = re.compile(r"`([^`]+)`")


def refused(why: str) -> str:
    """Return that a command was not obeyed; what stands in backticks is shown as code."""
    marked = _QUOTED.sub(lambda found: mark_code(found.group(1)), why)
    return f"Not done: {'; '.join(map(markdown, marked.splitlines()))}."


def listed(proposal: Proposal, head: str, folder: str) -> str:
    """Return the text that a `run` would take over, and the line that confirms it."""
    lines = [
        f"- {code_span(one_line(c.path, MAX_PATH))}{_what(c.id, c.size)}" for c in proposal.changes
    ]
    line = f"{spoken_to(folder)} {Verb.RUN} {head} confirm {proposal.digest(head)}"
    files = counted(len(proposal.changes), "file")
    return "\n".join(
        [
            f"**{files} of `{short(head)}`** would be read as text. {_MEANS}",
            "",
            *lines,
            *_left_out(proposal),
            "",
            "To run it, copy this line into a new comment:",
            fenced(line),
        ]
    )


def _path(path: str, limit: int) -> str:
    return code_span(one_line(path, limit))


def _what(content: str | None, size: int) -> str:
    return " (removed)" if content is None else f" ({size:,} bytes)"


def _left_out(proposal: Proposal) -> list[str]:
    paths = [f"- {_path(path, MAX_SHOWN)}" for path in proposal.left_out]
    paths += ["- what lies elsewhere: GitHub does not list it all"] * (not proposal.complete)
    if not paths:
        return []
    title = "Changed beside them, and not taken over: here the default branch counts."
    return ["", title, "", *first_lines(paths, MAX_LEFT_OUT)]


def nothing_to_run(head: str) -> str:
    """Return that a pull request changes no text that is measured."""
    return f"`{short(head)}` changes no prompt and no case: there is nothing to run."


def overridden(given: Sequence[Override], folder: str = "") -> str:
    """Return what was let through in a project, until when, with the records that keep it.

    The records are what counts later: they stand here, in a comment of ours that nobody edits.
    """
    said = [
        f"👁 {_name(one, folder)} is overridden until {one.until}, by {_by(one)}." for one in given
    ]
    reason = markdown(mark_code(given[0].reason, 1_000))
    held = (
        "It holds for this text: a push that changes what is asked or scored ends it, and a "
        "regression elsewhere still blocks."
    )
    records = [record_text(one, folder) for one in given]
    return "\n".join([*said, "", f"Reason: {reason}", "", held, "", *records])


def _name(one: Override, folder: str) -> str:
    name = "the run as a whole" if one.category == WHOLE else code_span(one.category)
    return f"{name} of {code_span(name_in(folder, one.golden_set))} with {code_span(one.model)}"


def _by(one: Override) -> str:
    return code_span(one.by)


def proposed(url: str) -> str:
    """Return where the baseline can be merged."""
    return (
        f"The baseline is proposed in {url}. Merge that one first: this pull request is then "
        "compared with it."
    )


def unchanged() -> str:
    """Return that the baselines say already what was measured."""
    return "Nothing to accept: the baselines hold what was measured."


def rerun(url: str) -> str:
    """Return that the check goes on again."""
    return f"The check runs again: {url}"


ACCEPT_TITLE = "Accept evalci baselines of #{number}"


def accept_body(command: Command, *, by: str, number: int, paths: Sequence[str]) -> str:
    """Return the words of the pull request that brings an accepted baseline."""
    measured = f"The baselines as measured for #{number} at `{short(command.sha)}`"
    return "\n".join(
        [
            f"{measured}, accepted by {code_span(by)}.",
            "",
            f"Reason: {markdown(mark_code(command.reason, 1_000))}",
            "",
            f"Files: {', '.join(map(code_span, paths))}",
        ]
    )
