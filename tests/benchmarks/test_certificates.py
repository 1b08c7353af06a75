"""Whether `evalci stats aa` tells the truth: certificates against the real false-alarm rates."""

from dataclasses import replace

import numpy as np
import pytest

from evalci.core.policy import Mode
from evalci.core.rehearsal import failing, rehearse, resample
from evalci.core.stage import Stage, stage_of
from evalci.core.stats.arrays import Floats
from tests.benchmarks.worlds import CASES, CATEGORIES, WORLDS, passes
from tests.core.stages import planned
from tests.runs import make_run_case

GOLDEN_SETS = 12
RUNS = 500
LOOKS = (1, 2, 4, 8, 16)


def make_stage(baseline: Floats, mode: Mode) -> Stage:
    cases = [
        make_run_case((), scores, id=f"case-{i:03}", category=f"category-{i // CASES}")
        for i, scores in enumerate(baseline.tolist())
    ]
    run = planned(*cases, mode=mode, trials=8)
    looks = LOOKS if mode is Mode.EVIDENCE else run.gate.looks
    return stage_of(replace(run, gate=replace(run.gate, looks=looks)))


@pytest.mark.parametrize("mode", [Mode.EVIDENCE, Mode.THRESHOLD])
@pytest.mark.parametrize("world", ["mature", "flaky"])
def test_a_certificate_is_near_the_real_rate(world: str, mode: Mode) -> None:
    rng = np.random.default_rng(3)
    certified, real = [], []
    for _ in range(GOLDEN_SETS):
        rates = WORLDS[world](rng, 1)
        stage = make_stage(passes(rng, rates, 10)[0], mode)
        certified.append(resample(stage, RUNS).red / RUNS)
        real.append(_real_rate(rng, stage, np.tile(rates, (RUNS, 1))))

    print(f"\n{world} {mode}: certified {np.mean(certified):.2%}, real {np.mean(real):.2%}")  # noqa: T201  # the figure
    assert np.mean(certified) == pytest.approx(np.mean(real), rel=0.35, abs=0.004)
    assert stage.layout.sizes == (CASES,) * CATEGORIES


def _real_rate(rng: np.random.Generator, stage: Stage, rates: Floats) -> float:
    """Return how often new baselines and candidates of the true rates fail."""
    played = rehearse(
        stage, passes(rng, rates, 10), lambda chosen, _: passes(rng, rates[chosen], 1)[..., 0]
    )
    return float((failing(stage, played).any(axis=1) | played.whole).mean())
