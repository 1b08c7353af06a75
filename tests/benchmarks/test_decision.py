"""How much CPU one decision takes, with the looks before it: a common run, and a very large one."""

import random
import time
from collections.abc import Sequence

import pytest

from evalci.core.evidence.decision import Ending
from evalci.core.evidence.options import CategoryRule, Method, Options
from evalci.core.evidence.table import CaseTrials
from evalci.core.evidence.weigh import follow

CATEGORIES = 5
TRIALS = 8
ROUNDS = 3


def make_cases(n: int, *, graded: bool) -> list[CaseTrials]:
    """Return cases with ten baseline trials and eight now, a few of them broken."""
    rng = random.Random(n)  # noqa: S311  # reproducible, nothing secret
    return [
        CaseTrials(
            id=f"case-{i:05}",
            category=f"category-{i % CATEGORIES}",
            baseline=_scores(rng, rate, 10, graded=graded),
            candidate=_scores(rng, 0.0 if i % 23 == 0 else rate, TRIALS, graded=graded),
        )
        for i, rate in enumerate(rng.betavariate(2.2, 1.2) for _ in range(n))
    ]


def _scores(rng: random.Random, rate: float, n: int, *, graded: bool) -> tuple[float, ...]:
    if graded:
        return tuple(min(1.0, max(0.0, rng.gauss(rate, 0.1))) for _ in range(n))
    return tuple(float(rng.random() < rate) for _ in range(n))


def cpu_s(cases: Sequence[CaseTrials], options: Options, *, graded: bool) -> float:
    """Return the least CPU of several decisions, all looks replayed."""
    rules = {f"category-{k}": CategoryRule(graded=graded) for k in range(CATEGORIES)}
    follow(cases[: 10 * CATEGORIES], rules, options, ending=Ending.CAP)  # loads numpy and scipy
    found = []
    for _ in range(ROUNDS):
        before = time.process_time()
        follow(cases, rules, options, ending=Ending.CAP)
        found.append(time.process_time() - before)
    return min(found)


@pytest.mark.parametrize("graded", [False, True], ids=["pass-fail", "graded"])
@pytest.mark.parametrize("method", [Method.EVIDENCE, Method.EXACT])
@pytest.mark.parametrize(("n", "limit_s"), [(150, 0.1), (5_000, 2.0)])
def test_one_decision_is_fast(n: int, limit_s: float, method: Method, *, graded: bool) -> None:
    options = Options(method=method, looks=(1, 2, 4, 8), trials=TRIALS)

    spent = cpu_s(make_cases(n, graded=graded), options, graded=graded)

    print(f"\n{method}: {n} cases x {TRIALS} trials: {spent * 1000:.0f} ms of CPU")  # noqa: T201  # the figure
    assert spent <= limit_s


def test_four_times_the_cases_take_little_more_than_four_times_the_cpu() -> None:
    options = Options(looks=(1, 2, 4, 8))

    small, large = (
        cpu_s(make_cases(n, graded=False), options, graded=False) for n in (2500, 10000)
    )

    print(f"\n2,500 cases {small:.3f} s, 10,000 cases {large:.3f} s of CPU")  # noqa: T201  # the figure
    assert large / small <= 8
