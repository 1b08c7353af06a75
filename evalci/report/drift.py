"""What a drift run found, in words: for the terminal, and for the issue on GitHub."""

from collections.abc import Iterable, Iterator, Sequence

from evalci.core.drift import CategoryDrift, DriftReport, Shift
from evalci.core.drift_origin import JUDGE, Culprit, Moved, Origin
from evalci.core.drift_sides import SideMove
from evalci.core.hashes import digest
from evalci.core.history_trend import Span, period_of
from evalci.core.json_value import encodable
from evalci.report.escape import code_span, listed, mark_code, markdown, one_line, unmarked
from evalci.report.numbers import delta, score

MAX_TITLE = 240
MAX_LINES = 30
UPDATED = "every run brings this issue up to date, and closes it when the scores are back"


def drift_marker(golden_set: str, model: str) -> str:
    """Return what the issue of a golden set with a model begins with."""
    return f"<!-- evalci:drift v=1 {digest([encodable(golden_set), encodable(model)])[:16]} -->"


def headline(report: DriftReport) -> str:
    """Return the result in one sentence, with the names marked as data."""
    what = f"{mark_code(report.golden_set)} with {mark_code(report.model)}"
    if report.error:
        return f"{what} could not be measured"
    if not report.lasting:
        return f"{what} has not drifted"
    fallen = [one for one in report.lasting if _down(one.shift)]
    if not fallen:
        names = listed([mark_code(one.name) for one in report.lasting])
        return f"the judge of {what} moved: {names}"
    names = listed([f"{mark_code(one.name)} {_points(one.shift)}" for one in fallen])
    shifts = [one.shift for one in fallen if one.shift is not None]
    return f"{what} drifted: {names} since {_week(min(shift.since for shift in shifts))}"


def _down(shift: Shift | None) -> bool:
    return shift is not None and shift.lasts


def _points(shift: Shift | None) -> str:
    return "" if shift is None else delta(shift.points, None)


def _week(at: str) -> str:
    """Return the week of a moment, with the day."""
    return f"{period_of(at, Span.WEEK)} ({at[:10]})"


def drift_lines(report: DriftReport) -> tuple[str, ...]:
    """Return everything that a report says, headline first, with data marked."""
    if report.error:
        return (headline(report), f"{mark_code(report.error, 1000)}")
    return (
        headline(report),
        *(line for one in report.categories for line in _category_lines(one, report.limit)),
        *(_side_line(move) for move in report.sides),
        _footer(report),
    )


def _category_lines(one: CategoryDrift, limit: float) -> Iterator[str]:
    yield f"{mark_code(one.name)}: {_level(one)} · CUSUM {one.cusum:.1f} of {limit:.1f}"
    yield from _story(one)


def _level(one: CategoryDrift) -> str:
    """Return where a category stands: now, the baseline, the anchor."""
    parts = [f"{score(one.now)} now, {score(one.baseline)} in the baseline"]
    if one.anchor is not None:
        parts.append(f"{score(one.anchor)} in the anchor")
    if one.judge_shift is not None and one.drop is not None:
        parts.append(
            f"the model {delta(-one.drop, None)}, the judge {delta(one.judge_shift, None)}"
        )
    return ", ".join(parts)


def _story(one: CategoryDrift) -> Iterator[str]:
    """Yield what happened to a category: the model's fall, the judge's, and the way back."""
    for who, shift in (("the model", one.shift), ("the judge", one.judge)):
        if shift is None:
            continue
        moved = f"{score(shift.before)} → {score(shift.after)} ({delta(shift.points, None)})"
        name = mark_code(one.name)
        if shift.lasts:
            yield f"{name}: {who} moved in week {_week(shift.since)}: {moved}"
            if shift is one.shift:
                yield f"{name}: {_blame(shift.origin)}"
            elif moves := [moved for moved in shift.origin.vendor if moved.what == JUDGE]:
                yield f"{name}: {_moves(moves)}"
        else:
            yield (
                f"{name}: {who} was down from {_week(shift.since)} on, {moved},"
                f" and is back since {_week(shift.back)}"
            )


def _blame(origin: Origin) -> str:
    """Return who moved, from what to what, and what stayed the same."""
    same = f"unchanged since then: {', '.join(origin.same)}" if origin.same else ""
    match origin.culprit:
        case Culprit.OURS:
            said = f"we changed something: {_moves(origin.ours)}"
            also = f"the vendor moved, too: {_moves(origin.vendor)}" if origin.vendor else ""
        case Culprit.VENDOR:
            moves = _moves(origin.vendor) or "without another name for it"
            said, also = f"the vendor moved: {moves}", ""
    return "; ".join(part for part in (said, also, same) if part)


def _moves(moved: Iterable[Moved]) -> str:
    return ", ".join(
        f"{mark_code(one.what)} {mark_code(one.before)} → {mark_code(one.after)}" for one in moved
    )


def _side_line(move: SideMove) -> str:
    return f"{move.name}: {_size(move.before, move.unit)} → {_size(move.now, move.unit)}"


def _size(value: float, unit: str) -> str:
    match unit:
        case "share":
            return f"{value:.1%}"
        case "$":
            return f"${value:.4g}"
        case _:
            return f"{value:.3g} {unit}"


def _footer(report: DriftReport) -> str:
    runs = "1 run" if report.runs == 1 else f"{report.runs} runs"
    confirmed = ", the newest measured twice to confirm" if report.confirmed else ""
    return f"{runs} against the baseline of {report.baseline_at[:10]}{confirmed}"


def drift_words(report: DriftReport) -> str:
    """Return a report for the terminal."""
    first, *rest = (one_line(unmarked(line), 1000) for line in drift_lines(report))
    return "\n".join([first, *(f"  {line}" for line in rest)]) + "\n"


def drift_summary(reports: Sequence[DriftReport], error: str) -> str:
    """Return every report as Markdown, for the summary of a step."""
    said = markdown(mark_code(error, 1000))
    whole = [f"### ⚫ evalci drift: not measured\n\n{said}"] if error else []
    return "\n\n".join([*whole, *map(_section, reports)])


def _section(report: DriftReport) -> str:
    first, *rest = drift_lines(report)
    icon = "⚫" if report.error else ("🔴" if report.lasting else "🟢")
    return "\n".join([f"### {icon} evalci drift: {markdown(first)}", "", *_bullets(rest)])


def issue_title(report: DriftReport) -> str:
    """Return the title of the issue."""
    return one_line(f"evalci: {markdown(headline(report))}", MAX_TITLE)


def issue_body(report: DriftReport, run_url: str) -> str:
    """Return what an open issue says: what moved, since when, and what to do."""
    first, *rest = drift_lines(report)
    footer = [f"[the run]({run_url}) of {report.at[:10]}"] if run_url else [report.at[:10]]
    if not report.error:
        *rest, last = rest
        footer.append(markdown(last))
    lines = [
        drift_marker(report.golden_set, report.model),
        f"**{markdown(_capital(first))}**",
        "",
        *_bullets(rest),
        "",
        f"**To proceed**: {_advice(report)}",
        "",
        f"<sub>{' · '.join([*footer, UPDATED])}</sub>",
    ]
    return "\n".join(lines)


def closing_body(report: DriftReport, run_url: str) -> str:
    """Return what the issue says when it closes: that it is over, with the dates."""
    stories = [line for one in report.categories for line in _story(one)]
    run = f"[the run]({run_url})" if run_url else "the run"
    what = f"{mark_code(report.golden_set)} with {mark_code(report.model)}"
    since = report.baseline_at[:10]
    lines = [
        drift_marker(report.golden_set, report.model),
        f"**{markdown(_capital(what))} is back**, says {run} of {report.at[:10]}.",
        "",
        *_bullets(stories or [f"nothing is down against the baseline of {since}"]),
    ]
    return "\n".join(lines)


def _bullets(lines: Sequence[str]) -> list[str]:
    more = [f"- and {len(lines) - MAX_LINES} more"] if len(lines) > MAX_LINES else []
    return [*(f"- {markdown(line)}" for line in lines[:MAX_LINES]), *more]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _advice(report: DriftReport) -> str:
    if report.error:
        return "do what the line above says, then run the workflow again."
    origins = [one.shift.origin for one in report.lasting if one.shift and one.shift.lasts]
    accept = code_span("evalci run --all && evalci baseline accept --reason …")
    if not origins:
        freeze = code_span("evalci drift --freeze")
        return (
            "the answers are as good as before, the judge sees them otherwise. Pin the judge's"
            f" version, or calibrate it again, then accept a new baseline ({accept}) and freeze"
            f" answers anew ({freeze})."
        )
    if any(origin.culprit is Culprit.OURS for origin in origins):
        return f"undo what changed, or accept the new level with {accept}."
    return (
        "pin a version of the model in `evalci.yaml`, adapt the prompts, or accept the new level"
        f" with {accept}."
    )
