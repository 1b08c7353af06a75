"""Every number behind each outcome of the gate, in the order in which they decide."""

from collections.abc import Sequence
from dataclasses import dataclass

from evalci.core.evidence.decision import Decision
from evalci.core.evidence.explained import Explained, Explanation, Span, explain
from evalci.core.run import Run
from evalci.core.statistical import case_trials, options_of, rules_of
from evalci.core.stats.arrays import Floats
from evalci.core.verdict import Verdict
from evalci.report.escape import mark_code, markdown, unmarked

Number = float | int | str | None
MOST_DIGITS = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One number: its name in the formulas, its value, and what it is."""

    name: str
    value: Number
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What decided one category, or the run: the rule that fired, then the numbers in order."""

    title: str
    rule: str
    lines: tuple[Line, ...]


def explanation_of(run: Run, verdict: Verdict) -> Explanation | None:
    """Return the numbers behind a verdict, None where a plain limit decided."""
    decision = verdict.decision
    if decision is None:
        return None
    return explain(case_trials(run), rules_of(run), options_of(run.gate), decision=decision)


def explain_tables(run: Run, verdict: Verdict) -> tuple[Table, ...]:
    """Return a table for the run as a whole and one for each category, none for a plain limit."""
    found = explanation_of(run, verdict)
    if found is None or verdict.decision is None:
        return ()
    one = [_category_table(item, found, verdict.decision) for item in found.categories]
    return (_whole_table(found), *one)


def render_explained(run: Run, verdict: Verdict, *, as_markdown: bool) -> str:
    """Return the tables as Markdown or as plain text."""
    tables = explain_tables(run, verdict)
    if not tables:
        return "Nothing to explain: no category was decided by a statistical mode of the gate.\n"
    return "\n".join(_markdown(table) if as_markdown else _plain(table) for table in tables)


def _whole_table(found: Explanation) -> Table:
    whole = found.whole
    rule = "it got worse: the overall rule fired" if whole.regressed else "nothing"
    return Table(
        title="all cases together",
        rule=rule,
        lines=(
            Line(name="d_all", value=whole.drop, meaning="drop over all cases, of 1"),
            Line(name="se_all", value=whole.se, meaning="its permutation standard error"),
            Line(name="z_all", value=whole.z, meaning="d_all / se_all"),
            Line(name="mu", value=whole.prior_mean, meaning="mean of the baseline's case means"),
            Line(
                name="W0", value=_one(found.spread.within), meaning="variance of trials in a case"
            ),
            Line(name="T0", value=_one(found.spread.between), meaning="variance between cases"),
            Line(name="E_all", value=whole.evidence, meaning="evidence of a loss in the whole run"),
            Line(
                name="A",
                value=whole.statistic,
                meaning="watched statistic: .2 E_all + .8 of the weighted E_k",
            ),
            Line(name="limit", value=whole.limit, meaning="what A and E must reach to fail"),
            Line(name="losses", value=whole.losses, meaning="sparse evidence of losses"),
            Line(name="gains", value=whole.gains, meaning="the same of gains"),
        ),
    )


def _category_table(item: Explained, found: Explanation, decision: Decision) -> Table:
    pooled = item.decision.name == decision.pool
    members = f" ({', '.join(map(mark_code, decision.pooled))})" if pooled else ""
    return Table(
        title=f"{mark_code(item.decision.name)}{members}",
        rule=f"{item.decision.status.value}: {item.decision.reason.value}",
        lines=(*_movement(item), *_prior(item), *_evidence(item, found), *_bounds(item, found)),
    )


def _movement(item: Explained) -> tuple[Line, ...]:
    one = item.decision
    return (
        Line(name="n", value=one.cases, meaning="cases compared"),
        Line(name="b", value=_span(item.before), meaning="baseline trials a case"),
        Line(name="m", value=_span(item.after), meaning="trials of this change a case"),
        Line(name="d", value=one.drop, meaning="drop of the mean, of 1; below 0 is better"),
        Line(name="se", value=one.se, meaning="its standard error, trials shuffled inside cases"),
        Line(name="z", value=one.z, meaning="d / se; a failure needs 2"),
        Line(name="p", value=one.p, meaning="normal tail of z"),
        Line(name="p_exact", value=one.p_exact, meaning="exact mid-p of pass/fail scores"),
    )


def _prior(item: Explained) -> tuple[Line, ...]:
    one = item.decision
    return (
        Line(name="kappa", value=one.kappa, meaning="pseudo-trials that the category is worth"),
        Line(name="mu_k", value=one.prior_mean, meaning="the score they have"),
    )


def _evidence(item: Explained, found: Explanation) -> tuple[Line, ...]:
    one, whole = item.decision, found.whole
    return (
        Line(name="E_uniform", value=item.even, meaning="evidence of a loss spread over the cases"),
        Line(name="E_sparse", value=item.sparse, meaning="evidence of few, large losses"),
        Line(name="E_k", value=one.evidence, meaning="their mean: the evidence of the report"),
        Line(name="E_all", value=whole.evidence, meaning="evidence over the whole run"),
        Line(name="share", value=item.weight, meaning="of the category in A"),
        Line(name="A", value=whole.statistic, meaning="watched statistic of the run"),
        Line(name="limit", value=whole.limit, meaning="what A and E_k must reach to fail"),
    )


def _bounds(item: Explained, found: Explanation) -> tuple[Line, ...]:
    one = item.decision
    sure = f"{found.confidence * 100:g} % upper bound of the drop"
    closing = item.critical_z if found.closing else None
    return (
        Line(name="margin", value=one.margin, meaning="the smallest drop that may fail"),
        Line(name="detect", value=one.detect, meaning="the drop that must be ruled out to pass"),
        Line(name="u", value=one.upper, meaning=f"{sure}; passes below detect"),
        Line(name="z_closing", value=closing, meaning="what z must reach at the trial cap to fail"),
    )


def _one(value: Floats) -> float:
    return float(value)


def _span(span: Span) -> Number:
    return span.least if span.least == span.most else f"{span.least}-{span.most}"


def number_text(value: Number) -> str:
    """Return a number as people compare it: four digits, powers of ten where they are large."""
    if value is None:
        return "–"
    if isinstance(value, str | int):
        return str(value)
    if value != 0 and (abs(value) >= MOST_DIGITS or abs(value) < 1e-4):
        return f"{value:.3g}"
    return f"{value:.4f}".rstrip("0").rstrip(".")


def _markdown(table: Table) -> str:
    rows = [
        f"| `{line.name}` | {number_text(line.value)} | {markdown(line.meaning)} |"
        for line in table.lines
    ]
    head = [f"#### {markdown(table.title)}", "", f"Rule: {markdown(table.rule)}", ""]
    return "\n".join([*head, "| | Value | |", "|---|---:|---|", *rows, ""])


def _plain(table: Table) -> str:
    name = max(len(line.name) for line in table.lines)
    width = max(len(number_text(line.value)) for line in table.lines)
    rows = [
        f"  {line.name:<{name}}  {number_text(line.value):>{width}}  {line.meaning}"
        for line in table.lines
    ]
    return "\n".join([unmarked(table.title), f"  rule: {table.rule}", *rows, ""])


def explained_json(run: Run, verdict: Verdict) -> dict[str, object] | None:
    """Return the tables for programs, None for a plain limit."""
    found = explanation_of(run, verdict)
    if found is None or verdict.decision is None:
        return None
    return {
        "whole": {**_numbers(_whole_table(found).lines), "regressed": found.whole.regressed},
        "categories": [_category_json(i, found, verdict.decision) for i in found.categories],
        "cases": [
            {
                "id": change.id,
                "category": change.category,
                "change": change.change.value,
                "before": rounded(change.before),
                "before_trials": change.before_trials,
                "after": rounded(change.after),
                "after_trials": change.after_trials,
                "p_change": rounded(change.p_change),
                "p_broken": rounded(change.p_broken),
            }
            for change in verdict.decision.cases
        ],
    }


def _category_json(item: Explained, found: Explanation, decision: Decision) -> dict[str, object]:
    pooled = item.decision.name == decision.pool
    return {
        "name": item.decision.name,
        "pooled": list(decision.pooled) if pooled else [],
        "status": item.decision.status.value,
        "rule": item.decision.reason.value,
        "blocks": item.decision.blocks,
        "b": [item.before.least, item.before.most],
        "m": [item.after.least, item.after.most],
        **{
            name: value
            for name, value in _numbers(_category_table(item, found, decision).lines).items()
            if name not in {"b", "m"}
        },
    }


def _numbers(lines: Sequence[Line]) -> dict[str, Number]:
    return {line.name: _rounded_number(line.value) for line in lines}


def _rounded_number(value: Number) -> Number:
    return rounded(value) if isinstance(value, float) else value


def rounded(value: float | None) -> float | None:
    """Return a number with eight significant digits, so that files stay small and stable."""
    return None if value is None else float(f"{value:.8g}")
