"""The report on a terminal: colour and a table where there is one, plain lines otherwise."""

import io
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from evalci.report.escape import counted, segments, visible
from evalci.report.rows import Row
from evalci.report.view import ReportView

_STYLES = {
    "🔴": "bold red",
    "⚫": "bold",
    "👁": "bold yellow",
    "🟡": "bold yellow",
    "⚪": "bold",
    "🟣": "bold",
    "🔵": "bold blue",
    "🟢": "bold green",
}
MAX_OUTPUT_LINES = 6
# Below this many characters a line, outcomes stand under the table, so that no number is cut.
WIDE = 110
# Below this one a table would break its numbers apart, so that its rows become lines.
NARROW = 72


def render_terminal(view: ReportView, *, width: int, colour: bool) -> str:
    """Return the report as text, with ANSI colours only when asked for."""
    stream = io.StringIO()
    console = Console(
        file=stream,
        width=width,
        force_terminal=colour,
        no_color=not colour,
        highlight=False,
        emoji=False,
        legacy_windows=False,
    )
    console.print(_inline(view.title, _STYLES[view.icon]))
    for sentence in (view.headline, *view.sentences):
        console.print(_inline(sentence))
    if view.rows and width >= NARROW:
        console.print()
        console.print(_table(view, wide=width >= WIDE))
    if width < WIDE:
        _list(console, "Outcomes", [_outcome(row, width) for row in view.rows])
    for line in view.notes:
        console.print(_inline(f"{line}."))
    _list(console, f"Code gates: {view.gates_summary}", [gate.line for gate in view.gates])
    _list(console, view.changes_title, view.changes)
    _list(console, view.policy_changes_title, view.policy_changes)
    _examples(console, view)
    _list(console, view.gains_title, view.gains)
    _list(console, f"Changed, could be noise: {view.noise_counts}", _noise(view))
    _list(console, f"Other slices: {view.slice_counts}", view.slices)
    for table in view.tables:
        _list(console, f"{table.title}: {table.summary}", table.lines)
    _list(console, "Facts", view.facts)
    _list(console, "What this check cannot see", view.blind_spots)
    _list(console, "How to read this", view.help)
    console.print(Text("\nTo proceed: ", style="bold").append_text(_inline(view.proceed)))
    console.print(_inline(view.footer, "dim"))
    return stream.getvalue()


def _list(console: Console, title: str, lines: Sequence[str]) -> None:
    if lines:
        console.print(_inline(f"\n{title}", "bold"))
    for line in lines:
        console.print(Text("  - ").append_text(_inline(line)))


def _outcome(row: Row, width: int) -> str:
    """Return the outcome of a row, with its numbers where there is no room for a table."""
    if width >= NARROW:
        return f"{row.category}: {row.outcome}"
    numbers = f"{row.baseline} → {row.current}, {row.delta}, {row.size}"
    return f"{row.icon} {row.category} {numbers}: {row.outcome}"


def _noise(view: ReportView) -> list[str]:
    """Return falls, then rises: on a terminal they stand below each other."""
    fell = [f"fell: {fell}" for fell, _ in view.noise if fell]
    return fell + [f"rose: {rose}" for _, rose in view.noise if rose]


def _examples(console: Console, view: ReportView) -> None:
    if not view.examples:
        return
    shown = f"{len(view.examples)} of {view.examples_total}"
    console.print(_inline(f"\n{view.examples_title} ({shown})", "bold"))
    for example in view.examples:
        line = f"  {example.name}  {example.flipped}  {example.why}"
        console.print(_inline(line))
        lines = visible(example.output).splitlines()
        for text in lines[:MAX_OUTPUT_LINES]:
            console.print(Text(f"      | {text}", style="dim", overflow="ellipsis", no_wrap=True))
        if len(lines) > MAX_OUTPUT_LINES:
            more = counted(len(lines) - MAX_OUTPUT_LINES, "more line")
            console.print(Text(f"      | … {more}", style="dim"))


def _table(view: ReportView, *, wide: bool) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    table.add_column("Category", no_wrap=wide, overflow="fold")
    for heading in ("Baseline", "Now (95 % CI)", "Δ", view.rule):
        table.add_column(heading, justify="right", overflow="fold")
    table.add_column("Cases × trials", overflow="fold")
    if wide:
        table.add_column("Outcome", overflow="fold")
    for row in view.rows:
        cells = (
            row.category,
            row.baseline,
            row.current,
            row.delta,
            row.rule,
            row.size,
            *([row.outcome] if wide else []),
        )
        table.add_row(row.icon, *(_inline(cell) for cell in cells))
    return table


def _inline(text: str, style: str = "") -> Text:
    """Return a view's string as styled text; nothing in it is read as markup."""
    line = Text(style=style)
    for part, marked in segments(text):
        line.append(part, style="cyan" if marked else None)
    return line
