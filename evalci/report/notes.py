"""What a report says beside its table: the findings, and how to read the numbers."""

from evalci.core.evidence.decision import Decision
from evalci.core.finding import Finding
from evalci.core.policy import Mode
from evalci.core.run import Run
from evalci.core.statistical import options_of
from evalci.core.statistical_words import odds
from evalci.core.verdict import Verdict
from evalci.report.escape import mark_code, one_line
from evalci.report.overrides import override_lines

MOST = 1_000_000
P_HELP = (
    "The paired p is how often a drop as large comes up when old and new answers of each case are "
    "shuffled. It is corrected for the number of categories before it decides."
)


def notes_of(run: Run, verdict: Verdict) -> tuple[str, ...]:
    """Return the lines that stand below the table, none in most reports."""
    found = (
        f"Blocking: {finding_line(f)}" if f.blocks else _upper(finding_line(f))
        for f in verdict.findings
    )
    return (*override_lines(run, verdict), *found)


def _upper(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def finding_line(finding: Finding) -> str:
    """Return a finding as a line without its full stop."""
    where = f"{mark_code(finding.category)}: " if finding.category else ""
    return f"{where}{one_line(finding.text).rstrip('.').replace(' -> ', ' → ')}"


def help_of(run: Run, verdict: Verdict) -> tuple[str, ...]:
    """Return how to read the numbers of a statistical mode, in a few sentences."""
    if verdict.decision is None or verdict.decision.whole is None:
        return ()
    confidence = f"{options_of(run.gate).confidence * 100:g} %"
    shared = f"A drop is ruled out when the one-sided {confidence} bound of the drop is below it."
    if run.gate.mode is not Mode.EVIDENCE:
        return (P_HELP, shared)
    return (_evidence_help(verdict.decision, verdict.decision.whole.limit), shared)


def _evidence_help(decision: Decision, limit: float) -> str:
    """Explain the largest evidence of the report, or the limit where none has reached it."""
    largest = max((found.evidence for found in decision.categories), default=0.0)
    shown = min(max(largest, limit), float(MOST))
    return (
        f"Evidence {odds(shown)} means: if nothing had changed in this category, evidence this "
        f"strong would come up in fewer than 1 of {int(shown):,} runs, however often you re-run. "
        f"{odds(limit)} is the limit; below 1:1 it speaks against a loss."
    )
