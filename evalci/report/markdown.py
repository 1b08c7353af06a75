"""The Markdown report: the PR comment, and the step summary."""

from dataclasses import replace
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template

from evalci.report.escape import fenced, markdown, markdown_html
from evalci.report.view import ReportView

MARKER = "<!-- evalci:comment v=1 -->"
LIMIT = 60_000


def render_markdown(view: ReportView, *, limit: int = LIMIT) -> str:
    """Return the report, shortened step by step until it has at most ``limit`` characters.

    Marker, verdict and the way to proceed survive every step.
    """
    text = ""
    for rung in _ladder(view):
        text = _template().render(view=rung, marker=MARKER)
        if len(text) <= limit:
            return text
    return text


def _ladder(view: ReportView) -> list[ReportView]:
    """Return the view, then ever smaller ones: no diffs, no bodies, three examples, 12 rows."""
    no_diffs = replace(view, diffs=())
    no_bodies = replace(
        no_diffs, examples=tuple(replace(e, output="", expected="") for e in view.examples)
    )
    three = replace(no_bodies, examples=no_bodies.examples[:3])
    rows = replace(three, rows=three.rows[:12], changes=three.changes[:12])
    bare = replace(rows, rows=(), changes=(), examples=(), facts=(), blind_spots=(), sentences=())
    return [view, no_diffs, no_bodies, three, rows, bare]


@cache
def _template() -> Template:
    environment = Environment(  # noqa: S701  # Markdown: every value passes a filter of ours
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(md=markdown, html=markdown_html, fenced=fenced)
    source = files("evalci.report").joinpath("templates/comment.md.j2").read_text("utf-8")
    return environment.from_string(source)
