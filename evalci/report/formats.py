"""The formats of `evalci report`, by name."""

from evalci.core.gate import decide
from evalci.core.run import Run
from evalci.report.json_report import render_json
from evalci.report.markdown import render_markdown
from evalci.report.terminal import render_terminal
from evalci.report.view import build_view

WIDTH = 120


def render(run: Run, kind: str) -> str:
    """Return the report of a run as `terminal`, `markdown` or `json`."""
    if kind == "json":
        return render_json(run)
    view = build_view(run, decide(run))
    if kind == "markdown":
        return render_markdown(view)
    return render_terminal(view, width=WIDTH, colour=False)
