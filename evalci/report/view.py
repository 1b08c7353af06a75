"""Run and verdict in, every string of the report out: wording, order, rounding, truncation."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from evalci.core.evidence.decision import CaseChange
from evalci.core.gate_rates import gate_rates
from evalci.core.run import Run
from evalci.core.verdict import Outcome, Verdict
from evalci.report.changes import changes, changes_title, policy_changes
from evalci.report.code_gates import GateRow, gate_rows, gates_summary
from evalci.report.escape import mark_code, unmarked
from evalci.report.examples import Example, build_examples, examples_title, fallen_below
from evalci.report.facts import blind_spots, facts, footer
from evalci.report.moved import (
    Moved,
    culprits,
    gain_lines,
    moved_cases,
    noise_counts,
    noise_rows,
)
from evalci.report.notes import help_of, notes_of
from evalci.report.outcomes import ALERTS, BLOCKING, ICONS
from evalci.report.proceed import settle_words, way_to_proceed
from evalci.report.rows import (
    Group,
    Row,
    group_sentence,
    groups_of,
    regressed_whole,
    rows_of,
    rule_heading,
    whole_sentence,
)
from evalci.report.slices import slice_counts, slice_lines
from evalci.report.tables import Table, tables
from evalci.report.titles import headline_of, title_of

MAX_OPEN = 3
__all__ = ["ReportView", "Row", "build_view", "plain_text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """Everything a report says, in reading order; strings may hold marked data (`escape`).

    ``rule`` is the heading of the column that holds what decided a row. ``noise`` pairs cases
    that fell with cases that rose. ``help`` tells how to read the numbers.
    """

    icon: str
    title: str
    alert: str
    headline: str
    sentences: tuple[str, ...]
    rule: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...]
    changes: tuple[str, ...]
    changes_title: str
    examples: tuple[Example, ...]
    examples_total: int
    examples_title: str
    gains: tuple[str, ...]
    gains_title: str
    noise: tuple[tuple[str, str], ...]
    noise_counts: str
    slices: tuple[str, ...]
    slice_counts: str
    diffs: tuple[tuple[str, str], ...]
    facts: tuple[str, ...]
    blind_spots: tuple[str, ...]
    help: tuple[str, ...]
    proceed: str
    footer: str
    policy_changes: tuple[str, ...] = ()
    policy_changes_title: str = "Policy changes, in force after merge"
    gates: tuple[GateRow, ...] = ()
    gates_summary: str = ""
    tables: tuple[Table, ...] = ()


def plain_text(text: str) -> str:
    """Return a string of a view as plain text."""
    return unmarked(text)


def build_view(run: Run, verdict: Verdict, *, max_examples: int = 5) -> ReportView:
    """Return the report of a run."""
    icon = BLOCKING if verdict.blocking else ICONS[verdict.outcome]
    groups, moved = groups_of(verdict), moved_cases(run, verdict)
    gates = gate_rates(run)
    examples = build_examples(run, verdict, moved)
    fell = 0 if moved.known else fallen_below(run, verdict)
    return ReportView(
        icon=icon,
        title=f"{icon} evalci: {title_of(run, verdict, groups)}",
        alert=ALERTS[icon],
        headline=headline_of(run, verdict, groups),
        sentences=_sentences(run, verdict, groups, moved),
        rule=rule_heading(run.gate.mode),
        rows=rows_of(run, verdict, groups),
        notes=notes_of(run, verdict),
        changes=changes(run),
        changes_title=changes_title(run),
        examples=examples[:max_examples],
        examples_total=len(examples),
        examples_title=examples_title(examples),
        gains=gain_lines(run, moved, max_examples),
        gains_title=f"Cases that got better ({len(moved.better)})",
        noise=noise_rows(run, moved, shown=frozenset(e.case for e in examples[:max_examples])),
        noise_counts=noise_counts(moved),
        slices=slice_lines(verdict.slices),
        slice_counts=slice_counts(verdict.slices),
        diffs=tuple((mark_code(c.path), c.diff) for c in run.changes if c.diff),
        facts=facts(run),
        blind_spots=blind_spots(run, verdict, fell),
        help=help_of(run, verdict),
        proceed=way_to_proceed(run, verdict),
        footer=footer(run),
        policy_changes=policy_changes(run),
        gates=gate_rows(gates),
        gates_summary=gates_summary(gates),
        tables=tables(run),
    )


def _sentences(
    run: Run, verdict: Verdict, groups: Sequence[Group], moved: Moved
) -> tuple[str, ...]:
    """Return a sentence for each group that is worse, then for the whole, then of what is open."""
    said = []
    place_of = {name: place for place, group in enumerate(groups) for name in group.names}
    own: dict[int | None, list[CaseChange]] = defaultdict(list)
    for change in moved.worse:
        own[place_of.get(change.category)].append(change)
    for place, group in enumerate(groups):
        if group.blocks or group.outcome in {Outcome.REGRESSION, Outcome.OVERRIDDEN}:
            sentence = f"{group_sentence(run, group, verdict.decision)}."
            said.append(sentence + (culprits(run, own[place]) if group.decision else ""))
    if whole := regressed_whole(verdict):
        names = "" if any(group.blocks for group in groups) else culprits(run, moved.worse)
        said.append(f"{whole_sentence(verdict, whole)}.{names}")
    opened = [g for g in groups if g.outcome is Outcome.INCONCLUSIVE and g.decision]
    return (*said, *_open_sentences(run, verdict, [g for g in opened if not g.blocks]))


def _open_sentences(run: Run, verdict: Verdict, opened: Sequence[Group]) -> list[str]:
    """Return the numbers of what is open; what settles it only where the last line does not say."""
    if not verdict.blocking:
        return [f"{group_sentence(run, g, verdict.decision)}." for g in opened[:MAX_OPEN]]
    if not opened:
        return []
    names = ", ".join(group.name for group in opened)
    return [f"Not settled: {names}. {settle_words(opened)}."]
