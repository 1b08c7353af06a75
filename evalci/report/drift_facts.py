"""What stands beside a drift finding: other measures, gaps, what it rests on, and its cost."""

from collections.abc import Iterator, Sequence
from typing import assert_never

from evalci.core.drift import DriftReport, Gap
from evalci.core.drift_sides import SideLevel, SideMove
from evalci.report.escape import counted, mark_code, unmarked
from evalci.report.facts import UNPRICED, dollars

ACCEPT = "evalci run --all && evalci baseline accept --reason …"
FREEZE = "evalci drift --freeze"


def side_line(move: SideMove) -> str:
    """Return from where to where a measure moved."""
    return f"{move.name}: {_size(move.before, move.unit)} → {_size(move.now, move.unit)}"


def _size(value: float, unit: str) -> str:
    match unit:
        case "share":
            return f"{value:.1%}"
        case "$":
            return f"${value:.4g}"
        case _:
            return f"{value:.3g} {unit}"


def level_lines(levels: Sequence[SideLevel]) -> Iterator[str]:
    """Yield the line with everything beside the score, as it is now."""
    if levels:
        yield "now: " + ", ".join(f"{one.name} {_size(one.now, one.unit)}" for one in levels)


def footing(report: DriftReport) -> str:
    """Return what the finding rests on, and what it cost."""
    parts = [f"{counted(report.runs, 'run')} against the baseline of {report.baseline_at[:10]}"]
    if report.confirmed:
        parts.append("the newest measured twice to be sure")
    if report.unconfirmed:
        parts.append(f"not measured twice to be sure: {mark_code(report.unconfirmed, 300)}")
    if report.left_out:
        parts.append(f"{counted(report.left_out, 'run')} of other cases left out")
    if report.spend.calls:
        parts.append(_paid(report))
    return ", ".join(parts)


def _paid(report: DriftReport) -> str:
    again = report.rejudging
    judged = f", {counted(again.calls, 'call')} and {dollars(again)} of it for frozen answers"
    whole = f"{counted(report.spend.calls, 'call')}, {dollars(report.spend)}"
    unpriced = f" ({UNPRICED})" if report.spend.unknown else ""
    return whole + (judged if again.calls else "") + unpriced


def gap_words(gap: Gap) -> str:
    """Return why the newest run says nothing of a category, and what to do."""
    match gap:
        case Gap.UNSCORED:
            return "not measured this time: too many trials have no score"
        case Gap.UNCOMPARED:
            return (
                "not compared: no case is asked and scored as it was for the baseline; accept a"
                f" new one with {mark_code(ACCEPT)}"
            )
        case Gap.UNGUARDED:
            return (
                "not held against the weeks before: frozen answers told then how far its judge was"
                " off, and do not now; bring their file back, or accept a new baseline and freeze"
                f" anew with {mark_code(FREEZE)}"
            )
    assert_never(gap)


def blind_words(report: DriftReport) -> str:
    """Return why a run says nothing of any category, for an error."""
    gaps = [f"{mark_code(one.name)}: {gap_words(one.gap)}" for one in report.categories if one.gap]
    return unmarked("; ".join(gaps) or "there is no category to compare")
