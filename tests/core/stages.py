"""Makes planned runs whose baselines can be rehearsed."""

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from evalci.core.policy import Mode
from evalci.core.run import Run, RunCase
from tests.runs import make_run, make_run_case


def recorded(
    category: str, n: int, scores: Sequence[float], *, start: int = 0, **changes: Any
) -> list[RunCase]:
    """Return unmeasured cases of a category that all recorded the same scores."""
    return [
        make_run_case((), scores, id=f"{category}-{i}", category=category, **changes)
        for i in range(start, start + n)
    ]


def mixed(category: str, n: int, *, trials: int = 10) -> list[RunCase]:
    """Return unmeasured cases whose pass rates differ, the same for each name."""
    rng = random.Random(category)  # noqa: S311  # reproducible, nothing secret
    rates = [rng.choice([0.5, 0.8, 1.0]) for _ in range(n)]
    return [
        make_run_case(
            (),
            [float(rng.random() < rate) for _ in range(trials)],
            id=f"{category}-{i}",
            category=category,
        )
        for i, rate in enumerate(rates)
    ]


def planned(*cases: RunCase, mode: Mode = Mode.EVIDENCE, trials: int = 4) -> Run:
    """Return a run that has measured nothing yet."""
    run = make_run(*[replace(case, planned=trials) for case in cases])
    looks = {Mode.EVIDENCE: (1, 2, 4, 8), Mode.EXACT: (8,), Mode.ENTROPY: (1, 2, 4)}.get(mode, ())
    return replace(run, gate=replace(run.gate, mode=mode, looks=looks))
