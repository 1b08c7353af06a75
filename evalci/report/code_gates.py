"""The code gates of a report: how many answers pass each, before and now."""

from dataclasses import dataclass

from evalci.core.gate_rates import GateRate, GateRates
from evalci.core.json_value import JsonObject
from evalci.report.escape import mark_code
from evalci.report.json_numbers import fixed
from evalci.report.numbers import signed


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRow:
    """One code gate; ``first`` is the share of answers that fail here and nowhere before."""

    gate: str
    baseline: str
    current: str
    move: str
    first: str
    line: str

    @property
    def numbers(self) -> tuple[tuple[str, str], ...]:
        """Return the columns after the name, each with its heading."""
        return (
            ("Baseline", self.baseline),
            ("This change", self.current),
            ("Δ", self.move),
            ("Fails first", self.first),
        )


def gate_rows(found: GateRates | None) -> tuple[GateRow, ...]:
    """Return a row for each gate, in the order in which they run."""
    return () if found is None else tuple(_row(rate) for rate in found.rates)


def gates_summary(found: GateRates | None) -> str:
    """Return how many gates an answer passes, and the rate of each gate that answers fail at.

    A gate that only falls because one before it stopped the answers is not named.
    """
    if found is None:
        return ""
    before = None if found.passed_before is None else f"{found.passed_before:.1f}"
    head = f"an answer passes {_moved(before, f'{found.passed:.1f}')} of {found.gates:.3g}"
    stops = [rate for rate in found.rates if rate.stopped or rate.stopped_before]
    return f"{head}: {', '.join(map(gate_words, stops))}" if stops else head


def gate_words(rate: GateRate) -> str:
    """Return the rate of one gate, after the baseline's where that is another."""
    return f"{mark_code(rate.gate)} {_moved_share(rate.before, rate.rate)}"


def gates_json(found: GateRates | None) -> JsonObject | None:
    """Return the rates for programs."""
    if found is None:
        return None
    return {
        "gates": fixed(found.gates),
        "passed": fixed(found.passed),
        "baseline_passed": fixed(found.passed_before),
        "rates": [
            {
                "gate": rate.gate,
                "cases": rate.cases,
                "baseline": fixed(rate.before),
                "rate": fixed(rate.rate),
                "fails_first": fixed(rate.stopped),
                "baseline_fails_first": fixed(rate.stopped_before),
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
    first = _moved_share(rate.stopped_before, rate.stopped)
    return GateRow(
        gate=mark_code(rate.gate),
        baseline="–" if rate.before is None else percent(rate.before),
        current=percent(rate.rate),
        move=move,
        first=first,
        line=f"{gate_words(rate)}, fails first {first}",
    )


def _moved_share(before: float | None, now: float) -> str:
    return _moved(None if before is None else percent(before), percent(now))


def _moved(before: str | None, now: str) -> str:
    """Return both sides, one alone where they read the same or there is only one."""
    return now if before is None or before == now else f"{before} → {now}"
