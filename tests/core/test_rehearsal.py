"""Rehearsals: how often the gate fails here when nothing changed, and what it finds."""

from dataclasses import replace

import pytest

from evalci.core.policy import Limits, MaxDrop, Mode, OnInconclusive
from evalci.core.rehearsal import DROPS, resample, simulate
from evalci.core.run import Run
from evalci.core.stage import stage_of
from tests.core.stages import mixed, planned, recorded

STEADY = planned(*recorded("a", 8, (0.8,) * 6, graded=True))
NOISY = [*mixed("a", 20), *mixed("b", 20), *mixed("c", 3)]


def held_to(run: Run, word: OnInconclusive) -> Run:
    """Return a run with the same answer to whatever stays undecided, and hard to settle."""
    limits = Limits(max_drop=MaxDrop(points=0.05), detect=0.01, on_inconclusive=word, margin=0.001)
    categories = tuple(replace(category, limits=limits) for category in run.gate.categories)
    return replace(run, gate=replace(run.gate, categories=categories))


@pytest.mark.parametrize("mode", Mode)
def test_what_never_varies_never_fails(mode: Mode) -> None:
    stage = stage_of(replace(STEADY, gate=planned(*STEADY.cases, mode=mode).gate))

    assert resample(stage, 50).red == 0


@pytest.mark.parametrize("mode", Mode)
def test_every_mode_is_rehearsed_the_same_way_twice(mode: Mode) -> None:
    run = planned(*NOISY, mode=mode)

    first, second = (resample(stage_of(run), 60) for _ in range(2))

    assert first == second
    assert first.runs == 60
    assert 0 < first.calls_per_case <= 8


def test_a_case_that_always_passed_may_fail_one_day() -> None:
    run = planned(*recorded("a", 8, (1, 1, 1)), mode=Mode.THRESHOLD, trials=1)

    assert 0 < resample(stage_of(run), 200).red < 100


def test_the_plain_rule_fails_more_often_than_the_evidence() -> None:
    plain, evidence = (
        resample(stage_of(planned(*NOISY, mode=mode, trials=1)), 300).red / 300
        for mode in (Mode.THRESHOLD, Mode.EVIDENCE)
    )

    assert evidence <= 0.05 < plain


def test_what_is_undecided_fails_where_its_policy_says_so() -> None:
    run = planned(*NOISY)

    found = {word: resample(stage_of(held_to(run, word)), 100) for word in OnInconclusive}

    assert max(found[word].red for word in (OnInconclusive.PASS, OnInconclusive.NEUTRAL)) <= 5
    assert found[OnInconclusive.LEANING].red > 5
    assert found[OnInconclusive.LEANING].red < found[OnInconclusive.FAIL].red
    assert found[OnInconclusive.FAIL].undecided == 0


def test_lots_do_not_change_how_many_runs_are_played() -> None:
    large = stage_of(planned(*recorded("a", 3000, (1, 1, 1))))

    assert resample(large, 70).runs == 70


def test_larger_drops_are_found_more_often() -> None:
    simulated = simulate(stage_of(planned(*NOISY)), 200)

    for name in ("a", "b"):
        red = [one.red for one in simulated.found if one.category == name]
        assert red == sorted(red)
        assert red[0] < red[-1]
    assert simulated.unchanged.red / 200 <= 0.05


def test_runs_are_shared_among_the_categories_that_can_fail() -> None:
    found = simulate(stage_of(planned(*NOISY)), 101).found

    assert [(one.category, one.runs) for one in found if one.drop == DROPS[0]] == [
        ("a", 51),
        ("b", 50),
    ]


def test_one_category_can_have_all_the_runs() -> None:
    found = simulate(stage_of(planned(*NOISY)), 100, category=1).found

    assert [(one.category, one.drop, one.runs) for one in found] == [
        ("b", drop, 100) for drop in DROPS
    ]


def test_graded_scores_fall_by_their_share() -> None:
    scores = (0.9, 0.8, 0.85, 0.95, 0.7)
    stage = stage_of(planned(*recorded("a", 20, scores, graded=True)))

    simulated = simulate(stage, 50)

    assert simulated.unchanged.red == 0
    assert [one.red for one in simulated.found if one.drop >= 0.10] == [50, 50]


def test_without_a_category_of_five_cases_nothing_can_be_found() -> None:
    assert simulate(stage_of(planned(*recorded("a", 4, (1, 0)))), 20).found == ()
