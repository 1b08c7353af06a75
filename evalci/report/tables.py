"""The small tables of a report: axes beside the composite, repeats, refusals, measures."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass

from evalci.core.axis_rates import AxisRate, Sides, axis_rates
from evalci.core.json_value import Json, JsonObject
from evalci.core.measures import MeasuredScorer, measures_of
from evalci.core.pass_rates import CategoryPassRate, PassRate, pass_rates
from evalci.core.refusal_rates import RefusalCount, RefusalRate, refusal_rates
from evalci.core.run import Run
from evalci.report.code_gates import percent
from evalci.report.escape import counted, mark_code
from evalci.report.json_numbers import fixed
from evalci.report.numbers import score

MAX_ROWS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table behind a fold: one line that sums it up, headings, rows as long as the headings.

    Cells may hold marked data (`escape`); all but the first column hold ``numbers``, or words.
    """

    title: str
    summary: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: bool = True

    @property
    def lines(self) -> tuple[str, ...]:
        """Return each row as a sentence, for a page without tables."""
        if not self.numbers:
            return tuple(": ".join(row) for row in self.rows)
        return tuple(
            f"{name}: {', '.join(f'{h} {c}' for h, c in zip(self.columns[1:], row, strict=True))}"
            for name, *row in self.rows
        )


def tables(run: Run) -> tuple[Table, ...]:
    """Return the tables that have something to say."""
    found = (
        _axes(axis_rates(run)),
        _repeats(pass_rates(run)),
        _refusals(refusal_rates(run)),
        _measures(measures_of(run)),
    )
    return tuple(table for table in found if table is not None)


def _axes(rates: Sequence[AxisRate]) -> Table | None:
    if not rates:
        return None
    parts = [
        f"{word} {_sides(_overall(rates, side), score)}"
        for word, side in (("correctness", _correctness), ("quality", _quality))
    ]
    cost = _overall(rates, _cost)
    parts += [f"{_sides(cost, _dollars)} an answer"] if cost.now is not None else []
    return Table(
        title="Axes",
        summary=", ".join(parts),
        columns=("Category", "Composite", "Correctness", "Quality", "Cost an answer"),
        rows=tuple(map(_axis_row, rates[:MAX_ROWS])),
    )


def _correctness(rate: AxisRate) -> Sides:
    return rate.correctness


def _quality(rate: AxisRate) -> Sides:
    return rate.quality


def _cost(rate: AxisRate) -> Sides:
    return rate.cost


def _axis_row(rate: AxisRate) -> tuple[str, ...]:
    scores = (rate.composite, rate.correctness, rate.quality)
    cells = (_sides(sides, score) for sides in scores)
    return (mark_code(rate.category), *cells, _sides(rate.cost, _dollars))


def _overall(rates: Sequence[AxisRate], side: Callable[[AxisRate], Sides]) -> Sides:
    """Return the mean of an axis over all categories, each case counting the same."""

    def mean(pairs: Iterator[tuple[float | None, int]]) -> float | None:
        known = [(value, cases) for value, cases in pairs if value is not None]
        total = sum(cases for _, cases in known)
        return sum(value * cases for value, cases in known) / total if total else None

    return Sides(
        before=mean((side(rate).before, rate.cases) for rate in rates),
        now=mean((side(rate).now, rate.cases) for rate in rates),
    )


def _sides(sides: Sides, words: Callable[[float | None], str]) -> str:
    """Return both sides, one alone where they read the same or there is no baseline."""
    before, now = words(sides.before), words(sides.now)
    return now if sides.before is None or before == now else f"{before} → {now}"


def _dollars(value: float | None) -> str:
    if value is None:
        return "–"
    return f"${value:.4f}" if value else "$0"


def _repeats(rates: Sequence[CategoryPassRate]) -> Table | None:
    """Return pass@k where asking again would have helped, now or in the baseline."""
    found = [(rate.category, rate.now, rate.before) for rate in rates]
    moving = [(n, now, b) for n, now, b in found if now and (now.gap or (b and b.gap))]
    if not moving:
        return None
    widest, most, _ = max(moving, key=lambda row: (row[1].gap, row[0]))
    return Table(
        title="Luck of the draw",
        summary=(
            f"widest in {mark_code(widest)}: one answer passes {percent(most.one)}, "
            f"the best of five {percent(most.best)}"
        ),
        columns=("Category", "pass@1", "pass@5", "Gap", "pass^5 (all five)", "Cases"),
        rows=tuple(_repeat_row(*row) for row in moving[:MAX_ROWS]),
    )


def _repeat_row(category: str, now: PassRate, before: PassRate | None) -> tuple[str, ...]:
    def cell(value: Callable[[PassRate], float]) -> str:
        return _sides(Sides(before=value(before) if before else None, now=value(now)), _percent)

    return (
        mark_code(category),
        cell(lambda rate: rate.one),
        cell(lambda rate: rate.best),
        cell(lambda rate: rate.gap),
        cell(lambda rate: rate.every),
        str(now.cases),
    )


def _percent(value: float | None) -> str:
    return "–" if value is None else percent(value)


def _refusals(rates: Sequence[RefusalRate]) -> Table | None:
    if not rates:
        return None
    refused, filtered = sum(r.now.refused for r in rates), sum(r.now.filtered for r in rates)
    return Table(
        title="Refusals",
        summary=f"{counted(refused, 'answer')} refused, {filtered} stopped by a content filter",
        columns=("Category", "Refused by the model", "Stopped by a content filter"),
        rows=tuple(
            (
                mark_code(rate.category),
                _of(rate, lambda count: count.refused),
                _of(rate, lambda count: count.filtered),
            )
            for rate in rates[:MAX_ROWS]
        ),
    )


def _of(rate: RefusalRate, number: Callable[[RefusalCount], int]) -> str:
    now = f"{number(rate.now)} of {rate.now.answers}"
    before = f"{number(rate.before)} of {rate.before.answers} → " if rate.before.answers else ""
    return f"{before}{now}"


def _measures(found: Sequence[MeasuredScorer]) -> Table | None:
    if not found:
        return None
    names = dict.fromkeys(mark_code(one.scorer) for one in found)
    return Table(
        title="Behind the scores",
        summary=", ".join(names),
        columns=("Category", "Scorer", "Means over all answers"),
        rows=tuple(
            (mark_code(one.category), mark_code(one.scorer), _means(one))
            for one in found[:MAX_ROWS]
        ),
        numbers=False,
    )


def _means(one: MeasuredScorer) -> str:
    return ", ".join(f"{_measure_name(name)} {value:.2f}" for name, value in one.means)


def _measure_name(name: str) -> str:
    plain = name.replace("_", " ")
    return plain if plain.replace(" ", "").isalnum() and plain.isascii() else mark_code(name, 60)


def tables_json(run: Run) -> JsonObject:
    """Return the numbers behind the tables for programs, all of them."""
    return {
        "axes": [_rounded(asdict(rate)) for rate in axis_rates(run)],
        "pass_rates": [_rounded(asdict(rate)) for rate in pass_rates(run)],
        "refusals": [_rounded(asdict(rate)) for rate in refusal_rates(run)],
        "measures": [_measure_json(one) for one in measures_of(run)],
    }


def _measure_json(one: MeasuredScorer) -> JsonObject:
    means: dict[str, Json] = dict(one.means)
    return {
        "category": one.category,
        "scorer": one.scorer,
        "answers": one.answers,
        "means": _rounded(means),
    }


def _rounded(value: dict[str, Json]) -> dict[str, Json]:
    return {
        key: _rounded(item)
        if isinstance(item, dict)
        else fixed(item)
        if isinstance(item, float)
        else item
        for key, item in value.items()
    }
