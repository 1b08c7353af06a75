"""What a golden set can see, and what more cases or trials would buy."""

from dataclasses import replace

import pytest

from evalci.core.planning import CategoryPlan, plans_of
from evalci.core.policy import MaxDrop, Mode
from evalci.core.stage import stage_of
from evalci.core.stats.power import Design, smallest_drop
from tests.core.stages import mixed, planned, recorded
from tests.runs import make_category, make_limits


def only(plans: tuple[CategoryPlan, ...]) -> CategoryPlan:
    (plan,) = plans
    return plan


def test_more_trials_see_smaller_drops() -> None:
    plan = only(plans_of(stage_of(planned(*mixed("a", 30)))))

    drops = [seen.at_90 for seen in plan.seen]
    assert len(drops) == 10
    assert None not in drops
    assert drops == sorted(drops, key=lambda drop: -(drop or 0))


def test_ninety_percent_power_needs_a_larger_drop_than_eighty() -> None:
    plan = only(plans_of(stage_of(planned(*mixed("a", 30)))))

    assert all((seen.at_80 or 1) < (seen.at_90 or 1) for seen in plan.seen)


def test_the_figures_are_those_of_the_planning_formula() -> None:
    stage = stage_of(planned(*recorded("a", 10, (1, 0) * 5)))
    design = Design(rates=(0.5,) * 10, trials=3, baseline_trials=10, categories=1)

    plan = only(plans_of(stage))

    assert plan.seen[2].at_90 == smallest_drop(design)


@pytest.mark.parametrize("mode", [Mode.EVIDENCE, Mode.EXACT, Mode.ENTROPY])
def test_nothing_below_the_margin_is_called_seen(mode: Mode) -> None:
    plan = only(plans_of(stage_of(planned(*recorded("a", 200, (1.0,) * 10), mode=mode))))

    drops = [drop for seen in plan.seen for drop in (seen.at_80, seen.at_90)]
    assert min(drop or 0 for drop in drops) >= 0.03


def test_a_plain_limit_is_planned_by_the_limit_alone() -> None:
    cases = recorded("a", 10, (1, 0) * 5)
    design = Design(
        rates=(0.5,) * 10, trials=3, baseline_trials=10, categories=1, margin=0.05, tested=False
    )

    plan = only(plans_of(stage_of(planned(*cases, mode=Mode.THRESHOLD))))

    assert plan.seen[2].at_90 == smallest_drop(design)


def test_a_relative_limit_is_one_of_the_mean() -> None:
    run = planned(*recorded("a", 10, (1, 0) * 5), mode=Mode.THRESHOLD)
    category = make_category("a", make_limits(max_drop=MaxDrop(relative=0.2)))
    run = replace(run, gate=replace(run.gate, categories=(category,)))
    design = Design(
        rates=(0.5,) * 10, trials=3, baseline_trials=10, categories=1, margin=0.1, tested=False
    )

    plan = only(plans_of(stage_of(run)))

    assert plan.seen[2].at_90 == smallest_drop(design)


def test_every_offer_sees_no_less_and_says_what_it_costs() -> None:
    plan = only(plans_of(stage_of(planned(*recorded("a", 10, (1, 0) * 5)))))

    assert [(o.what, o.once, o.each_check) for o in plan.offers] == [
        ("as it is", 0, 0),
        ("16 trials a case", 0, 80),
        ("20 baseline trials", 100, 0),
        ("15 cases", 50, 40),
        ("20 cases", 100, 80),
    ]
    drops = [offer.seen.at_90 or 1 for offer in plan.offers]
    assert max(drops[1:]) < drops[0]


def test_a_full_baseline_is_not_offered_more_trials() -> None:
    plan = only(plans_of(stage_of(planned(*recorded("a", 10, (1, 0) * 10)))))

    assert [offer.what for offer in plan.offers if "baseline" in offer.what] == []


def test_what_cannot_be_seen_even_when_all_is_lost_has_no_figure() -> None:
    plan = only(plans_of(stage_of(planned(*recorded("a", 5, (0, 0, 0, 0, 1))))))

    assert plan.seen[0].at_90 is None


def test_small_categories_are_planned_as_one() -> None:
    cases = [*recorded("a", 3, (1, 0)), *recorded("b", 3, (1, 0)), *mixed("c", 6)]

    plans = {plan.name: plan for plan in plans_of(stage_of(planned(*cases)))}

    assert plans["small"].pooled == ("a", "b")
    assert plans["small"].decides
    assert plans["c"].pooled == ()


def test_a_category_of_four_cases_decides_nothing() -> None:
    assert not only(plans_of(stage_of(planned(*recorded("a", 4, (1, 0)))))).decides


def test_graded_scores_that_hardly_vary_see_small_drops() -> None:
    scores = (0.80, 0.82, 0.78, 0.81, 0.79)
    graded = recorded("a", 10, scores, graded=True)

    plan = only(plans_of(stage_of(planned(*graded))))

    assert 0.03 < (plan.seen[0].at_90 or 1) < 0.04


def test_unequal_baselines_count_by_their_harmonic_mean() -> None:
    cases = [*recorded("a", 5, (1, 0)), *recorded("a", 5, (1, 0) * 3, start=5)]

    plan = only(plans_of(stage_of(planned(*cases))))

    assert plan.baseline_trials == 3
