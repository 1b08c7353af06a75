"""Risk levels, presets and a user's own numbers come to one rule per category."""

import pytest

from evalci.core.evidence.options import (
    CategoryRule,
    Given,
    Method,
    Options,
    options_for,
    rule_for,
    strictest,
)
from evalci.core.policy import OnInconclusive, Preset, Risk


@pytest.mark.parametrize(
    ("risk", "expected"),
    [
        pytest.param(Risk.LOW, (0.05, 0.15, 1.0, OnInconclusive.PASS), id="low"),
        pytest.param(Risk.NORMAL, (0.03, 0.10, 2.0, OnInconclusive.NEUTRAL), id="normal"),
        pytest.param(Risk.CRITICAL, (0.02, 0.07, 4.0, OnInconclusive.LEANING), id="critical"),
    ],
)
def test_a_risk_level_sets_all_numbers(
    risk: Risk, expected: tuple[float, float, float, OnInconclusive]
) -> None:
    rule = rule_for(risk, graded=False)

    assert (rule.margin, rule.detect, rule.weight, rule.on_inconclusive) == expected


def test_graded_scores_halve_the_detect_of_the_table() -> None:
    assert rule_for(Risk.NORMAL, graded=True).detect == 0.05


def test_a_users_own_detect_is_not_halved() -> None:
    assert rule_for(Risk.NORMAL, graded=True, given=Given(detect=0.08)).detect == 0.08


def test_a_users_own_numbers_win_over_the_preset() -> None:
    given = Given(margin=0.0, weight=3.0, on_inconclusive=OnInconclusive.PASS)

    rule = rule_for(Risk.LOW, graded=False, preset=Preset.STRICT, given=given)

    assert (rule.margin, rule.detect) == (0.0, 0.10)
    assert (rule.weight, rule.on_inconclusive) == (3.0, OnInconclusive.PASS)


def test_strict_holds_every_risk_to_2_points_and_fails_what_is_undecided() -> None:
    rules = [rule_for(risk, graded=False, preset=Preset.STRICT) for risk in Risk]

    assert {rule.margin for rule in rules} == {0.02}
    assert {rule.on_inconclusive for rule in rules} == {OnInconclusive.FAIL}


@pytest.mark.parametrize(
    ("preset", "expected"),
    [
        pytest.param(Preset.DEFAULT, (0.05, True, 0.95), id="default"),
        pytest.param(Preset.QUICK, (0.05, True, 0.90), id="quick"),
        pytest.param(Preset.QUIET, (0.05, False, 0.95), id="quiet"),
        pytest.param(Preset.STRICT, (0.10, True, 0.95), id="strict"),
    ],
)
def test_a_preset_sets_how_sure_the_gate_has_to_be(
    preset: Preset, expected: tuple[float, bool, float]
) -> None:
    options = options_for(preset)

    assert (options.alpha, options.closing, options.confidence) == expected


@pytest.mark.parametrize(
    ("options", "cap"),
    [
        pytest.param(Options(), 16, id="the last look"),
        pytest.param(Options(method=Method.EXACT), 8, id="the fixed design"),
        pytest.param(Options(method=Method.ENTROPY), 5, id="the controller's most runs"),
    ],
)
def test_each_method_has_a_cap(options: Options, cap: int) -> None:
    assert options.cap == cap


def test_entropy_mode_uses_the_pilots_limit_on_the_unit_scale() -> None:
    assert Options().entropy.max_sd == pytest.approx(0.03)


def test_pooled_categories_get_the_strictest_of_each_number() -> None:
    rules = [rule_for(risk, graded=risk is Risk.LOW) for risk in Risk]

    assert strictest(rules) == CategoryRule(
        margin=0.02,
        detect=0.07,
        weight=4.0,
        on_inconclusive=OnInconclusive.LEANING,
        graded=True,
    )


@pytest.mark.parametrize(
    ("rule", "noisy"),
    [
        pytest.param(CategoryRule(on_inconclusive=OnInconclusive.FAIL), False, id="10 points"),
        pytest.param(
            CategoryRule(on_inconclusive=OnInconclusive.FAIL, detect=0.07), True, id="7 points"
        ),
        pytest.param(CategoryRule(detect=0.07), False, id="neutral"),
        pytest.param(
            CategoryRule(on_inconclusive=OnInconclusive.FAIL, detect=0.05, graded=True),
            False,
            id="graded, 5 points",
        ),
    ],
)
def test_failing_what_is_undecided_with_a_small_detect_cries_wolf(
    rule: CategoryRule, noisy: bool
) -> None:
    assert rule.cries_wolf is noisy
