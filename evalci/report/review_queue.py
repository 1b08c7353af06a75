"""The answers that a person should look at, as a line of the report and as JSON."""

from evalci.core.json_value import JsonObject
from evalci.core.needs_review import needs_review
from evalci.core.run import Run
from evalci.report.escape import counted, listed, mark_code


def queue_facts(run: Run) -> list[str]:
    """Return the line that names the cases a person should look at, nothing without any."""
    doubts = {doubt.case: doubt.why for doubt in reversed(needs_review(run))}
    named = [f"{mark_code(case)} ({mark_code(doubts[case])})" for case in sorted(doubts)]
    line = f"{counted(len(doubts), 'case')} to review, evalci review sample draws them"
    return [f"{line}: {listed(named)}"] * bool(doubts)


def queue_json(run: Run) -> list[JsonObject]:
    """Return every answer of the queue for programs."""
    return [{"case": one.case, "trial": one.trial, "why": one.why} for one in needs_review(run)]
