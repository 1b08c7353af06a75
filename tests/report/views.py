"""A report as the view decides it, and cases that moved."""

from evalci.core.gate import decide
from evalci.core.run import Run, RunCase
from evalci.report.view import ReportView, build_view
from tests.runs import make_run_case


def view_of(run: Run) -> ReportView:
    """Return the view of a run under its own verdict."""
    return build_view(run, decide(run))


def moved(before: float, now: float, name: str = "review", cases: int = 1) -> list[RunCase]:
    """Return cases of a category that moved from one score to another."""
    return [make_run_case((now,), (before,), id=f"{name}-{n}", category=name) for n in range(cases)]
