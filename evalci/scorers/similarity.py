"""Graded scorers that compare the answer with a reference text: chrF."""

from dataclasses import dataclass

from evalci.core.golden_set import Case
from evalci.core.json_value import JsonObject
from evalci.core.trial import Output, Score
from evalci.scorers.base import Scorer, ScorerKind, Tier, answer_of, parameters

ORDER = 6
BETA = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Chrf:
    """Character n-gram F-score of the answer against ``expected``, 0 to 1."""

    reference: str

    def score(self, case: Case, output: Output) -> Score:
        """Compare the answer with the reference."""
        answer = answer_of(case, output)
        if answer is None:
            return Score(scorer="chrf", value=0.0, reason="no answer found in the output")
        value = chrf(answer, self.reference)
        return Score(scorer="chrf", value=value, reason=f"chrF {value:.2f}")


def chrf(hypothesis: str, reference: str) -> float:
    """Return the sentence chrF of two texts, 0 to 1; 0 when they share no n-gram order.

    Popović 2015, "chrF: character n-gram F-score for automatic MT evaluation", with order 6,
    beta 2, white space removed, precision and recall averaged over the orders that both texts
    have: the convention of sacrebleu's ``CHRF()`` (which prints it times 100).
    """
    import numpy as np

    left, right = "".join(hypothesis.split()), "".join(reference.split())
    orders = min(ORDER, len(left), len(right))
    if orders == 0:
        return 0.0
    codes = np.frombuffer((left + right).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    _, symbols = np.unique(codes, return_inverse=True)
    base, split = int(symbols.max()) + 1, len(left)
    grams = [symbols[:split], symbols[split:]]
    precision = recall = 0.0
    for order in range(1, orders + 1):
        if order > 1:
            # Dense ids keep each n-gram's code below (n-grams x alphabet), far from overflow.
            grams = [
                ids[:-1] * base + symbols_of[order - 1 :]
                for ids, symbols_of in zip(grams, (symbols[:split], symbols[split:]), strict=True)
            ]
            _, dense = np.unique(np.concatenate(grams), return_inverse=True)
            grams = [dense[: len(grams[0])], dense[len(grams[0]) :]]
        size = int(max(grams[0].max(), grams[1].max())) + 1
        counts = [np.bincount(ids, minlength=size) for ids in grams]
        matches = int(np.minimum(counts[0], counts[1]).sum())
        precision += matches / len(grams[0])
        recall += matches / len(grams[1])
    if precision + recall == 0.0:
        return 0.0
    precision, recall = precision / orders, recall / orders
    return (1 + BETA**2) * precision * recall / (BETA**2 * precision + recall)


def build_chrf(params: JsonObject, case: Case) -> Scorer:
    """Return the scorer; it needs ``expected`` as text."""
    del params
    if not isinstance(case.expected, str) or not case.expected.strip():
        raise ValueError("`chrf` needs `expected` as text")
    return Chrf(reference=case.expected)


CHRF = ScorerKind(
    name="chrf",
    tier=Tier.SIMILARITY,
    version=1,
    binary=False,
    schema=parameters(),
    build=build_chrf,
)
