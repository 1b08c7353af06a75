"""Findings: what warns beside the outcomes, what blocks, and what stays silent."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from evalci.core.baseline import BaselineTrial
from evalci.core.finding import Finding, FindingKind
from evalci.core.gate import decide
from evalci.core.policy import Mode, Risk, Watch
from evalci.core.run import AnchorRef, Run, RunCase
from evalci.core.trial import Trial
from evalci.core.verdict import Outcome
from tests.calls import make_output
from tests.runs import (
    make_baseline_ref,
    make_carried,
    make_category,
    make_limits,
    make_run,
    make_run_case,
    make_trial,
)

ANCHOR = AnchorRef(path="baselines/demo.main.anchor.json", commit=None, accepted_at="2026-01-05")
GOOD, BAD = (1.0,) * 10, (0.0,) * 10


def run_of(*cases: RunCase, risk: Risk = Risk.NORMAL, **changes: Any) -> Run:
    """Return a run in evidence mode with one category."""
    run = make_run(*cases, categories=[make_category(limits=make_limits(risk=risk))], **changes)
    return replace(run, gate=replace(run.gate, mode=Mode.EVIDENCE, looks=(1, 2, 4, 8, 16)))


def watching(run: Run, **changes: Any) -> Run:
    return replace(run, gate=replace(run.gate, watch=Watch(**changes)))


def findings(run: Run, kind: FindingKind) -> list[Finding]:
    return [finding for finding in decide(run).findings if finding.kind is kind]


def spread(low: Sequence[float], high: Sequence[float], *, cases: int = 20) -> list[RunCase]:
    """Return cases of which the first fifth falls a little below its baseline."""
    fifth = cases // 5
    return [
        make_run_case(low if n < fifth else high, (0.5, 0.6) * 5, id=f"c-{n:02}", graded=True)
        for n in range(cases)
    ]


TAIL = spread((0.35, 0.4) * 4, (0.55, 0.65) * 4)


def test_a_tail_that_falls_under_a_steady_mean_warns() -> None:
    verdict = decide(run_of(*TAIL))

    (found,) = [f for f in verdict.findings if f.kind is FindingKind.TAIL]
    assert (found.category, found.blocks) == ("review", False)
    assert "the worst fifth of its cases fell by 17.5 points" in found.text
    assert not verdict.blocking


def test_a_tail_blocks_where_the_category_is_critical() -> None:
    verdict = decide(run_of(*TAIL, risk=Risk.CRITICAL))

    assert [f.blocks for f in verdict.findings if f.kind is FindingKind.TAIL] == [True]
    assert verdict.outcome is Outcome.REGRESSION


@pytest.mark.parametrize(
    "run",
    [
        pytest.param(watching(run_of(*TAIL), tail=False), id="nobody asked for it"),
        pytest.param(run_of(*spread((0.5, 0.6) * 4, (0.5, 0.6) * 4)), id="nothing moved"),
        pytest.param(run_of(*TAIL[:4]), id="fewer than 5 cases"),
        pytest.param(
            run_of(*(make_run_case((0.0,) * 4, GOOD, id=f"c-{n}") for n in range(20))),
            id="the category regressed anyway",
        ),
        pytest.param(make_run(*TAIL), id="the plain rule knows no tails"),
    ],
)
def test_there_is_no_tail_to_report(run: Run) -> None:
    assert findings(run, FindingKind.TAIL) == []


def test_the_same_trials_give_the_same_findings() -> None:
    run = run_of(*TAIL)
    later = replace(run, id="f" * 16)

    assert decide(run).findings == decide(later).findings


def test_cases_that_became_unsteady_are_reported() -> None:
    cases = [
        make_run_case((0.2, 0.8) * 4, (0.5, 0.5) * 5, id=f"c-{n:02}", graded=True)
        for n in range(10)
    ]

    (found,) = findings(run_of(*cases), FindingKind.STABILITY)

    assert found.text == "trials of one case now differ more: spread 0 -> 32.1 points"


def timed(n: int, now: float, before: float, *, cost: tuple[float | None, float | None]) -> RunCase:
    """Return a case with 4 calls of so many seconds and dollars on each side."""
    case = make_run_case((), GOOD, id=f"c-{n:02}")
    usual = BaselineTrial(score=1.0, passed=True, latency_s=before, cost_usd=cost[0])
    assert case.baseline is not None
    return replace(
        case,
        planned=4,
        baseline=replace(case.baseline, trials=(usual,) * 4),
        trials=tuple(timed_trial(case.id, t, now, cost[1]) for t in range(4)),
    )


def timed_trial(id: str, trial: int, seconds: float, usd: float | None) -> Trial:
    output = make_output(latency_s=seconds + trial / 1000, cost_usd=usd)
    return make_trial(case=id, trial=trial, output=output)


def timed_run(
    now: float, before: float, *, cost: tuple[float | None, float | None] = (0.01, 0.01)
) -> Run:
    return run_of(*(timed(n, now, before, cost=cost) for n in range(10)))


def test_calls_that_became_slower_are_reported() -> None:
    found = findings(timed_run(2.0, 1.0), FindingKind.LATENCY)

    assert [finding.text for finding in found] == [
        "a typical call takes 2.00 times as long as in the baseline",
        "slow calls (1.8 times a case's usual time) rose by 100 points",
    ]
    assert not any(finding.blocks for finding in found)


def test_within_the_hour_of_the_baseline_a_smaller_slowdown_counts() -> None:
    run = timed_run(1.15, 1.0)
    soon = replace(run, baseline=make_baseline_ref(accepted_at=run.provenance.started_at))

    assert findings(run, FindingKind.LATENCY) == []
    assert len(findings(soon, FindingKind.LATENCY)) == 1


@pytest.mark.parametrize(
    "run",
    [
        pytest.param(timed_run(1.0, 1.0), id="as fast as before"),
        pytest.param(timed_run(1.0, 2.0), id="faster"),
        pytest.param(watching(timed_run(2.0, 1.0), latency=False), id="nobody asked for it"),
        pytest.param(run_of(*(make_run_case(id=f"c-{n}") for n in range(9))), id="no times"),
    ],
)
def test_there_is_no_slowdown_to_report(run: Run) -> None:
    assert findings(run, FindingKind.LATENCY) == []


def test_a_copied_answer_has_no_latency() -> None:
    run = timed_run(2.0, 1.0)
    copied = [
        replace(case, trials=tuple(_copied(trial) for trial in case.trials)) for case in run.cases
    ]

    assert findings(replace(run, cases=tuple(copied)), FindingKind.LATENCY) == []


def _copied(trial: Trial) -> Trial:
    assert trial.output is not None
    return replace(trial, output=replace(trial.output, copied=True))


def test_a_case_that_costs_more_than_its_limit_is_reported() -> None:
    (found,) = findings(timed_run(1.0, 1.0, cost=(0.01, 0.03)), FindingKind.COST)

    assert found.text == "a case costs 3.0 times as much as in the baseline (limit 2)"
    assert not found.blocks


@pytest.mark.parametrize(
    "run",
    [
        pytest.param(timed_run(1.0, 1.0, cost=(0.01, 0.02)), id="exactly the limit"),
        pytest.param(timed_run(1.0, 1.0, cost=(None, 0.03)), id="the price was unknown"),
        pytest.param(timed_run(1.0, 1.0, cost=(0.01, None)), id="the price is unknown"),
        pytest.param(timed_run(1.0, 1.0, cost=(0.0, 0.03)), id="the baseline was free"),
        pytest.param(
            watching(timed_run(1.0, 1.0, cost=(0.01, 0.03)), max_cost_ratio=None),
            id="nobody asked for it",
        ),
    ],
)
def test_there_is_no_cost_to_report(run: Run) -> None:
    assert findings(run, FindingKind.COST) == []


def reshuffled(resolved: str) -> Run:
    down = [make_run_case((0.0,) * 4, GOOD, id=f"d-{n}") for n in range(6)]
    up = [make_run_case((1.0,) * 4, BAD, id=f"u-{n}") for n in range(6)]
    rest = [make_run_case((1.0,) * 4, GOOD, id=f"r-{n}") for n in range(8)]
    run = run_of(*down, *up, *rest, baseline=make_baseline_ref(resolved_models=("m-1",)))
    return replace(run, provenance=replace(run.provenance, resolved_models=(resolved,)))


@pytest.mark.parametrize(
    ("resolved", "hint"),
    [
        pytest.param("m-1", "or trials are copies", id="the same model"),
        pytest.param("m-2", "the model changed", id="another model"),
    ],
)
def test_answers_that_changed_both_ways_are_reported(resolved: str, hint: str) -> None:
    (found,) = findings(reshuffled(resolved), FindingKind.BOTH_DIRECTIONS)

    assert hint in found.text
    assert not found.blocks


def test_without_a_model_on_both_sides_nothing_is_suspected() -> None:
    run = reshuffled("m-1")
    run = replace(run, provenance=replace(run.provenance, resolved_models=()))

    (found,) = findings(run, FindingKind.BOTH_DIRECTIONS)

    assert found.text.endswith(")")


def sliding(now: float, *, anchor: float | None = 0.9, cases: int = 10) -> Run:
    found = [make_carried((now + (n % 2) / 100,), id=f"c-{n}", anchor=anchor) for n in range(cases)]
    return make_run(*found, anchor=ANCHOR)


def test_a_slow_slide_below_the_anchor_is_reported_in_every_mode() -> None:
    (found,) = findings(sliding(0.8), FindingKind.ANCHOR)

    assert found.category == "review"
    assert found.text == "9.5 points below the anchor of 2026-01-05: 0.90 -> 0.81 over 10 cases"
    assert not found.blocks


@pytest.mark.parametrize(
    "run",
    [
        pytest.param(sliding(0.89), id="less than the margin"),
        pytest.param(sliding(0.95), id="above the anchor"),
        pytest.param(sliding(0.8, cases=4), id="fewer than 5 cases"),
        pytest.param(sliding(0.8, anchor=None), id="cases that the anchor does not know"),
        pytest.param(replace(sliding(0.8), anchor=None), id="no anchor"),
    ],
)
def test_there_is_no_slide_to_report(run: Run) -> None:
    assert findings(run, FindingKind.ANCHOR) == []
