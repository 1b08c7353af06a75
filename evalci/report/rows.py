"""The table of a report: a row for each category, one for small ones decided together."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import assert_never

from evalci.core.common_rules import below_floor
from evalci.core.evidence.decision import CategoryDecision, Decision, Status, WholeDecision
from evalci.core.policy import Mode
from evalci.core.run import Run
from evalci.core.statistical import options_of
from evalci.core.statistical_words import (
    limit_words,
    odds,
    p_number,
    reason_of,
    short_reason_of,
    whole_reason_of,
)
from evalci.core.summary import overall
from evalci.core.verdict import CategoryResult, Outcome, Verdict
from evalci.report.escape import mark_code
from evalci.report.numbers import (
    Movement,
    current_of,
    delta_of,
    movement_of,
    movement_of_summary,
    movement_of_whole,
    score,
    size_of,
)
from evalci.report.outcomes import BLOCKING, ICONS, ORDER, outcome_words
from evalci.report.overrides import ALL, until_words

UNDECIDED_BLOCKS = "; its policy blocks what is undecided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table, as text; ``rule`` is the evidence, the p, or the plain limit."""

    icon: str
    category: str
    baseline: str
    current: str
    delta: str
    rule: str
    size: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What has one outcome of its own: a category, or the small ones decided as one.

    ``decision`` is None where a statistical mode did not have the last word.
    """

    results: tuple[CategoryResult, ...]
    pool: str = ""
    decision: CategoryDecision | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Return the categories of the group."""
        return tuple(result.summary.category.name for result in self.results)

    @property
    def name(self) -> str:
        """Return the group's name, marked, with its members where it has several."""
        members = ", ".join(mark_code(name) for name in self.names)
        return f"{mark_code(self.pool)} ({members})" if self.pool else members

    @property
    def outcome(self) -> Outcome:
        """Return the outcome that all its categories share."""
        return self.results[0].outcome

    @property
    def blocks(self) -> bool:
        """Tell whether it makes the verdict fail."""
        return any(result.blocks for result in self.results)

    @property
    def drop(self) -> float:
        """Return how far it fell, 0 where that is unknown."""
        if self.pool and self.decision is not None:
            return self.decision.drop
        return self.results[0].summary.drop or 0.0

    @property
    def movement(self) -> Movement | None:
        """Return how far it moved, None where nothing was compared."""
        if self.decision:
            return movement_of(self.decision)
        return movement_of_summary(self.results[0].summary)


_STATUSES = {
    Outcome.REGRESSION: {Status.REGRESSION},
    Outcome.OVERRIDDEN: {Status.REGRESSION, Status.INCONCLUSIVE, Status.OPEN},
    Outcome.INCONCLUSIVE: {Status.INCONCLUSIVE, Status.OPEN},
    Outcome.ADVISORY: {Status.ADVISORY},
    Outcome.IMPROVED: {Status.IMPROVED},
    Outcome.PASS: {Status.PASS},
}


def groups_of(verdict: Verdict) -> tuple[Group, ...]:
    """Return the categories of a verdict, the worst first, small ones joined as they were."""
    pooled = frozenset(verdict.decision.pooled if verdict.decision else ())
    groups, pool = [], []
    for result in verdict.categories:
        decided, small = _decided(result), result.summary.category.name in pooled
        if decided and small and result.override is None:
            pool.append(result)
        else:
            groups.append(Group(results=(result,), decision=None if small else decided))
    if pool and verdict.decision:
        groups.append(
            Group(results=tuple(pool), pool=verdict.decision.pool, decision=pool[0].decision)
        )
    return tuple(sorted(groups, key=lambda g: (ORDER.index(g.outcome), -g.drop, g.names)))


def _decided(result: CategoryResult) -> CategoryDecision | None:
    """Return the decision of a category unless a rule of every mode overruled it."""
    found = result.decision
    if found is None or found.status not in _STATUSES.get(result.outcome, set()):
        return None
    floor = result.outcome is Outcome.INCONCLUSIVE and below_floor(result.summary) is not None
    return None if floor else found


def rule_heading(mode: Mode) -> str:
    """Return what the column of the rule is called."""
    match mode:
        case Mode.EVIDENCE:
            return "Evidence"
        case Mode.EXACT | Mode.ENTROPY:
            return "Paired p"
        case Mode.THRESHOLD:
            return "Limit"
        case _:
            assert_never(mode)


def rows_of(run: Run, verdict: Verdict, groups: Iterable[Group]) -> tuple[Row, ...]:
    """Return the rows: what blocks, the run as a whole where it regressed, then the rest."""
    whole = regressed_whole(verdict)
    own = [_whole_row(verdict, whole)] if whole else _excused_row(verdict)
    blocking = [_row(run, group, verdict.decision) for group in groups if group.blocks]
    others = [_row(run, group, verdict.decision) for group in groups if not group.blocks]
    return (*blocking, *own, *others)


def regressed_whole(verdict: Verdict) -> WholeDecision | None:
    """Return the overall rule's numbers where it blocks, else None."""
    return verdict.decision.whole if verdict.decision and verdict.whole_blocks else None


def _excused_row(verdict: Verdict) -> list[Row]:
    """Return the row of a whole run that regressed and is let through, if it is."""
    whole, override = verdict.decision and verdict.decision.whole, verdict.whole_override
    if not whole or override is None:
        return []
    row = _whole_row(verdict, whole)
    return [replace(row, icon=ICONS[Outcome.OVERRIDDEN], outcome=until_words(override))]


def _row(run: Run, group: Group, decision: Decision | None) -> Row:
    summary = group.results[0].summary
    moved = group.movement if group.pool else None
    return Row(
        icon=BLOCKING if group.blocks else ICONS[group.outcome],
        category=group.name,
        baseline=score(moved.before) if moved else score(summary.baseline),
        current=score(moved.now) if moved else current_of(summary),
        delta=moved.delta if moved else delta_of(summary),
        rule=_rule(run.gate.mode, group),
        size=f"{moved.cases}×{moved.trials}" if moved else size_of(summary),
        outcome=_outcome(run, group, decision),
    )


def _outcome(run: Run, group: Group, decision: Decision | None) -> str:
    override = group.results[0].override
    if override is not None:
        return until_words(override)
    return f"{outcome_words(group.outcome)}: {_short_reason(run, group, decision)}"


def _whole_row(verdict: Verdict, whole: WholeDecision) -> Row:
    moved = whole_movement(verdict)
    return Row(
        icon=BLOCKING,
        category=ALL,
        baseline=score(moved.before) if moved else "–",
        current=score(moved.now) if moved else "–",
        delta=moved.delta if moved else "–",
        rule=odds(whole.evidence),
        size=f"{moved.cases}×{moved.trials}" if moved else "–",
        outcome=f"regression: the run as a whole fell, {limit_words(whole.evidence, whole.limit)}",
    )


def _rule(mode: Mode, group: Group) -> str:
    found = group.results[0].decision
    match mode:
        case Mode.EVIDENCE:
            return odds(found.evidence) if found else "–"
        case Mode.EXACT | Mode.ENTROPY:
            return p_number(found.paired_p) if found else "–"
        case Mode.THRESHOLD:
            return str(group.results[0].summary.category.limits.max_drop)
        case _:
            assert_never(mode)


def _short_reason(run: Run, group: Group, decision: Decision | None) -> str:
    """Return the reason of a row, without what its other cells say."""
    evidence = run.gate.mode is Mode.EVIDENCE
    reason = _reason(run, group, decision, short_reason_of if evidence else reason_of)
    undecided = group.blocks and group.outcome in {Outcome.INCONCLUSIVE, Outcome.NOT_COMPARABLE}
    return f"{reason}{UNDECIDED_BLOCKS if undecided else ''}"


def _reason(run: Run, group: Group, decision: Decision | None, words: Callable[..., str]) -> str:
    """Return the sentence behind the outcome of a group, as long as ``words`` makes it."""
    if group.decision is None or decision is None:
        return group.results[0].reason
    confidence = options_of(run.gate).confidence
    return words(group.decision, limit=decision.limit, confidence=confidence)


def group_sentence(run: Run, group: Group, decision: Decision | None) -> str:
    """Return how a group moved and why that is its outcome, as a sentence without its full stop."""
    reason, moved = _reason(run, group, decision, reason_of), group.movement
    if moved is None:
        return f"{group.name} {score(group.results[0].summary.mean)}: {reason}"
    undecided = "not settled " if group.decision and group.outcome is Outcome.INCONCLUSIVE else ""
    return f"{group.name} {moved.words}: {undecided}{reason}, {moved.size}"


def whole_sentence(verdict: Verdict, whole: WholeDecision) -> str:
    """Return the sentence of the overall rule, without its full stop."""
    moved = whole_movement(verdict)
    numbers = f" {moved.words}" if moved else ""
    size = f", {moved.size}" if moved else ""
    return f"All cases together{numbers}: {whole_reason_of(whole)}{size}"


def whole_movement(verdict: Verdict) -> Movement | None:
    """Return how all compared cases moved, None when nothing was compared."""
    whole = overall(result.summary for result in verdict.categories)
    trials = max((result.summary.trials for result in verdict.categories), default=0)
    return movement_of_whole(whole, trials) if whole else None
