"""Ranked lists: values equal to trec_eval's on random rankings, and those done by hand."""

import random

import pytest
import pytrec_eval

from evalci.core.stats.ranking import ndcg_at, precision_at, recall_at, reciprocal_rank

K = 10


@pytest.mark.parametrize("seed", range(40))
def test_all_measures_equal_trec_eval_on_a_random_ranking(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  # a test, not a key
    documents = [f"d{n}" for n in range(chance.randint(1, 30))]
    wanted = {name: chance.choice([1, 1, 2]) for name in documents if chance.random() < 0.4}
    wanted |= {f"never{n}": 1 for n in range(chance.randint(not wanted, 3))}
    scores = {name: float(-place) for place, name in enumerate(documents)}
    names = {f"ndcg_cut.{K}", "recip_rank", f"P.{K}", f"recall.{K}"}
    theirs = pytrec_eval.RelevanceEvaluator({"q": wanted}, names).evaluate({"q": scores})["q"]
    hits = [name in wanted for name in documents]

    ours = {
        f"ndcg_cut_{K}": ndcg_at(
            [float(wanted.get(name, 0)) for name in documents], list(wanted.values()), K
        ),
        "recip_rank": reciprocal_rank(hits),
        f"P_{K}": precision_at(hits, K),
        f"recall_{K}": recall_at(hits, K, wanted=len(wanted)),
    }

    assert ours == pytest.approx(theirs, abs=1e-9)


@pytest.mark.parametrize(
    ("hits", "expected"),
    [
        pytest.param([True, False], 1.0, id="first"),
        pytest.param([False, False, True], 1 / 3, id="third"),
        pytest.param([False], 0.0, id="never"),
        pytest.param([], 0.0, id="an empty list"),
    ],
)
def test_the_reciprocal_rank(hits: list[bool], expected: float) -> None:
    assert reciprocal_rank(hits) == pytest.approx(expected)


def test_the_best_order_has_an_ndcg_of_one() -> None:
    assert ndcg_at([1.0, 1.0, 0.5], [0.5, 1.0, 1.0], K) == pytest.approx(1.0)
