"""Makers of a case of a golden set, and of its hashes."""

from dataclasses import replace
from typing import Any

from evalci.core.golden_set import Case, ScorerSpec
from evalci.core.hashes import CaseHashes


def make_case(**changes: Any) -> Case:
    """Return a case of task type `review` whose answer must be exactly `yes`."""
    case = Case(
        id="a-1",
        source="golden_sets/demo/cases.yaml",
        position=0,
        dimensions={"task_type": ("review",)},
        prompt="prompts/review.md",
        inputs={},
        expected="yes",
        scorers=(ScorerSpec(name="exact", params={}, weight=1.0),),
    )
    return replace(case, **changes)


def make_hashes(name: str = "a-1", **changes: str) -> CaseHashes:
    """Return hashes that are words, one set for each name."""
    hashes = CaseHashes(
        request=f"request-{name}", harness=f"harness-{name}", content=f"content-{name}"
    )
    return replace(hashes, **changes)
