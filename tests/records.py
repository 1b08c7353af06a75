"""Makers of what the history keeps: runs, categories and cases."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from evalci.core.history import CaseRecord, CategoryRecord, RunRecord, Trigger


def make_case_record(
    scores: Sequence[float | None] = (1.0, 0.5), *, id: str = "a-1", **changes: Any
) -> CaseRecord:
    """Return a case of the category `review`."""
    record = CaseRecord(
        id=id,
        category="review",
        dimensions={"task_type": ("review",), "tags": ("canary", "sql")},
        request=f"request-{id}",
        harness=f"harness-{id}",
        scores=tuple(scores),
    )
    return replace(record, **changes)


def make_category_record(name: str = "review", **changes: Any) -> CategoryRecord:
    """Return a category of one case that passed."""
    record = CategoryRecord(name=name, outcome="pass", cases=1, trials=2, mean=0.75)
    return replace(record, **changes)


def make_record(id: str = "run-1", **changes: Any) -> RunRecord:
    """Return a scheduled run of one case."""
    record = RunRecord(
        id=id,
        golden_set="demo",
        model="main",
        model_id="openai/stand-in",
        at="2026-07-06T06:00:00+00:00",
        trigger=Trigger.SCHEDULE,
        outcome="pass",
        evalci="0.1.0",
        golden_set_version="1.0",
        golden_set_hash="golden-set",
        requests="requests",
        scoring="scoring",
        categories=(make_category_record(),),
        cases=(make_case_record(),),
    )
    return replace(record, **changes)
