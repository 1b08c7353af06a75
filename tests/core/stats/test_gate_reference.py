"""Every function of the statistics against the reference values of the gate's specification."""

from typing import Any

import numpy as np
import pytest

from evalci.core.policy import MaxDrop
from evalci.core.stats.comparisons import (
    cohens_d,
    friedman,
    kruskal,
    mann_whitney,
    mcnemar_mid_p,
    ranksums_p,
    sign_test,
)
from evalci.core.stats.credibility import Prior
from evalci.core.stats.drift import drift_of
from evalci.core.stats.entropy import EntropyRule, agreement
from evalci.core.stats.evidence import evidence_of
from evalci.core.stats.grid import Layout, grid_of, side_of
from evalci.core.stats.intervals import mean_interval, t_quantile, wilson_interval
from evalci.core.stats.multiplicity import benjamini_hochberg, holm
from evalci.core.stats.pass_at_k import pass_at_k
from evalci.core.stats.permutation import PassCounts, exact_p
from evalci.core.stats.posterior import broken_probability, drop_probability
from evalci.core.stats.power import (
    Design,
    n_per_arm_normal,
    n_per_arm_t,
    power,
    smallest_drop,
)
from evalci.core.stats.scores import usable
from evalci.core.stats.tails import spread_of
from evalci.core.threshold import exceeds
from tests.core.gated import summary_from
from tests.gate_reference import functions, near, reference

TESTED = {
    *("ranksums_p", "sign_test", "holm", "bh", "t_ci", "kruskal", "friedman", "mannwhitneyu"),
    *("entropy_controller", "t_half_width", "n_per_arm", "threshold_rule", "exact_stratified_p"),
    *("mcnemar_midp", "gate", "case_posterior", "tail", "wilson", "pass_at_k", "drift"),
    *("category_power", "usable"),
}


def test_no_function_of_the_reference_is_left_out() -> None:
    assert functions() == TESTED


@pytest.mark.parametrize(("given", "expected", "tolerance"), reference("ranksums_p"))
def test_rank_sums(given: Any, expected: Any, tolerance: float) -> None:
    p = ranksums_p(given["baseline"], given["candidate"])

    assert p == near(expected["p"], tolerance)
    assert round(p, 3) == expected["printed"]


@pytest.mark.parametrize(("given", "expected", "tolerance"), reference("ranksums_p"))
def test_effect_sizes(given: Any, expected: Any, tolerance: float) -> None:
    assert cohens_d(given["baseline"], given["candidate"]) == near(expected["cohens_d"], tolerance)


@pytest.mark.parametrize(("given", "expected", "tolerance"), reference("sign_test"))
def test_signs(given: Any, expected: Any, tolerance: float) -> None:
    assert sign_test(given["up"], given["down"]) == near(expected["p"], tolerance)


@pytest.mark.parametrize(("given", "expected", "tolerance"), reference("holm"))
def test_holms_correction(given: Any, expected: Any, tolerance: float) -> None:
    assert list(holm(given["p"])) == near(expected, tolerance)


@pytest.mark.parametrize(("given", "expected", "tolerance"), reference("bh"))
def test_benjamini_and_hochbergs_correction(given: Any, expected: Any, tolerance: float) -> None:
    assert list(benjamini_hochberg(given["p"])) == near(expected, tolerance)


@pytest.mark.parametrize(("given", "expected", "tolerance"), reference("t_ci"))
def test_intervals_of_means(given: Any, expected: Any, tolerance: float) -> None:
    width = given["hi"] - given["lo"]

    found = mean_interval(usable(given["x"], low=given["lo"], high=given["hi"]))

    assert found is not None
    shown = [given["lo"] + width * found.low, given["lo"] + width * found.high]
    assert shown == near(expected["ci"], tolerance)


@pytest.mark.parametrize(("given", "expected", "tolerance"), reference("t_half_width"))
def test_half_widths(given: Any, expected: Any, tolerance: float) -> None:
    half = t_quantile(0.975, given["n"] - 1) * given["sd"] / given["n"] ** 0.5

    assert half == near(expected["half"], tolerance)


@pytest.mark.parametrize(("given", "expected", "tolerance"), reference("wilson"))
def test_intervals_of_rates(given: Any, expected: Any, tolerance: float) -> None:
    found = wilson_interval(given["k"], given["n"])

    assert (found and [found.low, found.high]) == near(expected["ci"], tolerance)


@pytest.mark.parametrize(("given", "expected", "tolerance"), reference("kruskal"))
def test_several_groups(given: Any, expected: Any, tolerance: float) -> None:
    found = kruskal(given["groups"])

    assert [found.statistic, found.p] == near([expected["H"], expected["p"]], tolerance)


@pytest.mark.parametrize(("given", "expected", "tolerance"), reference("friedman"))
def test_blocks(given: Any, expected: Any, tolerance: float) -> None:
    found = friedman(given["blocks"])

    assert [found.statistic, found.p] == near([expected["chi2"], expected["p"]], tolerance)


@pytest.mark.parametrize(("given", "expected", "tolerance"), reference("mannwhitneyu"))
def test_ranks_with_ties(given: Any, expected: Any, tolerance: float) -> None:
    found = mann_whitney(given["a"], given["b"])

    assert [found.statistic, found.p] == near([expected["U"], expected["p"]], tolerance)


@pytest.mark.parametrize(("given", "expected", "tolerance"), reference("entropy_controller"))
def test_the_entropy_controller(given: Any, expected: Any, tolerance: float) -> None:
    rule = EntropyRule(
        min_confidence=given["min_confidence"],
        max_runs=given["max_runs"],
        max_sd=given["threshold"],
    )

    found = agreement(given["x"], rule)

    assert found.sd == near(expected["sd"], tolerance)
    assert found.confidence == near(expected["confidence"], tolerance)
    assert found.go_on == expected["should_continue"]


@pytest.mark.parametrize(("given", "expected", "tolerance"), reference("n_per_arm"))
def test_sample_sizes(given: Any, expected: Any, tolerance: float) -> None:
    wanted = {
        "difference": given["delta"],
        "sd": given["sd"],
        "alpha": given["alpha"],
        "power_wanted": given["power"],
    }

    assert n_per_arm_normal(**wanted) == near(expected["normal"], tolerance)
    assert n_per_arm_t(**wanted) == expected["t"]


@pytest.mark.parametrize(("given", "expected", "tolerance"), reference("threshold_rule"))
def test_the_plain_threshold(given: Any, expected: Any, tolerance: float) -> None:
    summary = summary_from(given["baseline"], given["candidate"])

    change = None if summary.relative is None else -summary.relative
    assert exceeds(summary, MaxDrop(relative=given["max_drop"])) == expected["fails"]
    assert change == near(expected["change"], tolerance)


@pytest.mark.parametrize(("given", "expected", "tolerance"), reference("exact_stratified_p"))
def test_the_exact_permutation_test(given: Any, expected: Any, tolerance: float) -> None:
    found = exact_p([PassCounts(*numbers) for numbers in given["cases"]])

    assert [found.p, found.mid_p] == near([expected["p"], expected["mid_p"]], tolerance)


@pytest.mark.parametrize(("given", "expected", "tolerance"), reference("mcnemar_midp"))
def test_pairs_of_single_trials(given: Any, expected: Any, tolerance: float) -> None:
    found = mcnemar_mid_p(losses=given["loss"], gains=given["gain"])

    assert found == near(expected["p"], tolerance)


@pytest.mark.parametrize(("given", "expected", "tolerance"), reference("case_posterior"))
def test_the_posterior_of_a_case(given: Any, expected: Any, tolerance: float) -> None:
    before, after = (np.asarray([given[side]], dtype=float) for side in ("baseline", "candidate"))
    prior = (np.asarray([given["kappa"]]), np.asarray([given["prior"]]))
    layout = Layout(sizes=(1,), graded=(False,))
    fitted = Prior(kappa=prior[0], mean=prior[1], overall=prior[1][0])

    p_drop = drop_probability(
        passes=(before.sum(axis=1), after.sum(axis=1)),
        trials=(np.asarray([before.shape[1]]), np.asarray([after.shape[1]])),
        prior=prior,
    )
    evidence = evidence_of(grid_of(layout, side_of(before), after), fitted)

    assert p_drop[0] == near(expected["p_drop"], tolerance)
    assert broken_probability(evidence.broken_log())[0] == near(expected["p_broken"], tolerance)


@pytest.mark.parametrize(("given", "expected", "tolerance"), reference("tail"))
def test_the_spread_of_case_means(given: Any, expected: Any, tolerance: float) -> None:
    found = spread_of(given["x"])

    assert found is not None
    assert {name: getattr(found, name) for name in expected} == near(expected, tolerance)


@pytest.mark.parametrize(("given", "expected", "tolerance"), reference("pass_at_k"))
def test_pass_at_k(given: Any, expected: Any, tolerance: float) -> None:
    found = pass_at_k(n=given["n"], passes=given["c"], k=given["k"])

    assert found == near(expected["value"], tolerance)


@pytest.mark.parametrize(("given", "expected", "tolerance"), reference("drift"))
def test_drift_over_weeks(given: Any, expected: Any, tolerance: float) -> None:
    sigmas = [given["sigma"]] * len(given["drops"])

    found = drift_of(given["drops"], sigmas, baseline_weeks=given["w0"], share=given["lam"])

    assert list(found.z) == near(expected["z"], tolerance)
    assert list(found.cusum) == near(expected["cusum"], tolerance)
    assert list(found.ewma) == near(expected["ewma"], tolerance)
    assert found.first_alarm(5.0) == expected["first_alarm_h5"]


@pytest.mark.parametrize(("given", "expected", "tolerance"), reference("category_power"))
def test_planned_power(given: Any, expected: Any, tolerance: float) -> None:
    design = Design(
        rates=tuple(given["p"]),
        trials=given["m"],
        baseline_trials=given["mb"],
        categories=given["K"],
    )

    drops = {name: int(name.removeprefix("drop ")) / 100 for name in expected if name != "mde90"}
    found = {name: power(design, drop) for name, drop in drops.items()}
    assert found | {"mde90": smallest_drop(design)} == near(expected, tolerance)


@pytest.mark.parametrize(("given", "expected", "tolerance"), reference("usable"))
def test_usable_scores(given: Any, expected: Any, tolerance: float) -> None:
    trials = [None if value is None else float(value) for value in given["trials"]]

    found = usable(trials, low=given["lo"], high=given["hi"])

    assert list(found) == near(expected, tolerance)
