"""Makers of a run: its categories with their limits, its cases with their trials, its baseline."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from evalci.core.category import Category
from evalci.core.policy import Limits, MaxDrop, Mode
from evalci.core.run import (
    BaselineRef,
    GateRef,
    GoldenSetRef,
    ModelRef,
    PromptRef,
    Provenance,
    Run,
    RunCase,
    Standing,
)
from evalci.core.trial import Score, Trial
from tests.baselines import make_baseline_case
from tests.calls import make_output
from tests.cases import make_hashes
from tests.fake_repository import COMMIT


def make_run(*cases: RunCase, categories: Sequence[Category] | None = None, **changes: Any) -> Run:
    """Return a complete run in threshold mode; its categories are those of its cases."""
    names = sorted({case.category for case in cases})
    found = [make_category(name) for name in names] if categories is None else categories
    run = Run(
        id="0123456789abcdef",
        golden_set=GoldenSetRef(
            name="demo", path="golden_sets/demo", version="1.2.0", hash="golden-set"
        ),
        model=ModelRef(name="main", id="openai/stand-in", params={"temperature": 0.2}),
        gate=GateRef(mode=Mode.THRESHOLD, incomplete=0.10, categories=tuple(found)),
        provenance=Provenance(
            evalci="0.1.0",
            started_at="2026-03-02T12:00:00+00:00",
            finished_at="2026-03-02T12:01:00+00:00",
            commit=COMMIT,
            branch="main",
        ),
        prompts=(PromptRef(path="prompts/review.md", hash="template-1", cases=len(cases)),),
        cases=cases,
        baseline=make_baseline_ref() if any(case.baseline for case in cases) else None,
    )
    return replace(run, **changes)


def make_run_case(
    now: Sequence[float | None] = (1.0,),
    before: Sequence[float] | None = (1.0, 1.0, 1.0),
    *,
    id: str = "a-1",
    **changes: Any,
) -> RunCase:
    """Return a measured case from its composites now (None = unscored) and in the baseline.

    Without ``before`` the case is new.
    """
    trials = tuple(make_trial(case=id, trial=n, composite=value) for n, value in enumerate(now))
    case = RunCase(
        id=id,
        category="review",
        source="golden_sets/demo/cases.yaml",
        prompt="prompts/review.md",
        hashes=make_hashes(id),
        standing=Standing.NEW if before is None else Standing.COMPARABLE,
        planned=len(trials),
        trials=trials,
        baseline=None if before is None else make_baseline_case(before, id=id),
    )
    return replace(case, **changes)


def make_carried(before: Sequence[float] = (1.0, 1.0, 1.0), **changes: Any) -> RunCase:
    """Return a case that was carried forward from its baseline."""
    return make_run_case((), before, carried=True, **changes)


def make_trial(**changes: Any) -> Trial:
    """Return a scored trial; unless told, it passed when its composite is 1."""
    composite = changes.setdefault("composite", 1.0)
    if composite is None:
        defaults: dict[str, Any] = {"failure": "timeout"}
    else:
        defaults = {
            "passed": composite == 1.0,
            "scores": (Score(scorer="exact", value=composite),),
            "output": make_output(),
        }
    return Trial(**{"case": "a-1", "trial": 0, **defaults, **changes})


def make_category(name: str = "review", limits: Limits | None = None) -> Category:
    """Return a category held to 5 points unless told."""
    return Category(name=name, limits=limits or make_limits())


def make_limits(pp: float = 5.0, **changes: Any) -> Limits:
    """Return limits of so many points."""
    return replace(Limits(max_drop=MaxDrop(points=pp / 100)), **changes)


def make_baseline_ref(**changes: Any) -> BaselineRef:
    """Return what a run says of the baseline it is held against."""
    ref = BaselineRef(
        path="baselines/demo.main.json",
        commit=COMMIT,
        accepted_at="2026-03-01T09:00:00+00:00",
        golden_set_version="1.2.0",
        trials=3,
        model_id="openai/stand-in",
    )
    return replace(ref, **changes)
