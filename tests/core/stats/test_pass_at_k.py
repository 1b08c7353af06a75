"""pass@k and pass^k: equal to counting every choice of k trials, exactly."""

from fractions import Fraction
from itertools import combinations

import pytest

from evalci.core.stats.pass_at_k import pass_at_k, pass_hat_k

CASES = [
    pytest.param(n, passes, k, id=f"{passes} of {n}, k {k}")
    for n in (1, 2, 5, 8, 10)
    for passes in sorted({0, 1, n // 2, n - 1, n})
    for k in sorted({1, 2, 5, n})
    if k <= n
]


def choices(n: int, passes: int, k: int) -> list[tuple[bool, ...]]:
    return list(combinations([place < passes for place in range(n)], k))


@pytest.mark.parametrize(("n", "passes", "k"), CASES)
def test_pass_at_k_is_the_share_of_choices_with_a_pass(n: int, passes: int, k: int) -> None:
    every = choices(n, passes, k)

    assert pass_at_k(n=n, passes=passes, k=k) == pytest.approx(
        float(Fraction(sum(map(any, every)), len(every))), abs=1e-15
    )


@pytest.mark.parametrize(("n", "passes", "k"), CASES)
def test_pass_hat_k_is_the_share_of_choices_that_pass_whole(n: int, passes: int, k: int) -> None:
    every = choices(n, passes, k)

    assert pass_hat_k(n=n, passes=passes, k=k) == pytest.approx(
        float(Fraction(sum(map(all, every)), len(every))), abs=1e-15
    )


@pytest.mark.parametrize("k", [0, 6])
def test_without_k_trials_there_is_no_value(k: int) -> None:
    assert (pass_at_k(n=5, passes=2, k=k), pass_hat_k(n=5, passes=2, k=k)) == (None, None)
