"""Rehearses the gate: thousands of simulated runs against a recorded baseline, no calls."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import assert_never

from evalci.core.policy import LEANING_Z, Mode, OnInconclusive
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
    """Return what the gate does when nothing changed, on runs drawn from the recorded trials.

    Each run draws every case's pass rate from its recorded trials and the category's prior, then
    a new baseline and the candidate's trials from that rate; graded scores are drawn from the
    recorded ones. Plain resampling would flatter the gate, because what always passed would
    always pass: where 0.7 and 2.0 % are red it reads 0.3 and 1.2 %; this reads 0.7 and 1.8 %.
    """
    import numpy as np

    rng, parts = _generator(stage.seed), []
    for size in _lots(stage, runs):
        world = _world(stage, rng, np.zeros(size, dtype=int), drop=0.0)
        parts.append(rehearse(stage, world.baseline(), world.draw))
    return _summed(stage, joined(parts))


def simulate(stage: Stage, runs: int, *, category: int | None = None) -> Simulated:
    """Return what the gate finds when each case's rate is drawn from its posterior.

    The baseline stays as recorded, where `resample` draws a new one: this answers for the checks
    against this very baseline, that one for any that could have been recorded. A drop hits one
    category, all cases in proportion: the given one, or each in turn, so that ``runs`` are shared
    among those with five cases or more.
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
        world = _world(stage, rng, hit[start : start + size], drop=drop)
        parts.append(rehearse(stage, baseline, world.draw))
        start += size
    return joined(parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class _World:
    """Simulated runs: pass ``rates`` (runs, n) before, what is ``left`` of each score now."""

    stage: Stage
    rng: Generator
    rates: Floats
    left: Floats

    def baseline(self) -> Floats:
        """Return new baseline scores, as many a case as were recorded."""
        import numpy as np

        trials = self.stage.baseline.shape[1]
        scores = np.stack([self._scores(self.rates, 1.0) for _ in range(trials)], axis=-1)
        there = np.sort(~np.isnan(self.stage.baseline), axis=-1)[:, ::-1]
        return np.where(there, scores, np.nan)

    def draw(self, chosen: Counts, replicate: int) -> Floats:
        """Return the candidate's scores of the chosen runs in one replicate."""
        del replicate
        return self._scores(self.rates[chosen], self.left[chosen])

    def _scores(self, rates: Floats, left: Floats | float) -> Floats:
        import numpy as np

        graded = self.stage.layout.spread(np.asarray(self.stage.layout.graded))
        found = (self.rng.random(rates.shape) < rates * left).astype(float)
        if graded.any():
            found[:, graded] = (_recorded(self.stage, self.rng, len(rates)) * left)[:, graded]
        return found


def _world(stage: Stage, rng: Generator, hit: Counts, *, drop: float) -> _World:
    """Return runs in which one category each falls by ``drop``, all its cases in proportion.

    A drop of d leaves 1 - d / mean of the rates, or the scores, of the category.
    """
    import numpy as np

    layout = stage.layout
    graded = layout.spread(np.asarray(layout.graded))
    rates = np.where(graded, side_of(stage.baseline).mean, _posterior_rates(stage, rng, len(hit)))
    mean = np.take_along_axis(layout.means(rates), hit[:, None], axis=1)
    share = np.maximum(0.0, 1.0 - np.divide(drop, mean, out=np.zeros_like(mean), where=mean > 0))
    struck = np.repeat(np.arange(len(layout.sizes)), layout.sizes) == hit[:, None]
    return _World(stage=stage, rng=rng, rates=rates, left=np.where(struck, share, 1.0))


def _posterior_rates(stage: Stage, rng: Generator, runs: int) -> Floats:
    """Return pass rates (runs, n) from the Beta posteriors of the recorded trials."""
    import numpy as np

    side, prior, layout = side_of(stage.baseline), stage.table.prior, stage.layout
    kappa, mean = layout.spread(prior.kappa), layout.spread(prior.mean)
    alpha = np.maximum(kappa * mean, LEAST_PARAMETER) + side.total
    beta = np.maximum(kappa * (1.0 - mean), LEAST_PARAMETER) + side.count - side.total
    return rng.beta(alpha, np.maximum(beta, LEAST_PARAMETER), size=(runs, layout.cases))


def _recorded(stage: Stage, rng: Generator, runs: int) -> Floats:
    """Return one score a case (runs, n), drawn from its recorded ones around their mean.

    They are spread by sqrt(b / (b - 1)): the b scores lie closer to their own mean than new ones.
    """
    import numpy as np

    side = side_of(stage.baseline)
    there = np.sort(stage.baseline, axis=-1)  # NaN goes last
    places = (rng.random((runs, len(there))) * side.count).astype(int)
    away = there[np.arange(len(there)), places] - side.mean
    wider = np.sqrt(side.count / np.maximum(side.count - 1.0, 1.0))
    found: Floats = np.clip(side.mean + wider * away, 0.0, 1.0)
    return found


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
