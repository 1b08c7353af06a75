"""Weekly records of one golden set, as a history would hold them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from evalci.core.drift import CategoryDrift, DriftReport, drift_report
from evalci.core.history import ReferenceRecord, RunRecord
from tests.records import make_case_record, make_category_record, make_record

MONDAY = datetime(2026, 1, 5, 6, tzinfo=UTC)
BASELINE = 0.8
CASES = 20
GOOD, BAD = BASELINE, BASELINE - 0.2


def make_week(week: int, score: float = BASELINE, *, judge: float | None = None) -> RunRecord:
    """Return the run of a week, counted from 0, in which the category `review` has a score."""
    cases = tuple(
        make_case_record((score - 0.05, score + 0.05), id=f"a-{n}", baseline=BASELINE)
        for n in range(CASES)
    )
    category = make_category_record(
        cases=CASES,
        trials=2 * CASES,
        mean=score,
        baseline=BASELINE,
        drop=BASELINE - score,
        judge_shift=judge,
        judge_error=None if judge is None else 0.01,
    )
    return make_record(
        f"run-{week}",
        at=(MONDAY + timedelta(weeks=week)).isoformat(),
        resolved_models=("stand-in-1",),
        fingerprints=("fp-1",),
        prompts={"prompts/p.md": "1" * 64},
        baseline=ReferenceRecord(accepted_at="2026-01-01T00:00:00+00:00", trials=10),
        categories=(category,),
        cases=cases,
    )


def make_weeks(scores: Sequence[float], *, since: int = 0, **changes: Any) -> list[RunRecord]:
    """Return weekly runs with these scores; those from the week ``since`` on have the changes."""
    weeks = [make_week(week, score) for week, score in enumerate(scores)]
    return [replace(run, **changes) if place >= since else run for place, run in enumerate(weeks)]


def of(weeks: list[RunRecord]) -> DriftReport:
    """Return what the newest of some weeks says."""
    return drift_report(weeks[:-1], weeks[-1])


def category(weeks: list[RunRecord]) -> CategoryDrift:
    """Return what it says of the one category."""
    (found,) = of(weeks).categories
    return found
