"""What a run would ask and cost, as tables for a terminal and as JSON, for `evalci plan`."""

import io
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict

from rich.console import Console
from rich.table import Table
from rich.text import Text

from evalci.core.affected import Cause, Why
from evalci.core.forecast import Bounds, Forecast
from evalci.core.json_value import JsonObject
from evalci.core.trial import usd_words
from evalci.report.escape import counted, one_line, visible

MAX_CASES = 40
DAGGER = "†"
_WORDS = {
    Cause.NO_BASELINE: "no baseline",
    Cause.NEW: "new case",
    Cause.EDITED: "case edited in {what}, or a file that it names",
    Cause.SCORING: "scored otherwise",
    Cause.PROMPT: "prompt {what}",
    Cause.MODEL: "model {what}",
    Cause.PARAMS: "parameters of the model",
    Cause.UNRECORDED: "request differs, nobody recorded why",
    Cause.UNTRACED: "a program of your own answers or judges",
    Cause.SELECTED: "selected ({what})",
}


def forecast_json(found: Forecast) -> JsonObject:
    """Return a forecast for programs; unknown is null."""
    return {
        "golden_set": found.golden_set,
        "model": found.model,
        "mode": found.mode.value,
        "selection": found.selection,
        "concurrency": found.concurrency,
        "warnings": list(found.warnings),
        "cases": [
            {
                "case": case.id,
                "category": case.category,
                "trials": case.trials,
                "why": [{"cause": why.cause.value, "what": why.what} for why in case.why],
            }
            for case in found.cases
        ],
        "carried": found.carried,
        "unselected": found.unselected,
        "calls": _bounds_json(found.calls),
        "tokens": _bounds_json(found.tokens),
        "usd": _bounds_json(found.usd),
        "seconds": _bounds_json(found.seconds),
        "unpriced": found.unpriced,
        "judge_calls": _bounds_json(found.judging),
        "worst": None if found.worst is None else asdict(found.worst),
    }


def _bounds_json(bounds: Bounds | None) -> JsonObject | None:
    return None if bounds is None else asdict(bounds)


def forecast_text(found: Forecast, *, width: int, colour: bool) -> str:
    """Return a forecast as tables, with ANSI styles only when asked for."""
    stream = io.StringIO()
    console = Console(
        file=stream,
        width=width,
        force_terminal=colour,
        no_color=not colour,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    console.print(_plain(f"{found.golden_set} with {found.model}, gate mode {found.mode.value}"))
    for warning in found.warnings:
        console.print(Text(visible(f"Warning: {warning}"), style="bold yellow"))
    console.print(_counts(found))
    if found.cases:
        console.print()
        console.print(_cases(found))
        hidden = len(found.cases) - MAX_CASES
        if hidden > 0:
            console.print(f"… and {counted(hidden, 'more case')}; --json lists them all")
        console.print()
        console.print(_costs(found))
        for note in _notes(found):
            console.print(Text(note, style="dim"))
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def _plain(text: str) -> Text:
    return Text(visible(one_line(text)), style="bold")


def _counts(found: Forecast) -> str:
    """Say how many cases run, how many do not, and what made them run."""
    whole = len(found.cases) + found.carried
    parts = [f"{len(found.cases)} of {counted(whole, 'case')} would run"]
    parts += [f"{found.carried} carried forward"] * bool(found.carried)
    parts += [f"{found.unselected} not selected"] * bool(found.unselected)
    causes = Counter(cause for case in found.cases for cause in {w.cause for w in case.why})
    why = ", ".join(f"{cause.value} {causes[cause]}" for cause in Cause if causes[cause])
    return ", ".join(parts) + (f". Why: {why}" if why else "")


def _cases(found: Forecast) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Case", no_wrap=True)
    table.add_column("Category", no_wrap=True)
    table.add_column("Why")
    for case in found.cases[:MAX_CASES]:
        why = ", ".join(map(_words, case.why))
        table.add_row(*(Text(visible(one_line(text))) for text in (case.id, case.category, why)))
    return table


def _words(why: Why) -> str:
    return _WORDS[why.cause].format(what=why.what)


def _costs(found: Forecast) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    for heading in ("At least", "Expected *", "At most"):
        table.add_column(heading, justify="right", no_wrap=True)
    dagger = DAGGER if found.unpriced else ""
    table.add_row("calls", *_cells(found.calls, _whole))
    if found.judging is not None:
        table.add_row("judge calls", *_cells(found.judging, _whole))
    table.add_row("tokens", *_cells(found.tokens, _whole))
    table.add_row("cost", *_cells(found.usd, lambda usd: f"{usd_words(usd)}{dagger}"))
    table.add_row("wall time", *_cells(found.seconds, _time))
    return table


def _cells(bounds: Bounds | None, shown: Callable[[float], str]) -> list[str]:
    if bounds is None:
        return [f"unknown{DAGGER}"] * 3
    values = (bounds.least, bounds.usual, bounds.most)
    return ["–" if value is None else shown(value) for value in values]


def _whole(value: float) -> str:
    return f"{value:,.0f}"


def _time(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{seconds / 3600:.1f} h"


def _notes(found: Forecast) -> list[str]:
    expected = "* when nothing got worse, by simulation; retries come on top"
    if found.calls.least == found.calls.most:
        expected = "* a fixed number of trials; retries come on top"
    elif found.calls.usual is None:
        expected = "* unknown: the baseline is too thin to simulate the gate"
    notes = [f"{expected}, wall time with {found.concurrency} calls at once"]
    if found.judging is not None:
        notes.append(
            "  the judge's tokens, cost and time come on top: a baseline has no record of them"
        )
    if found.unpriced:
        cases = counted(found.unpriced, "case")
        notes.append(f"{DAGGER} no recorded cost of {cases}: counted as the others on average")
    missing = {"tokens": found.tokens, "cost": found.usd, "time": found.seconds}
    names = [name for name, bounds in missing.items() if bounds is None]
    if names:
        notes.append(f"{DAGGER} the baseline has no record of {', '.join(names)} of this model")
    return [*notes, *_at_worst(found)]


def _at_worst(found: Forecast) -> list[str]:
    """Return what all calls cost where a budget reserves for the worst."""
    if found.worst is None:
        return []
    usd = found.worst.usd
    money = "nobody knows the price" if usd is None else usd_words(usd)
    how = "every byte a token, every answer as long as max_tokens allows"
    return [f"  at worst ({how}): {_whole(found.worst.tokens)} tokens, {money}"]
