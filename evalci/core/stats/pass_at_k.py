"""Unbiased pass@k and pass^k from n trials of a case."""

from math import comb


def pass_at_k(*, n: int, passes: int, k: int) -> float | None:
    """Return the chance that at least one of k answers passes, None for k > n or k < 1.

    Chen et al. 2021, "Evaluating Large Language Models Trained on Code": unbiased over which k
    of the n trials are drawn without replacement.
    """
    if not 1 <= k <= n:
        return None
    return 1 - comb(n - passes, k) / comb(n, k)


def pass_hat_k(*, n: int, passes: int, k: int) -> float | None:
    """Return the chance that all of k answers pass, None for k > n or k < 1.

    Yao et al. 2024, "tau-bench", written pass^k there; unbiased like `pass_at_k`.
    """
    if not 1 <= k <= n:
        return None
    return comb(passes, k) / comb(n, k)
