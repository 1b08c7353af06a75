"""Every number behind each outcome of the gate, in the order in which they decide."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import assert_never

from evalci.core.evidence.decision import Decision
from evalci.core.evidence.explained import Explained, Explanation, explain
from evalci.core.evidence.options import Method
from evalci.core.policy import Mode
from evalci.core.run import Run
from evalci.core.statistical import case_trials, options_of, rules_of
from evalci.core.verdict import CategoryResult, Verdict
from evalci.report.escape import mark_code, markdown, unmarked
from evalci.report.explained_lines import (
    Line,
    Number,
    evidence_lines,
    evidence_whole,
    exact_lines,
    exact_whole,
    threshold_lines,
)
from evalci.report.json_numbers import significant
from evalci.report.outcomes import outcome_words
from evalci.report.overrides import name_of, until_words

MOST_DIGITS = 1e6
NO_OVERALL_RULE = "none in this mode: each category decides for itself"


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
    """Return a table for the run as a whole and one for each category, those of its mode."""
    if run.gate.mode is Mode.THRESHOLD:
        return tuple(_limit_table(result) for result in verdict.categories)
    found = explanation_of(run, verdict)
    if found is None or verdict.decision is None:
        return ()
    one = [_excused(item, found, verdict, verdict.decision) for item in found.categories]
    return (_whole_table(found), *one)


def render_explained(run: Run, verdict: Verdict, *, as_markdown: bool) -> str:
    """Return the tables as Markdown or as plain text."""
    tables = explain_tables(run, verdict)
    if not tables:
        return "Nothing to explain: no case was compared with the baseline.\n"
    return "\n".join(_markdown(table) if as_markdown else _plain(table) for table in tables)


def _limit_table(result: CategoryResult) -> Table:
    return Table(
        title=mark_code(result.summary.category.name),
        rule=f"{outcome_words(result.outcome)}: {result.reason}{_excuse([result])}",
        lines=threshold_lines(result.summary),
    )


def _whole_table(found: Explanation) -> Table:
    match found.options.method:
        case Method.EVIDENCE:
            rule = "it got worse: the overall rule fired" if found.whole.regressed else "nothing"
            lines = evidence_whole(found)
        case Method.EXACT:
            rule, lines = NO_OVERALL_RULE, exact_whole(found, None)
        case Method.ENTROPY:
            rule, lines = NO_OVERALL_RULE, exact_whole(found, found.options.entropy)
        case _:
            assert_never(found.options.method)
    return Table(title="all cases together", rule=rule, lines=lines)


def _excused(item: Explained, found: Explanation, verdict: Verdict, decision: Decision) -> Table:
    """Return the table of a category, or of the small ones together, with what is overridden."""
    names = decision.pooled if item.decision.name == decision.pool else (item.decision.name,)
    results = [r for r in verdict.categories if r.summary.category.name in names]
    table = _category_table(item, found, decision)
    return replace(table, rule=f"{table.rule}{_excuse(results)}")


def _excuse(results: Sequence[CategoryResult]) -> str:
    """Return what is overridden of some results, as the end of a sentence."""
    found = [result.override for result in results if result.override]
    return "".join(f"; {name_of(one.category)} is {until_words(one)}" for one in found)


def _category_table(item: Explained, found: Explanation, decision: Decision) -> Table:
    pooled = item.decision.name == decision.pool
    members = f" ({', '.join(map(mark_code, decision.pooled))})" if pooled else ""
    evidence = found.options.method is Method.EVIDENCE
    return Table(
        title=f"{mark_code(item.decision.name)}{members}",
        rule=f"{item.decision.status.value}: {item.decision.reason.value}",
        lines=evidence_lines(item, found) if evidence else exact_lines(item, found),
    )


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
                "before": significant(change.before),
                "before_trials": change.before_trials,
                "after": significant(change.after),
                "after_trials": change.after_trials,
                "p_change": significant(change.p_change),
                "p_broken": significant(change.p_broken),
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
    return significant(value) if isinstance(value, float) else value
