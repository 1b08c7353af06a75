"""The formats of a report, by name."""

from collections.abc import Sequence

from evalci.core.gate import decide
from evalci.core.publication import Failure
from evalci.core.run import Run
from evalci.report.escape import markdown, unmarked, visible
from evalci.report.explain import render_explained
from evalci.report.html import render_html
from evalci.report.json_report import render_json
from evalci.report.junit import render_junit
from evalci.report.markdown import render_markdown
from evalci.report.terminal import render_terminal
from evalci.report.view import build_view

WIDTH = 120
PLAIN = (WIDTH, False)


def render(run: Run, kind: str, page: tuple[int, bool] = PLAIN) -> str:
    """Return the report of a run as `terminal`, `markdown` or `json`.

    ``page`` is the width of a terminal, in characters, and whether it has colours.
    """
    if kind == "json":
        return render_json(run)
    view = build_view(run, decide(run))
    if kind == "markdown":
        return render_markdown(view)
    width, colour = page
    return render_terminal(view, width=width, colour=colour)


def explain_all(runs: Sequence[Run], kind: str) -> str:
    """Return every number behind the verdicts of some runs, as `markdown` or plain text."""
    return "\n".join(_explained(run, as_markdown=kind == "markdown") for run in runs)


def _explained(run: Run, *, as_markdown: bool) -> str:
    verdict = decide(run)
    title = build_view(run, verdict).title
    head = f"### {markdown(title)}\n" if as_markdown else f"{visible(unmarked(title))}\n"
    return f"{head}\n{render_explained(run, verdict, as_markdown=as_markdown)}"


def render_all(
    runs: Sequence[Run],
    kind: str,
    failures: Sequence[Failure] = (),
    page: tuple[int, bool] = PLAIN,
) -> str:
    """Return the reports of some runs one after the other, or as one document.

    `html` and `junit` are one document, and also tell of ``failures``: what did not come to a run.
    """
    if kind == "html":
        return render_html(runs, failures)
    if kind == "junit":
        return render_junit(runs, failures)
    return "\n".join(render(run, kind, page) for run in runs)
