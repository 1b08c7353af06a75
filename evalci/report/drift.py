"""What a drift run found, in words: for the terminal, and for the issue on GitHub."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

from evalci.core.drift import CategoryDrift, DriftReport, Shift
from evalci.core.drift_origin import JUDGE, Culprit, Moved, Origin
from evalci.core.hashes import digest, short
from evalci.core.history_trend import Span, period_of
from evalci.core.json_value import encodable
from evalci.report.drift_facts import ACCEPT, FREEZE, footing, gap_words, level_lines, side_line
from evalci.report.escape import code_span, listed, mark_code, markdown, one_line, unmarked
from evalci.report.numbers import delta, score

MAX_TITLE = 240
MAX_LINES = 30
MAX_CHARACTERS = 40_000  # of all lines; GitHub takes 65,536 in a body
MAX_MOVES = 5
OWN = "command/"
UNNAMED = "by all that is known: nothing of ours changed, and no name of a version did"
UPDATED = (
    "every run writes this text anew, and closes the issue when the scores are back; close it as"
    " not planned to hear of this only when more falls"
)


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
    ours = all(shift.origin.culprit is Culprit.OURS for shift in shifts)
    fell = "fell after a change of ours" if ours else "drifted"
    return f"{what} {fell}: {names} since {_week(min(shift.since for shift in shifts))}"


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
        *(line for one in _fallen_first(report) for line in _category_lines(one, report)),
        *(side_line(move) for move in report.sides),
        *level_lines(report.levels),
        footing(report),
    )


def _fallen_first(report: DriftReport) -> list[CategoryDrift]:
    return sorted(report.categories, key=lambda one: one not in report.lasting)


def _category_lines(one: CategoryDrift, report: DriftReport) -> Iterator[str]:
    yield f"{mark_code(one.name)}: {_level(one)} · CUSUM {one.cusum:.1f} of {report.limit:.1f}"
    if one.gap is not None:
        yield f"{mark_code(one.name)}: {gap_words(one.gap)}"
    yield from _story(one, report.model_id)


def _level(one: CategoryDrift) -> str:
    """Return where a category stands: now, the baseline, the anchor."""
    parts = [f"{score(one.now)} now, {score(one.baseline)} in the baseline"]
    if one.anchor is not None:
        parts.append(f"{score(one.anchor)} in the anchor")
    if one.judge_shift is not None and one.drop is not None:
        parts.append(
            f"the answers {delta(-one.drop, None)}, the judge {delta(one.judge_shift, None)}"
        )
    return ", ".join(parts)


def _story(one: CategoryDrift, model_id: str) -> Iterator[str]:
    """Yield what happened to a category: its fall, the judge's, and the way back."""
    for shift in (one.shift, one.judge):
        if shift is None:
            continue
        who = "the judge" if shift is one.judge else _who(shift.origin)
        moved = f"{delta(shift.points, None)} on the same answers"
        if shift is one.shift:
            moved = f"{score(shift.before)} → {score(shift.after)} ({delta(shift.points, None)})"
        name, way = mark_code(one.name), "down" if shift.points < 0 else "up"
        if shift.lasts:
            yield f"{name}: {who} moved in week {_week(shift.since)}: {moved}"
            if shift is one.shift:
                yield f"{name}: {_blame(one, shift.origin, model_id)}"
            elif moves := [moved for moved in shift.origin.vendor if moved.what == JUDGE]:
                yield f"{name}: {_moves(moves)}"
        else:
            yield (
                f"{name}: {who} was {way} from {_week(shift.since)} on, {moved},"
                f" and is back since {_week(shift.back)}"
            )


def _who(origin: Origin) -> str:
    """Return whose level it is that fell: the model's only where nothing of ours changed."""
    return "the model" if origin.culprit is Culprit.VENDOR else "the score"


def _blame(one: CategoryDrift, origin: Origin, model_id: str) -> str:
    """Return who moved, from what to what, what stayed the same, and what nobody looked at."""
    same = f"unchanged since then: {', '.join(origin.same)}" if origin.same else ""
    vendor = "your pipeline, or a vendor behind it," if model_id.startswith(OWN) else "the vendor"
    or_judge = f"or the judge did: {mark_code(FREEZE)} tells from now on" if one.unguarded else ""
    match origin.culprit:
        case Culprit.OURS:
            said = f"we changed something: {_moves(origin.ours)}"
            also = f"the vendor moved, too: {_moves(origin.vendor)}" if origin.vendor else ""
        case Culprit.VENDOR:
            moves = _moves(origin.vendor)
            said = f"{vendor} moved: {moves}" if moves else f"{vendor} moved, {UNNAMED}"
            also = "" if moves else or_judge
    return "; ".join(part for part in (said, also, same) if part)


def _moves(moved: Iterable[Moved]) -> str:
    told = [
        f"{mark_code(one.what)} {mark_code(one.before)} → {mark_code(one.after)}" for one in moved
    ]
    return listed(told, MAX_MOVES)


def drift_words(report: DriftReport) -> str:
    """Return a report for the terminal."""
    first, *rest = (one_line(unmarked(line), 1000) for line in drift_lines(report))
    return "\n".join([first, *(f"  {line}" for line in rest)]) + "\n"


def drift_summary(reports: Sequence[DriftReport], error: str) -> str:
    """Return every report as Markdown, for the summary of a step."""
    said = markdown(mark_code(error, 1000))
    known = any(report.error == error for report in reports)
    whole = [f"### ⚫ evalci drift: not measured\n\n{said}"] if error and not known else []
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
    footer = [_run(report, run_url)]
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


def _run(report: DriftReport, run_url: str) -> str:
    run = f"[the run]({run_url})" if run_url else "the run"
    return f"{run} of {report.at[:10]}" if report.at else run


def closing_body(report: DriftReport, run_url: str) -> str:
    """Return the last word of an issue: that it is over, with the dates, and who had moved.

    It has no marker: the next fall gets an issue of its own.
    """
    stories = [line for one in report.categories for line in _told(one, report.model_id)]
    what = f"{mark_code(report.golden_set)} with {mark_code(report.model)}"
    since = report.baseline_at[:10]
    lines = [
        f"**{markdown(_capital(what))} is back**, says {_run(report, run_url)}.",
        "",
        *_bullets(stories or [f"nothing is down against the baseline of {since}"]),
    ]
    return "\n".join(lines)


def _told(one: CategoryDrift, model_id: str) -> Iterator[str]:
    yield from _story(one, model_id)
    if one.shift is not None and not one.shift.lasts:
        yield f"{mark_code(one.name)}: {_blame(one, one.shift.origin, model_id)}"


def _bullets(lines: Sequence[str]) -> list[str]:
    """Return the first lines as a list that has room in an issue, and how many more there are."""
    bullets = [f"- {markdown(line)}" for line in lines[:MAX_LINES]]
    sizes = accumulate(map(len, bullets))
    shown = [bullet for bullet, size in zip(bullets, sizes, strict=True) if size <= MAX_CHARACTERS]
    left = len(lines) - len(shown)
    return [*shown, f"- and {left} more"] if left else shown


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _advice(report: DriftReport) -> str:
    if report.error:
        return (
            "do what the line above says, or see the log of the run, then run the workflow again."
        )
    origins = [one.shift.origin for one in report.lasting if one.shift and one.shift.lasts]
    accept = code_span(ACCEPT)
    if not origins:
        freeze = code_span(FREEZE)
        return (
            "the answers are as good as before, the judge sees them otherwise. Pin the judge's"
            f" version, or calibrate it again, then accept a new baseline ({accept}) and freeze"
            f" answers anew ({freeze})."
        )
    if any(origin.culprit is Culprit.OURS for origin in origins):
        commit = next((short(origin.commit) for origin in origins if origin.commit), "")
        place = f"at {markdown(mark_code(commit))}, the last commit before,"
        old = f" {code_span('evalci drift')} {place} tells whether the vendor moved as well."
        also = old if commit else ""
        return f"undo what changed, or accept the new level with {accept}.{also}"
    return (
        "pin a version of the model in `evalci.yaml`, adapt the prompts, or accept the new level"
        f" with {accept}."
    )
