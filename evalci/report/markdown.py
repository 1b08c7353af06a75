"""The Markdown report: the PR comment, and the step summary."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template

from evalci.report.escape import counted, fenced, markdown, markdown_cell, markdown_html
from evalci.report.view import ReportView

MARKER = "<!-- evalci:comment v=1 -->"
LIMIT = 60_000
MAX_ROWS = 12


def render_markdown(view: ReportView, *, limit: int = LIMIT) -> str:
    """Return the report, shortened step by step until it has at most ``limit`` characters.

    Marker, verdict and the way to proceed survive every step.
    """
    heading = f"{MARKER}\n### {markdown(view.title)}\n"
    return heading + body_within(view, limit - len(heading))


def body_within(view: ReportView, limit: int) -> str:
    """Return what stands under the heading, as much of it as ``limit`` characters hold."""
    text = ""
    for text in rungs(view):
        if len(text) <= limit:
            break
    return text


def rungs(view: ReportView) -> Iterator[str]:
    """Yield what stands under the heading of a report, then the same with ever less in it."""
    for rung in _ladder(view):
        yield _template().render(view=rung)


def _ladder(view: ReportView) -> list[ReportView]:
    """Return the view, then ever smaller ones: no diffs, no bodies, three examples, 12 rows."""
    no_diffs = replace(view, diffs=())
    no_bodies = replace(
        no_diffs,
        examples=tuple(replace(e, output="", expected="", judged="") for e in view.examples),
    )
    three = replace(no_bodies, examples=no_bodies.examples[:3], gains=no_bodies.gains[:3], noise=())
    rows = replace(
        three,
        rows=three.rows[:MAX_ROWS],
        changes=three.changes[:MAX_ROWS],
        policy_changes=_first(three.policy_changes, MAX_ROWS),
    )
    bare = replace(
        rows,
        rows=(),
        changes=(),
        policy_changes=_first(view.policy_changes, 0),
        notes=(),
        examples=(),
        gains=(),
        slices=(),
        facts=(),
        help=(),
        blind_spots=(),
        sentences=(),
        gates=(),
        tables=(),
    )
    return [view, no_diffs, no_bodies, three, rows, bare]


def _first(lines: tuple[str, ...], count: int) -> tuple[str, ...]:
    """Return the first lines and how many there are more: a policy edit never goes unmentioned."""
    more = len(lines) - count
    if more <= 0:
        return lines
    return (*lines[:count], f"{counted(more, 'more change' if count else 'change')}")


@cache
def _template() -> Template:
    environment = Environment(  # noqa: S701  # Markdown: every value passes a filter of ours
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(md=markdown, cell=markdown_cell, html=markdown_html, fenced=fenced)
    source = files("evalci.report").joinpath("templates/comment.md.j2").read_text("utf-8")
    return environment.from_string(source)
