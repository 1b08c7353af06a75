"""What a planned run would take: calls by the gate's rules, the rest by what was recorded."""

from dataclasses import replace
from typing import Any

import pytest

from evalci.core.baseline import BaselineTrial
from evalci.core.budget import OVERHEAD_TOKENS, BudgetRef, Tariff
from evalci.core.forecast import Bounds, Forecast, at_worst, forecast_of, with_budget
from evalci.core.model_config import Price
from evalci.core.policy import Mode
from evalci.core.run import Run, RunCase, Standing
from tests.baselines import make_baseline, make_baseline_case
from tests.calls import make_request
from tests.cases import make_hashes
from tests.core.stages import planned, recorded
from tests.runs import make_carried, make_run_case

PASSES = (1.0,) * 10


def forecast(run: Run, *, concurrency: int = 4, **changes: Any) -> Forecast:
    return forecast_of(run, make_baseline(**changes), concurrency=concurrency)


def due(*cases: RunCase, mode: Mode = Mode.EVIDENCE, trials: int = 1) -> Run:
    return planned(*cases, mode=mode, trials=trials)


def used(name: str, **usage: Any) -> RunCase:
    """Return an unmeasured case of which the baseline recorded one call."""
    trial = BaselineTrial(score=1.0, passed=True, **usage)
    before = replace(make_baseline_case(id=name), trials=(trial, trial))
    return make_run_case((), id=name, planned=1, baseline=before)


def fixed(*cases: RunCase) -> Run:
    """Return a run of two trials a case, whatever they say."""
    return due(*cases, mode=Mode.THRESHOLD, trials=2)


@pytest.mark.parametrize(
    ("mode", "trials", "least", "most"),
    [
        pytest.param(Mode.EVIDENCE, 1, 30, 240, id="evidence: from the first look to the cap"),
        pytest.param(Mode.EXACT, 8, 240, 240, id="exact: a fixed number"),
        pytest.param(Mode.ENTROPY, 1, 60, 150, id="entropy: two to five"),
        pytest.param(Mode.THRESHOLD, 4, 120, 120, id="threshold: a fixed number"),
    ],
)
def test_calls_by_mode(mode: Mode, trials: int, least: int, most: int) -> None:
    calls = forecast(due(*recorded("review", 30, PASSES), mode=mode, trials=trials)).calls

    assert (calls.least, calls.most) == (least, most)
    assert calls.usual is not None
    assert least <= calls.usual <= most


def test_a_fixed_number_is_the_usual_one() -> None:
    calls = forecast(fixed(*recorded("review", 5, PASSES))).calls

    assert calls == Bounds(least=10, usual=10, most=10)


def test_steady_cases_are_expected_to_stop_early() -> None:
    calls = forecast(due(*recorded("review", 30, PASSES))).calls

    assert calls.usual is not None
    assert calls.usual < 2 * calls.least


def test_a_thin_baseline_leaves_the_usual_calls_open() -> None:
    calls = forecast(due(*recorded("review", 30, (1.0,)))).calls

    assert calls == Bounds(least=30, usual=None, most=240)


def test_what_cannot_be_compared_gets_no_further_looks() -> None:
    edited = recorded("review", 3, PASSES, standing=Standing.EDITED)

    assert forecast(due(*edited)).calls == Bounds(least=3, usual=3, most=3)


def test_a_must_pass_case_may_be_confirmed() -> None:
    case = make_run_case((), must_pass=True)

    assert forecast(fixed(case)).calls == Bounds(least=2, usual=2, most=5)


def test_a_must_pass_case_that_did_not_always_pass_is_not_confirmed() -> None:
    case = make_run_case((), (1.0, 0.0), must_pass=True)

    assert forecast(fixed(case)).calls.most == 2


def test_what_is_carried_forward_takes_nothing() -> None:
    found = forecast(fixed(make_run_case(()), make_carried(id="b")))

    assert (len(found.cases), found.carried, found.calls.most) == (1, 1, 2)


def test_nothing_due_takes_nothing() -> None:
    assert forecast(fixed(make_carried())).calls == Bounds(least=0, usual=0, most=0)


def test_tokens_dollars_and_time_are_those_of_each_case() -> None:
    cases = (
        used("a", tokens=100, cost_usd=0.10, latency_s=2.0),
        used("b", tokens=300, cost_usd=0.30, latency_s=6.0),
    )

    found = forecast(fixed(*cases), concurrency=2)

    assert found.tokens == Bounds(least=800, usual=800, most=800)
    assert found.usd == Bounds(least=0.8, usual=0.8, most=0.8)
    assert found.seconds == Bounds(least=8.0, usual=8.0, most=8.0)


def test_no_run_is_faster_than_its_slowest_call() -> None:
    found = forecast(fixed(used("a", latency_s=9.0)), concurrency=16)

    assert found.seconds == Bounds(least=9.0, usual=9.0, most=9.0)


def test_the_gate_looks_before_it_asks_again() -> None:
    cases = [
        replace(case, baseline=replace(make_baseline_case(id=case.id), trials=took))
        for case in recorded("review", 4, PASSES)
        for took in [(BaselineTrial(score=1.0, passed=True, latency_s=2.0),) * 4]
    ]

    found = forecast(due(*cases), concurrency=16)

    assert found.seconds is not None
    assert (found.calls.most, found.seconds.most) == (4 * 8, 2.0 * 8)


def test_a_case_without_a_cost_counts_as_the_others_and_is_counted() -> None:
    found = forecast(fixed(used("a", cost_usd=0.10), used("b", cost_usd=0.30), used("c")))

    assert found.usd is not None
    assert found.usd.least == pytest.approx(1.2)
    assert found.unpriced == 1


def test_an_unknown_cost_is_unknown_and_not_zero() -> None:
    found = forecast(fixed(used("a"), used("b")))

    assert (found.tokens, found.usd, found.seconds, found.unpriced) == (None, None, None, 0)


def test_what_another_model_used_says_nothing() -> None:
    found = forecast(fixed(used("a", cost_usd=0.10)), model_id="openai/other")

    assert found.usd is None


def test_a_cost_of_zero_is_known() -> None:
    found = forecast(fixed(used("a", cost_usd=0.0)))

    assert found.usd == Bounds(least=0, usual=0, most=0)


def test_without_a_baseline_it_says_loudly_that_all_run() -> None:
    run = fixed(make_run_case((), None), make_run_case((), None, id="b"))

    found = forecast_of(run, None, concurrency=1)

    assert found.warnings == ("no baseline for demo with main: every selected case runs",)


def test_what_nobody_recorded_is_said_loudly() -> None:
    odd = make_run_case((), hashes=make_hashes(request="other"))

    (warning,) = forecast(fixed(odd, used("b"))).warnings

    assert warning.startswith("demo with main: no prompt, model or case explains")


def test_a_judges_calls_are_counted_apart() -> None:
    case = make_run_case((), (1.0,), id="a-1", planned=3)

    found = forecast_of(fixed(case), make_baseline(), concurrency=4, questions={"a-1": 8})

    assert found.judging is not None
    assert found.judging.most == 8 * found.calls.most


@pytest.mark.parametrize(
    ("price", "usd"),
    [
        pytest.param(Price(input_per_mtok=0.0, output_per_mtok=1000.0), 0.02, id="with a price"),
        pytest.param(None, None, id="without one"),
    ],
)
def test_all_calls_at_their_worst(price: Price | None, usd: float | None) -> None:
    (case,) = forecast(fixed(make_run_case((), (1.0,), id="a-1"))).cases
    request = replace(make_request(), messages=(), params={"max_tokens": 10})

    worst = at_worst([case], {"a-1": request}, Tariff(price=price))

    assert (case.most, worst.tokens, worst.usd) == (2, 2 * (10 + OVERHEAD_TOKENS), usd)


@pytest.mark.parametrize(
    ("usage", "recorded"),
    [
        pytest.param({"tokens": 5, "cost_usd": 0.1}, True, id="all known"),
        pytest.param({"tokens": 5}, False, id="no cost"),
        pytest.param({"cost_usd": 0.1}, False, id="no tokens"),
    ],
)
def test_what_was_recorded_needs_no_worst_case(usage: dict[str, Any], recorded: bool) -> None:
    assert forecast(fixed(used("a", **usage))).recorded is recorded


@pytest.mark.parametrize(
    ("caps", "words"),
    [
        pytest.param(BudgetRef(usd=0.5, calls=4, tokens=80), [], id="enough"),
        pytest.param(BudgetRef(usd=0.39), ["$0.39"], id="dollars"),
        pytest.param(BudgetRef(calls=3), ["3 calls"], id="calls"),
        pytest.param(BudgetRef(tokens=79), ["79 tokens"], id="tokens"),
        pytest.param(None, [], id="no budget"),
    ],
)
def test_a_budget_that_is_too_small_is_said(caps: BudgetRef | None, words: list[str]) -> None:
    found = forecast(fixed(*(used(name, tokens=20, cost_usd=0.1) for name in "ab")))

    lines = with_budget(found, caps).warnings

    assert lines == tuple(
        f"the budget of {word} ends the run before every case had its first look" for word in words
    )
