"""The report as one HTML page that needs nothing else: no script, no request, light and dark."""

import base64
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup, escape

from evalci.core.gate import decide
from evalci.core.hashes import short
from evalci.core.publication import Failure
from evalci.core.run import Run
from evalci.report.escape import counted, mark_code, render_marked, units_kept, unmarked, visible
from evalci.report.failures import ICON, failure_proceed, failure_title
from evalci.report.view import ReportView, Row, build_view

MAX_EXAMPLES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How an icon of the view looks on the page, and what several of that kind are called."""

    tone: str
    sign: str
    words: str


# The worst first; the sign says without colour what the icon says.
_LOOKS = {
    "🔴": Look(tone="bad", sign="×", words="blocking"),
    "⚫": Look(tone="dull", sign="–", words="not measured"),
    "👁": Look(tone="warn", sign="~", words="overridden"),
    "🟡": Look(tone="warn", sign="!", words="not settled"),
    "⚪": Look(tone="dull", sign="?", words="unverified"),
    "🟣": Look(tone="dull", sign="i", words="too small to decide"),
    "🔵": Look(tone="info", sign="+", words="without a baseline"),
    "🟢": Look(tone="good", sign="✓", words="without a regression"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A heading of the table; numbers stand to the right."""

    name: str
    number: bool = True


def _columns(rule: str) -> tuple[Column, ...]:
    return (
        Column(name="Category", number=False),
        Column(name="Outcome", number=False),
        Column(name="Baseline"),
        Column(name="This change (95 % CI)"),
        Column(name="Δ"),
        Column(name=rule),
        Column(name="Cases × trials"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """One category of the table; ``numbers`` are (heading, value) so that a phone can stack."""

    tone: str
    sign: str
    name: str
    outcome: str
    numbers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffLine:
    """One line of a diff and what it does: added, removed, place, kept."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """A changed file and its diff."""

    path: str
    lines: tuple[DiffLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What the page says of one golden set with one model; ``view`` is None without a run."""

    icon: str
    subject: str
    title: str
    proceed: str
    source: str = ""
    error: str = ""
    view: ReportView | None = None
    columns: tuple[Column, ...] = ()
    rows: tuple[TableRow, ...] = ()
    diffs: tuple[Diff, ...] = ()

    @property
    def tone(self) -> str:
        """Return the colour of the verdict."""
        return _LOOKS[self.icon].tone

    @property
    def sign(self) -> str:
        """Return the sign of the verdict."""
        return _LOOKS[self.icon].sign


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The whole page; with several parts it has a heading of its own above theirs."""

    title: str
    heading: str
    parts: tuple[Part, ...]
    style: str
    policy: str

    @property
    def top(self) -> str:
        """Return the tag of a verdict."""
        return "h2" if self.heading else "h1"

    @property
    def sub(self) -> str:
        """Return the tag of what stands below a verdict."""
        return "h3" if self.heading else "h2"

    @property
    def item(self) -> str:
        """Return the tag of an example."""
        return "h4" if self.heading else "h3"


def render_html(runs: Sequence[Run], failures: Sequence[Failure] = ()) -> str:
    """Return the page of some runs, and of what did not come to a run."""
    found = (*(_run_part(run) for run in runs), *(_failure_part(f) for f in failures))
    parts = tuple(sorted(found, key=lambda part: list(_LOOKS).index(part.icon)))
    heading = "" if len(parts) == 1 else _heading(parts)
    style = _source("report.css")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    page = Page(
        title=heading or f"evalci: {unmarked(parts[0].title)}",
        heading=heading,
        parts=parts,
        style=Markup(style),  # noqa: S704  # our own file
        policy=(
            f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
        ),
    )
    return _template().render(page=page)


def _heading(parts: Sequence[Part]) -> str:
    """Count the verdicts, the worst first."""
    if not parts:
        return "evalci: nothing was checked"
    found = Counter(_LOOKS[part.icon].words for part in parts)
    order = [look.words for look in _LOOKS.values() if look.words in found]
    counts = ", ".join(f"{found[words]} {words}" for words in order)
    return f"evalci, {counted(len(parts), 'check')}: {counts}"


def _run_part(run: Run) -> Part:
    view = build_view(run, decide(run), max_examples=MAX_EXAMPLES)
    return Part(
        icon=view.icon,
        subject=(
            f"{mark_code(run.golden_set.name)} {mark_code(run.golden_set.version)} "
            f"with {mark_code(run.model.name)} ({mark_code(run.model.id)})"
        ),
        title=_first_upper(view.title.removeprefix(f"{view.icon} evalci: ")),
        proceed=view.proceed,
        source=_provenance(run),
        view=view,
        columns=_columns(view.rule),
        rows=tuple(_row(row, view.rule) for row in view.rows),
        diffs=tuple(Diff(path=path, lines=_diff_lines(diff)) for path, diff in view.diffs),
    )


def _failure_part(failure: Failure) -> Part:
    subject = "the whole command"
    if failure.golden_set:
        subject = f"{mark_code(failure.golden_set)} with {mark_code(failure.model)}"
    return Part(
        icon=ICON,
        subject=subject,
        title=_first_upper(failure_title(failure)),
        proceed=failure_proceed(failure),
        error=visible(failure.error).strip(),
    )


def _row(row: Row, rule: str) -> TableRow:
    values = (row.baseline, row.current, row.delta, row.rule, row.size)
    headings = [column.name for column in _columns(rule) if column.number]
    return TableRow(
        tone=_LOOKS[row.icon].tone,
        sign=_LOOKS[row.icon].sign,
        name=row.category,
        outcome=row.outcome,
        numbers=tuple(zip(headings, values, strict=True)),
    )


def _provenance(run: Run) -> str:
    """Say what was measured when, for a reader who finds the page weeks later."""
    source = run.provenance
    commit = f" at {mark_code(short(source.commit))}" if source.commit else ""
    branch = f" on {mark_code(source.branch)}" if source.branch else ""
    dirty = " with uncommitted changes" if source.dirty else ""
    when = _minute(source.started_at)
    return f"measured {when}{commit}{branch}{dirty} by evalci {mark_code(source.evalci)}"


def _minute(moment: str) -> str:
    """Return a moment as people write it; what is no moment stays as it is, marked as data."""
    try:
        return f"{datetime.fromisoformat(moment).astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    except (ValueError, OverflowError):
        return mark_code(moment)


def _diff_lines(diff: str) -> tuple[DiffLine, ...]:
    return tuple(DiffLine(kind=_kind(line), text=line) for line in visible(diff).splitlines())


def _kind(line: str) -> str:
    if line.startswith(("--- ", "+++ ", "@@")):
        return "place"
    return {"+": "added", "-": "removed"}.get(line[:1], "kept")


def _first_upper(title: str) -> str:
    return title[:1].upper() + title[1:]


def _marked(text: str) -> Markup:
    """Return a view's string as HTML in which only the marks are tags."""
    markup = render_marked(
        text,
        code=lambda data: f"<code>{escape(visible(data))}</code>",
        plain=lambda rest: str(escape(units_kept(visible(rest)))),
    )
    return Markup(markup)  # noqa: S704  # escaped piece by piece just above


def _source(name: str) -> str:
    return files("evalci.report").joinpath(f"templates/{name}").read_text("utf-8")


@cache
def _template() -> Template:
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(marked=_marked, seen=visible, first_upper=_first_upper)
    return environment.from_string(_source("report.html.j2"))
