"""Makers of a committed baseline, its cases and its acceptance."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from evalci.core.baseline import Acceptance, Baseline, BaselineCase, BaselineTrial
from tests.cases import make_hashes
from tests.fake_repository import COMMIT


def make_baseline(*cases: BaselineCase, **changes: Any) -> Baseline:
    """Return a baseline of the golden set `demo` with the model `main`."""
    baseline = Baseline(
        golden_set="demo",
        golden_set_version="1.2.0",
        golden_set_hash="golden-set",
        model="main",
        model_id="openai/stand-in",
        params={"temperature": 0.2},
        resolved_models=("stand-in-2026",),
        fingerprints=(),
        prompts={"prompts/review.md": "template-1"},
        commit=COMMIT,
        dirty=False,
        accepted=make_acceptance(),
        cases=cases or (make_baseline_case(),),
    )
    return replace(baseline, **changes)


def make_baseline_case(
    scores: Sequence[float] = (1.0, 1.0, 1.0), *, id: str = "a-1", **changes: Any
) -> BaselineCase:
    """Return a case with one accepted trial a score; a score of 1 has passed."""
    trials = tuple(
        BaselineTrial(score=score, passed=score == 1.0, scores={"exact": score}) for score in scores
    )
    case = BaselineCase(id=id, prompt="prompts/review.md", hashes=make_hashes(id), trials=trials)
    return replace(case, **changes)


def make_acceptance(**changes: Any) -> Acceptance:
    """Return Ada's acceptance."""
    acceptance = Acceptance(by="Ada", reason="first baseline", at="2026-03-01T09:00:00+00:00")
    return replace(acceptance, **changes)
