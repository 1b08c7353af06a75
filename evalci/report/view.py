"""Run and verdict in, every string of the report out: wording, order, rounding, truncation."""

from collections import Counter
from dataclasses import dataclass

from evalci.core.gate import Outcome, Verdict
from evalci.core.run import Run
from evalci.core.summary import Summary, overall
from evalci.report.changes import changes, changes_title, policy_changes
from evalci.report.escape import counted, mark_code, unmarked
from evalci.report.examples import Example, build_examples, fallen_below
from evalci.report.facts import blind_spots, facts, footer
from evalci.report.proceed import way_to_proceed

ICONS = {
    Outcome.REGRESSION: "🔴",
    Outcome.BELOW_FLOOR: "🔴",
    Outcome.NOT_MEASURED: "⚫",
    Outcome.INCONCLUSIVE: "🟡",
    Outcome.NOT_COMPARABLE: "🟡",
    Outcome.UNVERIFIED: "⚪",
    Outcome.NO_BASELINE: "🔵",
    Outcome.IMPROVED: "🟢",
    Outcome.UNCHANGED: "🟢",
    Outcome.PASS: "🟢",
}
_ALERTS = {
    "🔴": "CAUTION",
    "⚫": "WARNING",
    "🟡": "WARNING",
    "⚪": "NOTE",
    "🔵": "NOTE",
    "🟢": "NOTE",
}
_ORDER = list(ICONS)
_PARTICIPLES = {
    Outcome.REGRESSION: "regressed",
    Outcome.BELOW_FLOOR: "below the floor",
    Outcome.NOT_MEASURED: "not measured",
    Outcome.INCONCLUSIVE: "not settled",
    Outcome.NOT_COMPARABLE: "not comparable",
    Outcome.UNVERIFIED: "unverified",
    Outcome.NO_BASELINE: "without a baseline",
    Outcome.IMPROVED: "improved",
    Outcome.UNCHANGED: "unchanged",
    Outcome.PASS: "passed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One category of the table, as text."""

    icon: str
    category: str
    baseline: str
    current: str
    delta: str
    limit: str
    size: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """Everything a report says, in reading order; strings may hold marked data (`escape`)."""

    icon: str
    title: str
    alert: str
    headline: str
    sentences: tuple[str, ...]
    rows: tuple[Row, ...]
    changes: tuple[str, ...]
    changes_title: str
    examples: tuple[Example, ...]
    examples_total: int
    diffs: tuple[tuple[str, str], ...]
    facts: tuple[str, ...]
    blind_spots: tuple[str, ...]
    proceed: str
    footer: str
    policy_changes: tuple[str, ...] = ()
    policy_changes_title: str = "Policy changes, in force after merge"


def outcome_words(outcome: Outcome) -> str:
    """Return an outcome in the words of the report; its value is the word of files."""
    return "not settled" if outcome is Outcome.INCONCLUSIVE else outcome.value


def plain_text(text: str) -> str:
    """Return a string of a view as plain text."""
    return unmarked(text)


def build_view(run: Run, verdict: Verdict, *, max_examples: int = 5) -> ReportView:
    """Return the report of a run."""
    icon = "🔴" if verdict.blocking else ICONS[verdict.outcome]
    examples = build_examples(run, verdict)
    results = sorted(
        verdict.categories,
        key=lambda r: (_ORDER.index(r.outcome), -(r.summary.drop or 0.0), r.summary.category.name),
    )
    worst = [r for r in results if r.blocks or r.outcome is Outcome.REGRESSION]
    return ReportView(
        icon=icon,
        title=f"{icon} evalci: {_title(run, verdict)}",
        alert=_ALERTS.get(icon, "NOTE"),
        headline=_headline(run, verdict),
        sentences=tuple(
            f"{mark_code(r.summary.category.name)} {_movement(r.summary)}: {r.reason}."
            for r in worst
        ),
        rows=tuple(
            Row(
                icon="🔴" if r.blocks else ICONS[r.outcome],
                category=mark_code(r.summary.category.name),
                baseline=_score(r.summary.baseline),
                current=_current(r.summary),
                delta=_delta(r.summary),
                limit=str(r.summary.category.limits.max_drop),
                size=_size(r.summary),
                outcome=f"{outcome_words(r.outcome)}: {r.reason}",
            )
            for r in results
        ),
        changes=changes(run),
        changes_title=changes_title(run),
        examples=examples[:max_examples],
        examples_total=len(examples),
        diffs=tuple((mark_code(c.path), c.diff) for c in run.changes if c.diff),
        facts=facts(run),
        blind_spots=blind_spots(run, verdict, fallen_below(run, verdict)),
        proceed=way_to_proceed(run, verdict),
        footer=footer(run),
        policy_changes=policy_changes(run),
    )


_TITLES = {
    Outcome.INCONCLUSIVE: "not settled: {names}",
    Outcome.NOT_COMPARABLE: "not comparable: cases of {names} were edited since the baseline",
    Outcome.UNVERIFIED: "unverified: {reason}",
    Outcome.NO_BASELINE: "no baseline yet",
    Outcome.UNCHANGED: "nothing to measure: all {cases} cases carried forward",
    Outcome.IMPROVED: "no regression: {names} improved",
}


def _title(run: Run, verdict: Verdict) -> str:
    if verdict.blocking:
        return _blocking_title(verdict)
    if verdict.outcome is Outcome.NOT_MEASURED:
        reason = mark_code(verdict.reason) if verdict.reason else _missing(run, verdict)
        return f"not measured: {reason}"
    title = _TITLES.get(verdict.outcome, "no regression: no category fell by more than its limit")
    names = _names(verdict, verdict.outcome)
    return title.format(names=names, cases=len(run.cases), reason=mark_code(verdict.reason))


def _blocking_title(verdict: Verdict) -> str:
    worse = [r.summary.category.name for r in verdict.categories if r.blocks]
    if worse:
        names = ", ".join(mark_code(name) for name in worse[:3])
        more = f" and {len(worse) - 3} more" if len(worse) > 3 else ""
        outcomes = {r.outcome for r in verdict.categories if r.blocks}
        if Outcome.REGRESSION in outcomes:
            return f"this change makes {names}{more} worse (blocking)"
        words = ", ".join(_PARTICIPLES[o] for o in sorted(outcomes, key=_ORDER.index))
        return f"{names}{more} {words} (blocking)"
    failed = [m.case.id for m in verdict.must_pass if m.confirmed]
    return f"must-pass case {', '.join(mark_code(i) for i in failed[:3])} fails (blocking)"


def _names(verdict: Verdict, outcome: Outcome) -> str:
    names = [r.summary.category.name for r in verdict.categories if r.outcome is outcome]
    return ", ".join(mark_code(name) for name in names[:3]) + (" …" if len(names) > 3 else "")


def _missing(run: Run, verdict: Verdict) -> str:
    """Say how much has no score, and name the most frequent cause."""
    results = [r for r in verdict.categories if r.outcome is Outcome.NOT_MEASURED]
    missing = sum(r.summary.unscored for r in results)
    planned = sum(r.summary.planned for r in results)
    causes = Counter(t.failure for c in run.cases for t in c.trials if t.failure)
    cause = f" ({mark_code(causes.most_common(1)[0][0], 120)})" if causes else ""
    return f"{missing} of {planned} trials have no score{cause}"


def _headline(run: Run, verdict: Verdict) -> str:
    """Count the outcomes, then the whole: what the reader sees before any table."""
    counts = Counter(result.outcome for result in verdict.categories)
    failed = sum(m.confirmed for m in verdict.must_pass)
    parts = [
        f"{counted(counts[o], 'category')} {_PARTICIPLES[o]}"
        for o in sorted(counts, key=_ORDER.index)
    ]
    parts += [f"{counted(failed, 'must-pass case')} failed"] * bool(failed)
    carried = sum(case.carried for case in run.cases)
    parts += [f"{carried} of {len(run.cases)} cases carried forward"] * bool(carried)
    return f"{', '.join(parts)}." + _overall(verdict)


def _overall(verdict: Verdict) -> str:
    """Return the mean over all compared cases, before and now; nothing for an unmeasured run."""
    if verdict.outcome is Outcome.NOT_MEASURED:
        return ""
    whole = overall(result.summary for result in verdict.categories)
    if whole is None:
        return ""
    fall = whole.before - whole.now
    relative = f", {_signed(-fall / whole.before * 100, 1)} %" if whole.before > 0 else ""
    points = _signed(-fall * 100, 1)
    return f" Overall {whole.before:.2f} → {whole.now:.2f} ({points} pp{relative})."


def _movement(summary: Summary) -> str:
    if summary.drop is None or summary.compared_baseline is None or summary.compared_mean is None:
        return _score(summary.mean)
    return (
        f"{summary.compared_baseline:.2f} → {summary.compared_mean:.2f} "
        f"= {_delta(summary)}, {summary.compared} cases × {summary.trials} trials"
    )


def _score(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _current(summary: Summary) -> str:
    if summary.mean is None or summary.interval is None or not summary.measured:
        return _score(summary.mean)
    return f"{summary.mean:.2f} ({summary.interval.low:.2f}–{summary.interval.high:.2f})"


def _delta(summary: Summary) -> str:
    if summary.drop is None:
        return "–"
    relative = summary.relative
    tail = "" if relative is None else f" ({_signed(-relative * 100, 1)} %)"
    return f"{_signed(-summary.drop * 100, 1)} pp{tail}"


def _signed(value: float, digits: int) -> str:
    """Return a number with its sign, a real minus, and no trailing zeros; zero has no sign."""
    rounded = round(value, digits)
    if rounded == 0:
        return "0"
    text = f"{abs(rounded):.{digits}f}".rstrip("0").rstrip(".")
    return f"{'+' if rounded > 0 else '−'}{text}"


def _size(summary: Summary) -> str:
    if not summary.measured:
        return f"{summary.cases} carried"
    carried = f" of {summary.cases}" if summary.carried else ""
    return f"{summary.measured}×{summary.trials}{carried}"
