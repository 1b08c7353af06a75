"""How likely a single case got worse: by a margin, or altogether."""

import math

from evalci.core.stats.arrays import Floats

POINTS = 401
DELTA = 0.20
LEAST_FALL = 0.14  # P >= .95 means a mean fall of at least .95 * .20 - .05
LEAST_PARAMETER = 0.05
BROKEN_PRIOR = 0.05


def drop_probability(
    *, passes: tuple[Floats, Floats], trials: tuple[Floats, Floats], prior: tuple[Floats, Floats]
) -> Floats:
    """Return per case P(candidate's rate < baseline's rate - 0.20 | trials).

    Pairs are (baseline, candidate), ``prior`` is (kappa, mean); all arrays have one entry a case.
    Both rates have the independent prior Beta(kappa mean, kappa (1 - mean)) with parameters of at
    least 0.05; the baseline is integrated by the midpoint rule over 401 of its quantiles. Equal
    cases are computed once. NaN where the posterior means are less than 0.14 apart: by Markov's
    inequality the answer is then below 0.95, and the integral is not worth its time.
    """
    import numpy as np

    table = np.stack([*passes, *trials, *prior], axis=-1)
    rows, where = np.unique(table, axis=0, return_inverse=True)
    won, now, before, after, kappa, mean = rows.T
    alpha = np.maximum(kappa * mean, LEAST_PARAMETER)
    beta = np.maximum(kappa * (1.0 - mean), LEAST_PARAMETER)
    fall = (alpha + won) / (alpha + beta + before) - (alpha + now) / (alpha + beta + after)
    found = np.full(len(rows), np.nan)
    near = fall >= LEAST_FALL
    if near.any():
        found[near] = _integrated(rows[near], alpha[near], beta[near])
    return found[where.reshape(-1)]


def _integrated(rows: Floats, alpha: Floats, beta: Floats) -> Floats:
    import numpy as np
    from scipy.special import betainc, betaincinv

    won, now, before, after = rows.T[:4]
    middles = (np.arange(POINTS) + 0.5) / POINTS
    sides = np.stack([alpha + won, beta + before - won], axis=-1)
    distinct, where = np.unique(sides, axis=0, return_inverse=True)
    quantiles = betaincinv(distinct[:, :1], distinct[:, 1:], middles)[where.reshape(-1)]
    limit = np.clip(quantiles - DELTA, 0.0, 1.0)
    chances = betainc((alpha + now)[:, None], (beta + after - now)[:, None], limit)
    return np.asarray(chances.mean(axis=-1), dtype=float)


def graded_drop_probability(z: float) -> float:
    """Return how sure a fall of graded scores is: Phi of the case's own z."""
    return math.erfc(-z / math.sqrt(2)) / 2


def broken_probability(log_wealth: Floats) -> Floats:
    """Return per case the posterior of "broken", from 5 % before and the bet with stake 0.9."""
    import numpy as np

    wealth = np.exp(np.clip(log_wealth, -30.0, 30.0))
    return BROKEN_PRIOR * wealth / (1.0 - BROKEN_PRIOR + BROKEN_PRIOR * wealth)
