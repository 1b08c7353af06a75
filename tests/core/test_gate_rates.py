"""How many answers pass each code gate: over which cases, and where the others stop."""

from dataclasses import replace

import pytest

from evalci.core.gate_rates import (
    CODE_GATES,
    GateRate,
    GateRates,
    baseline_gate_rates,
    gate_rates,
    gates_passed,
)
from evalci.core.run import Run, Standing
from evalci.core.trial import Score, Trial
from evalci.scorers.registry import KINDS
from tests.baselines import make_baseline
from tests.report.gate_faces import ALL, accepted, code_case, judged_trial
from tests.runs import make_run, make_run_case, make_trial

NONE, HALF = 0, 2


def rates_of(run: Run) -> GateRates:
    found = gate_rates(run)
    assert found is not None
    return found


def rate_of(run: Run, gate: str) -> GateRate:
    (found,) = [rate for rate in rates_of(run).rates if rate.gate == gate]
    return found


def test_the_gates_are_those_of_the_registry_in_the_order_in_which_they_run() -> None:
    kinds = sorted((kind for kind in KINDS.values() if kind.tier.gate), key=lambda k: k.tier)

    assert tuple(kind.name for kind in kinds) == CODE_GATES


@pytest.mark.parametrize("passed", range(ALL + 1))
def test_the_gates_that_an_answer_passed_are_counted(passed: int) -> None:
    assert gates_passed(judged_trial(passed)) == passed


def test_a_trial_without_gates_counts_none() -> None:
    assert gates_passed(make_trial()) is None


def test_a_run_without_code_has_no_rates() -> None:
    assert gate_rates(make_run(make_run_case())) is None


def test_each_case_counts_the_same_whatever_its_trials() -> None:
    run = make_run(
        code_case("often", (HALF,) * 8, None), code_case("once", (ALL,), None), baseline=None
    )

    assert rate_of(run, "tests").rate == 0.5
    assert rates_of(run).passed == (HALF + ALL) / 2


def test_the_baseline_stands_beside_the_rate() -> None:
    run = make_run(code_case("a", (HALF, ALL), (ALL, ALL)))

    tests = rate_of(run, "tests")

    assert (tests.before, tests.rate) == (1.0, 0.5)
    assert (tests.stopped_before, tests.stopped) == (0.0, 0.5)
    assert (rates_of(run).passed_before, rates_of(run).passed) == (5.0, 3.5)


def test_an_answer_stops_at_its_first_gate_that_fails() -> None:
    run = make_run(code_case("a", (HALF,), None))

    stopped = {rate.gate: rate.stopped for rate in rates_of(run).rates}

    assert stopped == {"extracts": 0.0, "compiles": 0.0, "tests": 1.0, "types": 0.0, "lint": 0.0}


def test_both_sides_are_the_same_cases() -> None:
    new = code_case("new", (NONE,), None)
    edited = replace(code_case("edited", (NONE,), (ALL,)), standing=Standing.EDITED)
    run = make_run(code_case("a", (ALL,), (ALL,)), new, edited)

    assert (rate_of(run, "tests").cases, rate_of(run, "tests").rate) == (1, 1.0)


def test_new_code_beside_compared_text_is_not_left_out() -> None:
    run = make_run(make_run_case((1.0,), id="text"), code_case("new", (HALF,), None))

    assert (rate_of(run, "tests").rate, rate_of(run, "tests").before) == (0.0, None)


def test_a_refusal_passes_no_gate_and_is_stopped_by_none() -> None:
    case = code_case("a", (ALL,), None)
    refused = make_trial(case="a", trial=1, composite=0.0, scores=())
    run = make_run(replace(case, trials=(*case.trials, refused)))

    tests = rate_of(run, "tests")

    assert (tests.rate, tests.stopped) == (0.5, 0.0)


@pytest.mark.parametrize(
    "unknown",
    [
        pytest.param(make_trial(composite=None, trial=1), id="an unscored trial"),
        pytest.param(
            make_trial(trial=1, scores=(Score(scorer="tests", value=None),)),
            id="a gate without an opinion",
        ),
    ],
)
def test_what_is_not_known_counts_on_neither_side(unknown: Trial) -> None:
    case = code_case("a", (ALL,), None)
    run = make_run(replace(case, trials=(*case.trials, unknown)))

    assert [rate.rate for rate in rates_of(run).rates] == [1.0] * ALL


def test_a_carried_case_says_nothing_of_this_change() -> None:
    run = make_run(code_case("a", (), (ALL,)))

    assert gate_rates(run) is None


def test_a_gate_that_only_some_cases_have_is_theirs_alone() -> None:
    case = code_case("a", (ALL,), None)
    security = make_trial(scores=(Score(scorer="security", value=0.0),))
    run = make_run(case, replace(code_case("b", (ALL,), None), trials=(security,)))

    assert (rate_of(run, "security").cases, rate_of(run, "security").rate) == (1, 0.0)
    assert rates_of(run).gates == 3.0


def test_a_baseline_has_rates_of_its_own() -> None:
    found = baseline_gate_rates(make_baseline(accepted("a", (ALL, HALF)), accepted("b", (ALL,))))

    assert found is not None
    assert {rate.gate: rate.rate for rate in found.rates}["tests"] == 0.75
