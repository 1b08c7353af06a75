"""The issue of a drift run that came to no golden set, in words."""

from evalci.report.escape import mark_code, markdown

MAX_ERROR = 1000


def unmeasured_title(folder: str) -> str:
    """Return the title of that issue; ``folder`` is that of the project, empty at the top."""
    project = f" of {markdown(mark_code(folder))}" if folder else ""
    return f"evalci: drift{project} could not be measured"


def unmeasured_body(marker: str, error: str, run_url: str) -> str:
    """Return what the open issue says: why nothing was measured, in one line, and where."""
    lines = [
        marker,
        f"**Drift could not be measured**, says {_run(run_url)}.",
        "",
        f"- {markdown(mark_code(error, MAX_ERROR))}",
        "",
        "**To proceed**: do what the line above says, then run the workflow again.",
        "",
        "<sub>the next run that can measure closes this issue</sub>",
    ]
    return "\n".join(lines)


def measured_again(run_url: str) -> str:
    """Return the last word of that issue; it has no marker, the next failure gets its own."""
    return f"**Drift is measured again**, says {_run(run_url)}."


def _run(run_url: str) -> str:
    return f"[the run]({run_url})" if run_url else "the run"
