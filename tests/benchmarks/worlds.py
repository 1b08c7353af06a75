"""The simulated golden sets that every figure of the gate is measured on, and what happens to them.

Four categories of 30 pass/fail cases. `mature` mostly passes, in `flaky` every case is close to a
coin, in `stable` nearly every case always passes or always fails.
"""

from collections.abc import Callable

import numpy as np

from evalci.core.stats.arrays import Counts, Floats

CATEGORIES = 4
CASES = 30
HIT = 0  # the category that loses

World = Callable[[np.random.Generator, int], Floats]


def mature(rng: np.random.Generator, runs: int) -> Floats:
    """Return pass rates: .60 Beta(60, .6) + .08 Beta(.6, 20) + .32 Beta(2.2, 1.2)."""
    return _mixture(rng, runs, ((0.60, 60, 0.6), (0.08, 0.6, 20), (0.32, 2.2, 1.2)))


def flaky(rng: np.random.Generator, runs: int) -> Floats:
    """Return pass rates: Beta(.564, .300)."""
    return _mixture(rng, runs, ((1.0, 0.564, 0.300),))


def stable(rng: np.random.Generator, runs: int) -> Floats:
    """Return pass rates: .85 Beta(400, .4) + .10 Beta(.4, 400) + .05 Beta(2, 2)."""
    return _mixture(rng, runs, ((0.85, 400, 0.4), (0.10, 0.4, 400), (0.05, 2, 2)))


WORLDS: dict[str, World] = {"mature": mature, "flaky": flaky, "stable": stable}


def _mixture(
    rng: np.random.Generator, runs: int, parts: tuple[tuple[float, float, float], ...]
) -> Floats:
    shape = (runs, CATEGORIES * CASES)
    which = rng.choice(len(parts), size=shape, p=[share for share, _, _ in parts])
    drawn = np.stack([rng.beta(a, b, size=shape) for _, a, b in parts])
    found: Floats = np.take_along_axis(drawn, which[None], axis=0)[0]
    return found


def passes(rng: np.random.Generator, rates: Floats, trials: int) -> Floats:
    """Return pass/fail scores (runs, n, trials) of cases with given rates."""
    return (rng.random((*rates.shape, trials)) < rates[..., None]).astype(float)


def spread(rng: np.random.Generator, rates: Floats, drop: float) -> Floats:
    """Return the rates after one category lost ``drop`` in proportion, p (1 - drop / mean p)."""
    del rng
    fallen = rates.copy()
    hit = fallen[:, _hit()]
    hit *= np.maximum(0.0, 1.0 - drop / hit.mean(axis=1, keepdims=True))
    fallen[:, _hit()] = hit
    return fallen


def broken(rng: np.random.Generator, rates: Floats, drop: float) -> Floats:
    """Return the rates after random cases of one category broke until its mean fell by ``drop``.

    The last case breaks partly, so that the mean falls by just that much.
    """
    fallen = rates.copy()
    hit = fallen[:, _hit()]
    order = rng.permuted(np.tile(np.arange(CASES), (len(rates), 1)), axis=1)
    ranked = np.take_along_axis(hit, order, axis=1)
    lost = np.cumsum(ranked, axis=1)
    left = np.clip(lost - drop * CASES, 0.0, ranked)
    np.put_along_axis(hit, order, left, axis=1)
    fallen[:, _hit()] = hit
    return fallen


def _hit() -> Counts:
    return np.arange(HIT * CASES, (HIT + 1) * CASES)
