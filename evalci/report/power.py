"""What a golden set can see, as tables for a terminal and as JSON, for `evalci stats power`."""

import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.table import Table

from evalci.core.json_value import JsonObject
from evalci.core.planning import TRIALS, USUAL_TRIALS, CategoryPlan, Offer, Seen
from evalci.core.policy import Mode
from evalci.core.rehearsal import DROPS, Found, Simulated
from evalci.core.stats.intervals import wilson_interval
from evalci.report.escape import counted, one_line, visible

LEAST_WIDTH = 112


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerReport:
    """What `stats power` found for one golden set; ``price`` is dollars a call, None if unknown."""

    golden_set: str
    model: str
    mode: Mode
    plans: tuple[CategoryPlan, ...]
    price: float | None = None
    simulated: Simulated | None = None


def power_json(report: PowerReport) -> JsonObject:
    """Return the report for programs; drops are shares of 1."""
    return {
        "golden_set": report.golden_set,
        "model": report.model,
        "mode": report.mode.value,
        "usd_per_call": report.price,
        "categories": [_plan_json(plan) for plan in report.plans],
        "simulated": _simulated_json(report.simulated),
    }


def _plan_json(plan: CategoryPlan) -> JsonObject:
    seen = {str(trials): asdict(seen) for trials, seen in zip(TRIALS, plan.seen, strict=True)}
    return {
        "category": plan.name,
        "pooled": list(plan.pooled),
        "cases": plan.cases,
        "baseline_trials": plan.baseline_trials,
        "mean": plan.mean,
        "decides": plan.decides,
        "smallest_drop_by_trials": seen,
        "offers": [
            {
                "what": offer.what,
                "smallest_drop": asdict(offer.seen),
                "calls_once": offer.once,
                "calls_each_check_at_most": offer.each_check,
            }
            for offer in plan.offers
        ],
    }


def _simulated_json(simulated: Simulated | None) -> JsonObject | None:
    if simulated is None:
        return None
    return {
        "unchanged": asdict(simulated.unchanged),
        "found": [asdict(found) for found in simulated.found],
    }


def power_text(report: PowerReport, *, width: int, colour: bool) -> str:
    """Return the report as tables, with ANSI styles only when asked for."""
    stream = io.StringIO()
    console = Console(
        file=stream,
        width=max(width, LEAST_WIDTH),
        force_terminal=colour,
        no_color=not colour,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    console.print(visible(one_line(f"{report.golden_set} with {report.model}")), style="bold")
    console.print(
        "Smallest drop that is seen with 80 / 90 % power, in points, by trials a case in a check"
    )
    console.print(f"{_design_words(report)}\n", style="dim")
    console.print(_seen_table(report.plans))
    console.print(f"\nWhat more would buy, at {USUAL_TRIALS} trials a case\n", style="bold")
    console.print(_offer_table(report))
    for line in _notes(report):
        console.print(line, style="dim")
    if report.simulated is not None:
        _print_simulated(console, report.simulated)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def _design_words(report: PowerReport) -> str:
    """Return what the table is about, and where the gate itself is played."""
    itself = "--simulate" if report.simulated is None else "below"
    planned = "planned for a fixed number of trials, no early pass"
    return f"gate mode {report.mode.value}, {planned}; the gate itself: {itself}"


def _seen_table(plans: Sequence[CategoryPlan]) -> Table:
    table = _table("Category", "Cases", "Baseline", *(str(trials) for trials in TRIALS))
    for plan in plans:
        baseline = f"{plan.mean:.2f} × {plan.baseline_trials}"
        table.add_row(_name(plan), str(plan.cases), baseline, *map(_points, plan.seen))
    return table


def _offer_table(report: PowerReport) -> Table:
    table = _table("Category", "With", "80 / 90 %", "calls once", "more calls a check, at most")
    for plan in report.plans:
        for offer in plan.offers:
            table.add_row(
                _name(plan) if offer is plan.offers[0] else "",
                offer.what,
                _points(offer.seen),
                _calls(offer.once, report.price),
                _calls(offer.each_check, report.price),
            )
    return table


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for position, heading in enumerate(headings):
        first = position == 0 or heading == "With"
        table.add_column(heading, no_wrap=True, justify="left" if first else "right")
    return table


def _name(plan: CategoryPlan) -> str:
    names = f"{plan.name} ({', '.join(plan.pooled)})" if plan.pooled else plan.name
    return visible(one_line(names, 40)) + ("" if plan.decides else " *")


def _points(seen: Seen) -> str:
    return f"{_drop(seen.at_80)}/{_drop(seen.at_90)}"


def _drop(drop: float | None) -> str:
    return "–" if drop is None else f"{100 * drop:.0f}"


def _calls(calls: int, price: float | None) -> str:
    if not calls:
        return ""
    return f"{calls:,}" if not price else f"{calls:,} (${calls * price:,.2f})"


def _notes(report: PowerReport) -> list[str]:
    small = "* fewer than five cases: shown, but it cannot fail a check alone"
    none = "–: not even losing everything would be seen"
    offers: list[Offer] = [offer for plan in report.plans for offer in plan.offers]
    seen = [one for plan in report.plans for one in plan.seen] + [o.seen for o in offers]
    notes = [small] * any(not plan.decides for plan in report.plans)
    notes += [none] * any(one.at_90 is None for one in seen)
    tests = "one-sided tests at 5 % shared among the categories; below its margin nothing fails"
    limit = "the limit alone: what wanders past it by chance fails too"
    notes.append(f"planned with {limit if report.mode is Mode.THRESHOLD else tests}")
    third = "the looks of the gate spend about a third of these calls where nothing changed"
    return notes + [third] * (report.mode is Mode.EVIDENCE)


def _print_simulated(console: Console, simulated: Simulated) -> None:
    unchanged = simulated.unchanged
    console.print(f"\nThe gate itself, {counted(unchanged.runs, 'simulated run')}\n", style="bold")
    console.print(
        f"nothing changed, given this very baseline: {_share(unchanged.red, unchanged.runs)} red, "
        f"{100 * unchanged.undecided / unchanged.runs:.1f} % undecided, "
        f"{unchanged.calls_per_case:.1f} calls a case"
    )
    if simulated.found:
        console.print(_found_table(simulated.found))


def _found_table(found: Sequence[Found]) -> Table:
    table = _table("Found of a drop of", *(f"{100 * drop:.0f} points" for drop in DROPS))
    for name in dict.fromkeys(one.category for one in found):
        shares = [_share(one.red, one.runs) for one in found if one.category == name]
        table.add_row(visible(one_line(name, 40)), *shares)
    return table


def _share(red: int, runs: int) -> str:
    interval = wilson_interval(red, runs)
    if interval is None:
        return "–"
    low, high = 100 * interval.low, 100 * interval.high
    return f"{100 * red / runs:.1f} % ({low:.1f}–{high:.1f})"
