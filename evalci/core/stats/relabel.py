"""Permutation tests by relabelling trials inside each case, for statistics without a formula."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from evalci.core.stats.arrays import Floats, Generator

DRAWS = 2000
CHUNK_VALUES = 2_000_000

PerCase = Callable[[Floats, Floats], Floats]
Statistic = Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relabelling:
    """What a statistic was, and how often chance does as well: p = (1 + as large) / (draws + 1)."""

    observed: float
    p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """The trials of one case on both sides; each side has one or more."""

    before: tuple[float, ...]
    after: tuple[float, ...]


def relabelled(
    pairs: Sequence[Pair],
    per_case: PerCase,
    statistic: Statistic,
    *,
    rng: Generator,
    draws: int = DRAWS,
) -> Relabelling:
    """Return the one-sided permutation test of a statistic; larger is worse.

    ``per_case`` turns the trials of both sides, (..., b) and (..., m), into numbers (..., v);
    ``statistic`` turns those of all cases (draws, n, v) into one number a draw. The generator
    decides the draws, so seed it from the run. Work is draws x trials, in bounded memory.
    """
    import numpy as np

    blocks = _blocks(pairs)
    observed = float(statistic(_evaluated(blocks, per_case))[0])
    as_large = 0
    for size in _chunks(draws, sum(block.scores.size for block in blocks)):
        shuffled = [block.shuffled(size, rng) for block in blocks]
        found = statistic(_evaluated(shuffled, per_case))
        as_large += int(np.count_nonzero(found >= observed - 1e-12))
    return Relabelling(observed=observed, p=(1 + as_large) / (draws + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Block:
    """Cases with equal numbers of trials: ``scores`` (draws, cases, before + after)."""

    scores: Floats
    before: int

    def shuffled(self, draws: int, rng: Generator) -> "_Block":
        import numpy as np

        copies = np.repeat(self.scores, draws, axis=0)
        return _Block(scores=rng.permuted(copies, axis=-1), before=self.before)


def _blocks(pairs: Sequence[Pair]) -> list[_Block]:
    import numpy as np

    groups: dict[tuple[int, int], list[tuple[float, ...]]] = {}
    for pair in pairs:
        shape = (len(pair.before), len(pair.after))
        groups.setdefault(shape, []).append(pair.before + pair.after)
    return [
        _Block(scores=np.asarray(rows, dtype=float)[None], before=before)
        for (before, _), rows in sorted(groups.items())
    ]


def _evaluated(blocks: Sequence[_Block], per_case: PerCase) -> Floats:
    import numpy as np

    parts = [per_case(b.scores[..., : b.before], b.scores[..., b.before :]) for b in blocks]
    return np.concatenate(parts, axis=1)


def _chunks(draws: int, values: int) -> Iterator[int]:
    step = max(1, CHUNK_VALUES // max(1, values))
    for start in range(0, draws, step):
        yield min(step, draws - start)
