"""Pages around the comment: the step summary, and the pull request that brings new baselines."""

from collections.abc import Sequence

from evalci.report.delimiters import Section
from evalci.report.escape import code_span

BASELINE_TITLE = "Update evalci baselines"
REOPEN = (
    "A pull request that was opened with the default token starts no workflows. To have its checks"
    " run, close and reopen it, or give the action the token of an app."
)


def step_summary(sections: Sequence[Section]) -> str:
    """Return every section in full, also what a comment has no room for."""
    return "\n\n".join(
        f"### {section.icon} evalci: {section.title}\n\n{section.text}" for section in sections
    )


def baseline_body(sections: Sequence[Section], files: Sequence[str], run_url: str) -> str:
    """Return what the pull request with these baseline files says."""
    source = f"[a run on the default branch]({run_url})" if run_url else "a run"
    lines = [
        f"The baselines as {source} measured them:",
        "",
        *(f"- {section.icon} {section.title}" for section in sections),
        "",
        f"Files: {', '.join(code_span(path) for path in files)}",
        "",
        REOPEN,
    ]
    return "\n".join(lines)
