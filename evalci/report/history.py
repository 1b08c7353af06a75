"""The history as text: lists and tables for a terminal, CSV and JSON for other programs."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import asdict

from evalci.core.hashes import short
from evalci.core.history import CategoryRecord, RunRecord
from evalci.core.history_file import line_of, record_json
from evalci.core.history_trend import Change, PeriodScore
from evalci.core.json_value import Json
from evalci.report.escape import counted, one_line

# The columns of CSV, and what of a record stands in each.
_RUN = {
    "run": "id",
    **{
        name: name
        for name in (
            *("at", "golden_set", "golden_set_version", "model", "model_id", "trigger"),
            *("commit", "evalci", "complete"),
        )
    },
}
_CATEGORY = {
    "category": "name",
    **{
        name: name
        for name in (
            *("outcome", "cases", "trials", "unscored", "refused", "truncated", "malformed"),
            *("mean", "p10", "p90", "baseline", "drop", "anchor", "slide"),
            *("latency_p50_s", "latency_p95_s", "cost_usd", "length"),
        )
    },
}
_CASE = {
    "case": "id",
    **{
        name: name
        for name in (
            *("category", "mean", "refused", "truncated", "malformed"),
            *("latency_s", "cost_usd", "length", "baseline", "request", "harness"),
        )
    },
}
# A spreadsheet takes a cell that begins like this for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def run_lines(records: Sequence[RunRecord]) -> list[str]:
    """Return a line for each run, newest first."""
    rows = [
        [
            record.at[:16].replace("T", " "),
            one_line(record.id),
            f"{one_line(record.golden_set)} with {one_line(record.model)}",
            record.trigger.value,
            one_line(record.outcome),
            _score(record.mean),
            one_line(short(record.commit or "")),
        ]
        for record in reversed(records)
    ]
    return _columns([["began (UTC)", "run", "what", "by", "outcome", "score", "commit"], *rows])


def record_lines(record: RunRecord) -> list[str]:
    """Return what is kept of one run: where it came from, then a line for each category."""
    answered = ", ".join(record.resolved_models) or "unknown"
    sets = f"{record.golden_set} {record.golden_set_version} with {record.model}"
    baseline = record.baseline.accepted_at[:10] if record.baseline else "none"
    lines = [
        f"{record.id}: {one_line(sets)}, {record.at[:16].replace('T', ' ')} UTC",
        f"started by {record.trigger.value} at {short(record.commit or 'no commit', 9)}",
        f"outcome {record.outcome}, by evalci {record.evalci}",
        f"model {record.model_id}, answered by {answered}",
        *([f"judge {record.judge.id}, {_listed(record.judge.resolved)}"] if record.judge else []),
        f"baseline of {baseline}; {_listed(record.overrides)} overridden",
        f"requests {short(record.requests)}, scoring {short(record.scoring)}",
    ]
    heads = ["category", "score", "p10", "p90", "drop", "cases", "trials", "p50 s", "p95 s", "$"]
    return [one_line(line) for line in lines] + _columns(
        [heads, *map(_category_row, record.categories)]
    )


def _category_row(category: CategoryRecord) -> list[str]:
    return [
        one_line(category.name),
        *map(_score, (category.mean, category.p10, category.p90)),
        "–" if category.drop is None else _points(category.drop),
        str(category.cases),
        str(category.trials),
        *map(_score, (category.latency_p50_s, category.latency_p95_s)),
        "–" if category.cost_usd is None else f"{category.cost_usd:.5f}",
    ]


def period_lines(scores: Sequence[PeriodScore]) -> list[str]:
    """Return a table of periods for each golden set with each model, with the change of each."""
    heads = ["period", "score", "change, 95 % interval", "runs", "cases", "trials"]
    lines: list[str] = []
    for series in dict.fromkeys((score.golden_set, score.model) for score in scores):
        own = [score for score in scores if (score.golden_set, score.model) == series]
        lines.append(f"{one_line(series[0])} with {one_line(series[1])}")
        lines += [f"  {line}" for line in _columns([heads, *map(_period_row, own)])]
    return lines


def _period_row(score: PeriodScore) -> list[str]:
    return [
        score.period,
        _score(score.mean),
        _change(score.change, score.mean),
        str(score.runs),
        str(score.cases),
        str(score.trials),
    ]


def _change(change: Change | None, now: float) -> str:
    """Return how far the shared cases moved, in points and relative to where they were."""
    if change is None:
        return "–"
    before = now - change.points
    relative = f" ({100 * change.points / before:+.1f} %)" if before > 0 else ""
    words = f"{_points(change.points)}{relative} on {counted(change.cases, 'case')}"
    if change.low is None or change.high is None:
        return words
    return f"{words}, {100 * change.low:+.1f} to {100 * change.high:+.1f}"


def runs_json(records: Iterable[RunRecord]) -> str:
    """Return runs as JSON, a line each, as `schemas/history.json` describes them."""
    return "".join(f"{line_of(record_json(record))}\n" for record in records)


def periods_json(scores: Iterable[PeriodScore]) -> str:
    """Return the scores of periods as JSON, a line each."""
    return "".join(f"{line_of(asdict(score))}\n" for score in scores)


def runs_csv(records: Iterable[RunRecord], *, cases: bool = False) -> str:
    """Return runs as CSV: a row for each category, or for each case."""
    columns = _CASE if cases else _CATEGORY
    rows = (
        [
            *(getattr(record, name) for name in _RUN.values()),
            *(getattr(one, name) for name in columns.values()),
        ]
        for record in records
        for one in (record.cases if cases else record.categories)
    )
    return _csv([[*_RUN, *columns], *rows])


def periods_csv(scores: Iterable[PeriodScore]) -> str:
    """Return the scores of periods as CSV."""
    rows: list[list[Json]] = [
        [
            *("golden_set", "model", "period", "mean", "runs", "cases", "trials"),
            *("change", "low", "high", "shared_cases"),
        ]
    ]
    for one in scores:
        change = one.change
        moved = (change.points, change.low, change.high, change.cases) if change else (None,) * 4
        own = (one.golden_set, one.model, one.period, one.mean, one.runs, one.cases, one.trials)
        rows.append([*own, *moved])
    return _csv(rows)


def _csv(rows: Iterable[Iterable[Json]]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows([_cell(value) for value in r] for r in rows)
    return stream.getvalue()


def _cell(value: Json) -> str:
    """Return a cell that is nothing but data, empty for what is unknown."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).lower()
        case float():
            return f"{value:.9g}"
        case str():
            text = one_line(value, 1000)
            return f"'{text}" if text.startswith(_FORMULA) else text
        case _:
            return str(value)


def _score(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _points(value: float) -> str:
    return f"{100 * value:+.1f} pp"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows as lines whose columns stand below each other."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
