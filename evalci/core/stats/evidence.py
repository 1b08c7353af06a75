"""Evidence that cases got worse: the wealth of bets against "nothing changed".

Each candidate trial is predicted from the earlier trials of its case and the credibility prior;
a bet pays when the trial falls short. Under exchangeable trials the expected wealth is 1 after
any number of bets, so it rarely grows large, however often one looks (Ville 1939; Shafer and Vovk
2019, "Game-Theoretic Foundations for Probability and Finance"). It is not posterior odds.
"""

from dataclasses import dataclass

from evalci.core.stats.arrays import Floats
from evalci.core.stats.credibility import Prior
from evalci.core.stats.grid import Grid, Layout, Side

EVEN_STAKES = (0.05, 0.1, 0.2, 0.4)
SPARSE_STAKES = ((0.05, 0.9), (0.15, 0.9), (0.3, 0.5))
STAKES = (0.05, 0.1, 0.2, 0.4, 0.5, 0.9)
PREDICTION_RANGE = (0.001, 0.99)
CASE_LOG_LIMIT = 30.0
LOG_LIMIT = 50.0
RUN_SHARE = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Ratios to 1, from exp(-50) to exp(50).

    ``category`` (..., K) is half even, half sparse; ``whole`` (...) is the even evidence over all
    cases; ``logs`` (stakes, ..., n) are the log wealths per case and stake of ``STAKES``.
    """

    category: Floats
    whole: Floats
    logs: Floats

    def broken_log(self) -> Floats:
        """Return the log wealth per case (..., n) of the bet that the case is broken."""
        found: Floats = self.logs[STAKES.index(0.9)]
        return found


def evidence_of(grid: Grid, prior: Prior) -> Evidence:
    """Return the evidence that the candidate's trials give; more is worse for the candidate."""
    logs = log_bets(grid, prior)
    even, sparse = _parts(logs, grid.layout)
    whole = _even(logs, _whole(grid.layout))[..., 0]
    return Evidence(category=(even + sparse) / 2, whole=whole, logs=logs)


def evidence_parts(grid: Grid, prior: Prior) -> tuple[Floats, Floats]:
    """Return the halves of each category's evidence (..., K): even, then sparse."""
    return _parts(log_bets(grid, prior), grid.layout)


def _parts(logs: Floats, layout: Layout) -> tuple[Floats, Floats]:
    return _even(logs, layout), _sparse(logs, layout)


def log_bets(grid: Grid, prior: Prior) -> Floats:
    """Return the log wealth (stakes, ..., n) of each case after its trials, in their order.

    The prediction before a trial is the prior's mean mixed with all earlier trials of the case,
    kept within 0.001 and 0.99: one failure of a stable case is worth at most 1 + 99 stake.
    """
    import numpy as np

    stakes = np.reshape(STAKES, (-1,) + (1,) * grid.before.mean.ndim)
    kappa = grid.layout.spread(prior.kappa)
    total = kappa * grid.layout.spread(prior.mean) + grid.before.total
    count = kappa + grid.before.count
    logs = np.zeros((len(STAKES), *grid.before.mean.shape))
    for column in np.moveaxis(grid.candidate, -1, 0):
        there = ~np.isnan(column)
        score = np.where(there, column, 0.0)
        expected = np.clip(total / count, *PREDICTION_RANGE)
        shortfall = np.where(there, (expected - score) / (1.0 - expected), 0.0)
        logs += np.log1p(stakes * shortfall)
        total = total + score
        count = count + there
    return logs


def _even(logs: Floats, layout: Layout) -> Floats:
    """Return the evidence of a loss spread over all cases of a group."""
    return _average(layout.sums(logs[: len(EVEN_STAKES)]))


def _sparse(logs: Floats, layout: Layout) -> Floats:
    """Return the evidence of a large loss in a small share of the cases of a group."""
    import numpy as np

    wealth = np.exp(np.clip(logs, -CASE_LOG_LIMIT, CASE_LOG_LIMIT))
    mixed = [
        layout.sums(np.log1p(share * (wealth[STAKES.index(stake)] - 1.0)))
        for share, stake in SPARSE_STAKES
    ]
    return _average(np.stack(mixed))


def _average(logs: Floats) -> Floats:
    import numpy as np

    found: Floats = np.exp(np.clip(logs, -LOG_LIMIT, LOG_LIMIT)).mean(axis=0)
    return found


def _whole(layout: Layout) -> Layout:
    return Layout(sizes=(layout.cases,), graded=(any(layout.graded),))


def gate_statistic(evidence: Evidence, shares: Floats) -> Floats:
    """Return the wealth (...) that the gate watches: a fifth on the run, the rest by ``shares``.

    ``shares`` (K,) are the categories' weights over their sum. Advisory categories count too.
    """
    weighted = (evidence.category * shares).sum(axis=-1)
    wealth: Floats = RUN_SHARE * evidence.whole + (1.0 - RUN_SHARE) * weighted
    return wealth


def both_directions(grid: Grid, prior: Prior) -> tuple[Floats, Floats]:
    """Return the sparse evidence of losses, and of gains, over all cases of a run.

    Gains are the losses of the mirror image, in which every score x is 1 - x. Both large at once:
    answers were reshuffled, or trials are copies of each other.
    """
    whole = _whole(grid.layout)
    losses = _sparse(log_bets(grid, prior), whole)[..., 0]
    gains = _sparse(log_bets(_mirrored(grid), _mirrored_prior(prior)), whole)[..., 0]
    return losses, gains


def _mirrored(grid: Grid) -> Grid:
    return Grid(
        layout=grid.layout,
        before=_mirrored_side(grid.before),
        after=_mirrored_side(grid.after),
        candidate=1.0 - grid.candidate,
    )


def _mirrored_side(side: Side) -> Side:
    return Side(
        count=side.count,
        total=side.count - side.total,
        mean=1.0 - side.mean,
        squares=side.squares,
    )


def _mirrored_prior(prior: Prior) -> Prior:
    return Prior(kappa=prior.kappa, mean=1.0 - prior.mean, overall=1.0 - prior.overall)
