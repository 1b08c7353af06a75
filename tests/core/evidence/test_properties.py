"""What holds for all runs: order, unscored trials and copies mean nothing; exact mode is fair."""

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from evalci.core.evidence.decision import Decision, Ending, Status
from evalci.core.evidence.next_cases import next_cases
from evalci.core.evidence.options import CategoryRule, Method, Options
from evalci.core.evidence.table import CaseTrials
from evalci.core.evidence.weigh import follow, weigh
from tests.core.evidence.makers import make_trials

quiet = settings(database=None, deadline=None, derandomize=True, max_examples=40)
RULES = {name: CategoryRule() for name in "abc"}
EXACT = Options(method=Method.EXACT, trials=3)
MIRROR = {Status.REGRESSION: Status.IMPROVED, Status.IMPROVED: Status.REGRESSION}
SEEDS = st.randoms(use_true_random=False)


@st.composite
def runs(draw: st.DrawFn, *, trials: int | None = None) -> list[CaseTrials]:
    """Return up to three categories of pass/fail cases, some of which broke."""
    rng = draw(SEEDS)
    cases = []
    for name in "abc":
        loss = draw(st.sampled_from([0.0, 0.0, 0.4, 1.0, -1.0]))
        for i in range(draw(st.integers(0, 12))):
            rate = rng.choice([0.0, 0.3, 0.7, 1.0])
            now = min(1.0, max(0.0, rate - loss))
            b, m = (trials, trials) if trials else (rng.randint(1, 6), rng.randint(0, 4))
            sides = _draws(rng, rate, b), _draws(rng, now, m)
            cases.append(make_trials(*sides, id=f"{name}{i}", category=name))
    return cases


def _draws(rng: random.Random, rate: float, n: int) -> list[float]:
    return [float(rng.random() < rate) for _ in range(n)]


def decided(cases: list[CaseTrials], options: Options | None = None) -> Decision:
    return weigh(cases, RULES, options or Options(), ending=Ending.CAP)


@quiet
@given(cases=runs(), rng=SEEDS)
def test_the_order_of_cases_and_categories_changes_nothing(
    cases: list[CaseTrials], rng: random.Random
) -> None:
    shuffled = rng.sample(cases, len(cases))

    assert decided(shuffled) == decided(cases)


@quiet
@given(cases=runs(), rng=SEEDS)
def test_exchanging_the_names_of_categories_exchanges_their_outcomes_and_nothing_else(
    cases: list[CaseTrials], rng: random.Random
) -> None:
    names = dict(zip("abc", rng.sample("abc", 3), strict=True))
    renamed = [replace(case, category=names[case.category]) for case in cases]

    after = decided(renamed)

    before = decided(cases)
    assert after.verdict == before.verdict
    assert {names.get(c.name, c.name): c.status for c in before.categories} == {
        c.name: c.status for c in after.categories
    }


@quiet
@given(cases=runs(), where=st.integers(0, 40))
def test_a_last_trial_without_a_score_changes_no_look(cases: list[CaseTrials], where: int) -> None:
    options = Options(looks=(1, 2, 4, 8))
    longer = [
        replace(case, candidate=(*case.candidate, None)) if i == where else case
        for i, case in enumerate(cases)
    ]

    after = follow(longer, RULES, options, ending=Ending.CAP)

    assert after == follow(cases, RULES, options, ending=Ending.CAP)


@quiet
@given(cases=runs(), rng=SEEDS)
def test_unscored_trials_change_nothing(cases: list[CaseTrials], rng: random.Random) -> None:
    missing = rng.choice([None, float("nan"), float("inf")])

    padded = [
        replace(
            case,
            baseline=(*case.baseline, missing),
            candidate=(*case.candidate[:1], missing, *case.candidate[1:]),
        )
        for case in cases
    ]

    assert decided(padded) == decided(cases)


@quiet
@given(cases=runs(trials=3))
def test_in_exact_mode_exchanging_the_sides_exchanges_regressions_and_improvements(
    cases: list[CaseTrials],
) -> None:
    swapped = [replace(c, baseline=c.candidate, candidate=c.baseline) for c in cases]

    found = {c.name: c.status for c in decided(cases, EXACT).categories if c.status in MIRROR}

    expected = {name: MIRROR[status] for name, status in found.items()}
    after = {c.name: c.status for c in decided(swapped, EXACT).categories if c.status in MIRROR}
    assert after == expected


@quiet
@given(cases=runs())
def test_looks_in_turn_never_lose_a_regression(cases: list[CaseTrials]) -> None:
    options = Options(looks=(1, 2, 4))
    first = follow([c.until(1) for c in cases], RULES, options, ending=Ending.MORE)

    last = follow(cases, RULES, options, ending=Ending.CAP)

    lost = {c.name for c in first.categories if c.status is Status.REGRESSION} - {
        c.name for c in last.categories if c.status is Status.REGRESSION
    }
    assert lost <= {name for name in "abc" if last.of(name) is None or name in last.pooled} | {
        c.name for c in last.categories if c.status is Status.ADVISORY
    }


@quiet
@given(cases=runs())
def test_a_replicate_asks_only_for_cases_of_the_run(cases: list[CaseTrials]) -> None:
    found = next_cases(cases, RULES, Options(), decision=decided(cases))

    assert len(set(found)) == len(found)
    assert set(found) <= {case.id for case in cases}
