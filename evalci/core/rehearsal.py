"""Rehearses the gate: thousands of simulated runs against a recorded baseline, no calls."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import assert_never

from evalci.core.evidence.outcomes import LEANING_Z
from evalci.core.policy import Mode, OnInconclusive
from evalci.core.stage import Stage
from evalci.core.stats.arrays import Counts, Flags, Floats, Generator
from evalci.core.stats.fixed_simulation import play_entropy, play_exact, play_threshold
from evalci.core.stats.grid import side_of
from evalci.core.stats.posterior import LEAST_PARAMETER
from evalci.core.stats.simulation import Draw, Played, joined, play

DROPS = (0.03, 0.05, 0.10, 0.20)
SCORES_AT_ONCE = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsed:
    """How often unchanged runs failed or stayed undecided, and their calls a case."""

    runs: int
    red: int
    undecided: int
    calls_per_case: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """How often a drop in one category was found: ``red`` of ``runs`` failed because of it."""

    category: str
    drop: float
    runs: int
    red: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """What the gate does with cases drawn from their posteriors: unchanged, and with drops."""

    unchanged: Rehearsed
    found: tuple[Found, ...]


def rehearse(stage: Stage, baseline: Floats, draw: Draw) -> Played:
    """Return how the gate of a stage ends on simulated runs; ``draw`` as `play` wants it."""
    match stage.mode:
        case Mode.EVIDENCE:
            return play(baseline, draw, stage.design)
        case Mode.EXACT:
            return play_exact(baseline, draw, stage.design)
        case Mode.ENTROPY:
            return play_entropy(baseline, draw, stage.design, stage.options.entropy)
        case Mode.THRESHOLD:
            return play_threshold(baseline, draw, stage.layout, stage.limits, trials=stage.trials)
        case _:
            assert_never(stage.mode)


def failing(stage: Stage, played: Played) -> Flags:
    """Return which categories (runs, K) make the verdict fail: regressed, or undecided as failed.

    Floors and must-pass cases are no part of it; they come on top.
    """
    import numpy as np

    words = [rule.on_inconclusive for rule in stage.table.rules]
    always = np.asarray([word is OnInconclusive.FAIL for word in words])
    leaning = np.asarray([word is OnInconclusive.LEANING for word in words])
    undecided = played.inconclusive & (always | (leaning & (played.z >= LEANING_Z)))
    found: Flags = played.failed | undecided
    return found


def resample(stage: Stage, runs: int) -> Rehearsed:
    """Return what the gate does when nothing changed: both sides drawn from the recorded trials.

    Each run draws a new baseline and its candidate's trials with replacement, case by case.
    """
    rng = _generator(stage.seed)
    parts = []
    for size in _lots(stage, runs):
        baseline = _recorded(stage, rng, (size, stage.baseline.shape[1]))
        parts.append(rehearse(stage, baseline, _redraw(stage, rng)))
    return _summed(stage, joined(parts))


def _redraw(stage: Stage, rng: Generator) -> Draw:
    return lambda chosen, _: _recorded(stage, rng, (len(chosen), 1))[..., 0]


def simulate(stage: Stage, runs: int, *, category: int | None = None) -> Simulated:
    """Return what the gate finds when each case's rate is drawn from its posterior.

    The baseline stays as recorded. A drop hits one category, all cases in proportion: the given
    one, or each in turn, so that ``runs`` are shared among those with five cases or more.
    """
    import numpy as np

    hits = np.flatnonzero(stage.design.enough) if category is None else np.asarray([category])
    every = np.arange(runs)
    hit = hits[every % len(hits)] if len(hits) else np.zeros(0, dtype=int)
    unchanged = _posterior_runs(stage, np.zeros(runs, dtype=int), drop=0.0)
    found: list[Found] = []
    for drop in DROPS if len(hits) else ():
        red = failing(stage, _posterior_runs(stage, hit, drop=drop))[every, hit]
        found += [_found(stage, k, drop, red[hit == k]) for k in hits.tolist()]
    found.sort(key=lambda one: (one.category, one.drop))
    return Simulated(unchanged=_summed(stage, unchanged), found=tuple(found))


def _found(stage: Stage, category: int, drop: float, red: Flags) -> Found:
    name = stage.table.names[category]
    return Found(category=name, drop=drop, runs=len(red), red=int(red.sum()))


def _posterior_runs(stage: Stage, hit: Counts, *, drop: float) -> Played:
    import numpy as np

    rng = _generator(stage.seed + round(drop * 1000))
    parts, start = [], 0
    for size in _lots(stage, len(hit)):
        baseline = np.broadcast_to(stage.baseline, (size, *stage.baseline.shape))
        draw = _posterior_draw(stage, rng, hit[start : start + size], drop)
        parts.append(rehearse(stage, baseline, draw))
        start += size
    return joined(parts)


def _posterior_draw(stage: Stage, rng: Generator, hit: Counts, drop: float) -> Draw:
    """Return the candidate's answers: pass or fail by a drawn rate, graded scores by resampling.

    A drop of d multiplies the rates, or the scores, of the category by 1 - d / mean.
    """
    import numpy as np

    layout = stage.layout
    graded = layout.spread(np.asarray(layout.graded))
    rates = np.where(graded, side_of(stage.baseline).mean, _posterior_rates(stage, rng, len(hit)))
    mean = np.take_along_axis(layout.means(rates), hit[:, None], axis=1)
    left = np.maximum(0.0, 1.0 - np.divide(drop, mean, out=np.zeros_like(mean), where=mean > 0))
    struck = np.repeat(np.arange(len(layout.sizes)), layout.sizes) == hit[:, None]
    factor = np.where(struck, left, 1.0)

    def draw(chosen: Counts, _: int) -> Floats:
        shape = (len(chosen), layout.cases)
        passed = (rng.random(shape) < (rates * factor)[chosen]).astype(float)
        scores = _recorded(stage, rng, (len(chosen), 1))[..., 0] * factor[chosen]
        return np.where(graded, scores, passed)

    return draw


def _posterior_rates(stage: Stage, rng: Generator, runs: int) -> Floats:
    """Return pass rates (runs, n) from the Beta posteriors of the recorded trials."""
    import numpy as np

    side, prior, layout = side_of(stage.baseline), stage.table.prior, stage.layout
    kappa, mean = layout.spread(prior.kappa), layout.spread(prior.mean)
    alpha = np.maximum(kappa * mean, LEAST_PARAMETER) + side.total
    beta = np.maximum(kappa * (1.0 - mean), LEAST_PARAMETER) + side.count - side.total
    return rng.beta(alpha, np.maximum(beta, LEAST_PARAMETER), size=(runs, layout.cases))


def _recorded(stage: Stage, rng: Generator, shape: Sequence[int]) -> Floats:
    """Return scores (runs, n, trials) drawn with replacement from those of each case.

    A case keeps its own number of trials: what is beyond it stays NaN.
    """
    import numpy as np

    runs, trials = shape
    there = np.sort(stage.baseline, axis=-1)  # NaN goes last
    count = np.count_nonzero(~np.isnan(there), axis=-1)
    places = (rng.random((runs, len(there), trials)) * count[:, None]).astype(int)
    scores = np.take_along_axis(np.broadcast_to(there, (runs, *there.shape)), places, axis=-1)
    return np.where(np.arange(trials) < count[:, None], scores, np.nan)


def _generator(seed: int) -> Generator:
    import numpy as np

    return np.random.default_rng(seed)


def _lots(stage: Stage, runs: int) -> Iterator[int]:
    """Split runs into lots whose arrays fit into memory, whatever the size of the golden set."""
    size = max(1, SCORES_AT_ONCE // stage.layout.cases)
    while runs > 0:
        yield min(size, runs)
        runs -= size


def _summed(stage: Stage, played: Played) -> Rehearsed:
    red = failing(stage, played).any(axis=1) | played.whole
    return Rehearsed(
        runs=len(red),
        red=int(red.sum()),
        undecided=int((played.inconclusive.any(axis=1) & ~red).sum()),
        calls_per_case=float(played.calls.mean()) / stage.layout.cases,
    )
