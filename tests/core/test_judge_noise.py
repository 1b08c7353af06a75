"""A judge's own noise: what only it scores must move by more than its repeats tell apart."""

import math
from dataclasses import replace

import pytest

from evalci.core.evidence.decision import Status
from evalci.core.evidence.options import CategoryRule, strictest
from evalci.core.finding import FindingKind
from evalci.core.gate import decide
from evalci.core.judge_noise import judge_noise
from evalci.core.policy import Mode
from evalci.core.run import Run, RunCase
from evalci.core.statistical import rules_of
from evalci.core.trial import JudgedBy, Score, Trial
from evalci.core.verdict import Outcome
from tests.runs import make_category, make_limits, make_run, make_run_case


def judged_case(
    id: str, now: float, spread: float | None, *, before: tuple[float, ...] = (0.8,) * 4
) -> RunCase:
    """Return a case that a judge alone scored, with two repeats of a spread."""
    case = make_run_case((now,), before, id=id, graded=True, judged=True)
    return replace(case, trials=tuple(_judged(trial, spread) for trial in case.trials))


def _judged(trial: Trial, spread: float | None) -> Trial:
    by = JudgedBy(model="openai/judge", repeats=2)
    score = Score(scorer="judge", value=trial.composite, spread=spread, judge=by)
    return replace(trial, scores=(score,))


def run_of(*cases: RunCase, mode: Mode = Mode.EVIDENCE) -> Run:
    run = make_run(*cases)
    looks = (1,) if mode is Mode.EVIDENCE else ()
    return replace(run, gate=replace(run.gate, mode=mode, looks=looks))


def cases_of(spread: float | None, *, now: float = 0.7, count: int = 10) -> list[RunCase]:
    return [judged_case(f"case-{n}", now, spread) for n in range(count)]


def test_the_margin_is_two_standard_errors_of_the_repeats() -> None:
    (noise,) = judge_noise(run_of(*cases_of(0.2)))

    assert noise.margin == pytest.approx(2 * math.sqrt(noise.spread**2 / 2 * 10 * (1 + 1 / 4)) / 10)
    assert (noise.repeats, noise.partly) == (2, False)


def test_spreads_are_pooled_by_their_squares_with_a_pair_that_differed() -> None:
    cases = [*cases_of(0.0, count=5), *(judged_case(f"b-{n}", 0.7, 0.2) for n in range(5))]

    (noise,) = judge_noise(run_of(*cases))

    assert noise.spread == pytest.approx(math.sqrt((5 * 0.2**2 + 0.5) / 11))


def test_without_a_pair_of_repeats_the_noise_is_the_largest_there_is() -> None:
    (noise,) = judge_noise(run_of(*cases_of(None)))

    assert noise.spread == 0.5


def test_repeats_that_never_differed_bound_little_and_say_so() -> None:
    run = run_of(*cases_of(0.0, count=3))

    (noise,) = judge_noise(run)

    assert noise.steady
    assert noise.margin > 0.2
    (line,) = [f for f in decide(run).findings if f.kind is FindingKind.JUDGE]
    assert "they never differed, which bounds little" in line.text


def test_only_usable_repeats_lessen_the_noise() -> None:
    def asked(repeats: int, unusable: int) -> float:
        by = JudgedBy(model="openai/judge", repeats=repeats, unusable=unusable)
        score = Score(scorer="judge", value=0.7, spread=0.2, judge=by)
        case = make_run_case((0.7,), (0.8,), graded=True, judged=True)
        trials = tuple(replace(trial, scores=(score,)) for trial in case.trials)
        (noise,) = judge_noise(run_of(replace(case, trials=trials)))
        return noise.margin

    assert asked(5, 0) < asked(5, 1) == asked(2, 0)


def test_a_judge_moves_a_category_by_its_share() -> None:
    (alone,) = judge_noise(run_of(*cases_of(0.2)))
    tenth = [replace(case, judged=False, judge_share=0.1) for case in cases_of(0.2)]

    (noise,) = judge_noise(run_of(*tenth))

    assert noise.margin == pytest.approx(alone.margin / 10)
    assert noise.partly


@pytest.mark.parametrize("mode", [Mode.THRESHOLD, Mode.EVIDENCE])
@pytest.mark.parametrize(
    ("now", "outcome"),
    [
        pytest.param(0.75, Outcome.INCONCLUSIVE, id="within the noise"),
        pytest.param(0.30, Outcome.BELOW_FLOOR, id="beyond it"),
    ],
)
def test_a_floor_is_held_to_the_judges_noise(now: float, outcome: Outcome, mode: Mode) -> None:
    cases = [judged_case(f"case-{n}", now, 0.01, before=(now,) * 4) for n in range(10)]
    held = make_category(limits=make_limits(min_score=0.8))
    gate = replace(run_of(*cases, mode=mode).gate, categories=(held,))
    run = make_run(*cases, gate=gate)

    (result,) = decide(run).categories

    assert result.outcome is outcome
    assert result.reason.endswith("; nothing but a judge scored it")


def test_a_rise_within_the_noise_is_no_improvement() -> None:
    run = run_of(*cases_of(0.50, now=0.9), mode=Mode.THRESHOLD)

    (result,) = decide(run).categories

    assert result.outcome is Outcome.PASS


def test_cases_that_another_scorer_decides_bring_no_noise() -> None:
    others = [make_run_case((0.7,), (0.8,) * 4, id=f"o-{n}", graded=True) for n in range(10)]

    (alone,) = judge_noise(run_of(*cases_of(0.2)))
    (noise,) = judge_noise(run_of(*cases_of(0.2), *others))

    assert noise.partly
    assert noise.margin == pytest.approx(alone.margin / 2)


def test_no_judge_makes_no_noise() -> None:
    assert judge_noise(run_of(make_run_case((0.7,), (0.8,)))) == ()


@pytest.mark.parametrize(
    ("spread", "status"),
    [
        pytest.param(0.01, Status.REGRESSION, id="a steady judge"),
        pytest.param(0.50, Status.PASS, id="a judge that differs from itself by more"),
    ],
)
def test_a_drop_within_the_judges_noise_does_not_fail(spread: float, status: Status) -> None:
    run = run_of(*cases_of(spread, now=0.6))

    verdict = decide(run)

    assert verdict.decision is not None
    assert verdict.decision.categories[0].status is status
    assert verdict.blocking is (status is Status.REGRESSION)
    (line,) = [f for f in verdict.findings if f.kind is FindingKind.JUDGE]
    assert "two standard errors of 2 repeats" in line.text


def test_the_plain_rule_leaves_a_drop_within_the_noise_open() -> None:
    run = run_of(*cases_of(0.50, now=0.6), mode=Mode.THRESHOLD)

    (result,) = decide(run).categories

    assert result.outcome is Outcome.INCONCLUSIVE
    assert "within the judge's own noise" in result.reason


def test_the_margin_of_a_category_is_never_below_the_noise() -> None:
    rule = rules_of(run_of(*cases_of(0.50)))["review"]

    assert rule.margin == rule.noise > 0.03


def test_pooled_categories_keep_the_largest_noise() -> None:
    pooled = strictest([CategoryRule(margin=0.03), CategoryRule(margin=0.2, noise=0.2)])

    assert pooled.margin == 0.2
