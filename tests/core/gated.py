"""Makers of runs for the tests of the gate."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from evalci.core.gate import decide
from evalci.core.policy import Limits, MaxDrop
from evalci.core.run import Run, RunCase
from evalci.core.summary import Summary, summary_of
from evalci.core.verdict import CategoryResult
from tests.runs import make_category, make_run, make_run_case


def cases_of(
    now: Sequence[float | None], before: Sequence[float] | None, **changes: Any
) -> tuple[RunCase, ...]:
    """Return one case a value, each with one trial now and the same baseline trials."""
    name = changes.get("category", "review")
    return tuple(
        make_run_case((value,), before, id=f"{name}-{n}", **changes) for n, value in enumerate(now)
    )


def held_to(limits: Limits, *cases: RunCase) -> CategoryResult:
    """Return the result of the one category of some cases."""
    return decide(make_run(*cases, categories=[make_category(limits=limits)])).categories[0]


def relative(share: float) -> Limits:
    return Limits(max_drop=MaxDrop(relative=share))


def summary_from(before: float, now: float) -> Summary:
    """Return a summary with only the numbers of a comparison; they may leave the 0-1 scale."""
    empty = summary_of(make_category(), ())
    return replace(
        empty, compared=1, compared_mean=now, compared_baseline=before, drop=before - now
    )


def with_incomplete(run: Run, share: float) -> Run:
    return replace(run, gate=replace(run.gate, incomplete=share))
