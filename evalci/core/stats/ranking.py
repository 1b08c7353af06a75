"""How good a ranked list is: P@k, recall, reciprocal rank, nDCG."""

import math
from collections.abc import Sequence


def precision_at(hits: Sequence[bool], k: int) -> float:
    """Return the share of the first k places that hold a hit, 0 to 1; missing places hold none."""
    return sum(hits[:k]) / k


def recall_at(hits: Sequence[bool], k: int, *, wanted: int) -> float:
    """Return the share of the ``wanted`` (1 or more) that the first k places hold, 0 to 1."""
    return sum(hits[:k]) / wanted


def reciprocal_rank(hits: Sequence[bool]) -> float:
    """Return 1 over the place of the first hit, counted from 1; 0 without one."""
    return next((1 / place for place, hit in enumerate(hits, 1) if hit), 0.0)


def ndcg_at(gains: Sequence[float], ideal: Sequence[float], k: int) -> float:
    """Return the discounted gain of the first k places over the best possible one, 0 to 1.

    Järvelin and Kekäläinen 2002, with linear gains and the discount log2(place + 1), as trec_eval
    does it. ``ideal`` are the gains of everything there is to find, at least one above 0.
    """
    return _dcg(gains[:k]) / _dcg(sorted(ideal, reverse=True)[:k])


def _dcg(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(place + 1) for place, gain in enumerate(gains, 1))
