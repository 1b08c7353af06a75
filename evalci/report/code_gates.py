"""The code gates of a report: how many answers pass each, before and now."""

from dataclasses import dataclass

from evalci.core.gate_rates import GateRate, GateRates
from evalci.core.json_value import JsonObject
from evalci.report.escape import mark_code
from evalci.report.numbers import signed

DIGITS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRow:
    """One code gate; ``first`` is the share of answers that fail here and nowhere before."""

    gate: str
    baseline: str
    current: str
    move: str
    first: str

    @property
    def line(self) -> str:
        """Return the row as a line of text."""
        move = f" ({self.move})" if self.move != "–" else ""
        before = f"{self.baseline} → " if self.baseline != "–" else ""
        return f"{self.gate} passed {before}{self.current}{move}, fails first {self.first}"


def gate_rows(found: GateRates | None) -> tuple[GateRow, ...]:
    """Return a row for each gate, in the order in which they run."""
    return () if found is None else tuple(_row(rate) for rate in found.rates)


def gates_summary(found: GateRates | None) -> str:
    """Return how many gates an answer passes, and the rate of each gate that some do not."""
    if found is None:
        return ""
    now = f"{found.passed:.1f}"
    before = now if found.passed_before is None else f"{found.passed_before:.1f}"
    moved = now if before == now else f"{before} → {now}"
    head = f"an answer passes {moved} of {found.gates:.3g}"
    rates = [gate_words(rate) for rate in found.rates if rate.rate < 1 or _moved(rate)]
    return f"{head}: {', '.join(rates)}" if rates else head


def gate_words(rate: GateRate) -> str:
    """Return the rate of one gate, after the baseline's where that is another."""
    now = percent(rate.rate)
    before = f"{percent(rate.before)} → " if rate.before is not None and _moved(rate) else ""
    return f"{mark_code(rate.gate)} {before}{now}"


def gates_json(found: GateRates | None) -> JsonObject | None:
    """Return the rates for programs."""
    if found is None:
        return None
    return {
        "gates": round(found.gates, DIGITS),
        "passed": round(found.passed, DIGITS),
        "baseline_passed": _rounded(found.passed_before),
        "rates": [
            {
                "gate": rate.gate,
                "cases": rate.cases,
                "baseline": _rounded(rate.before),
                "rate": round(rate.rate, DIGITS),
                "fails_first": round(rate.stopped, DIGITS),
            }
            for rate in found.rates
        ],
    }


def percent(share: float) -> str:
    """Return a share in whole percent; only all is 100 % and only none is 0 %."""
    whole = round(share * 100)
    if 0 < share < 1:
        whole = min(99, max(1, whole))
    return f"{whole} %"


def _row(rate: GateRate) -> GateRow:
    move = "–" if rate.before is None else f"{signed((rate.rate - rate.before) * 100, 1)} pp"
    return GateRow(
        gate=mark_code(rate.gate),
        baseline="–" if rate.before is None else percent(rate.before),
        current=percent(rate.rate),
        move=move,
        first=percent(rate.stopped),
    )


def _moved(rate: GateRate) -> bool:
    return rate.before is not None and percent(rate.before) != percent(rate.rate)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS)
