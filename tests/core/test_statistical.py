"""The statistical modes behind the verdict: what a run's own limits make of the numbers."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from evalci.core.category import Category
from evalci.core.gate import decide
from evalci.core.policy import Mode, OnInconclusive
from evalci.core.run import Run, RunCase, Standing
from evalci.core.verdict import Outcome, Verdict
from evalci.errors import ExitCode
from tests.runs import make_carried, make_category, make_limits, make_run, make_run_case
from tests.verdicts import outcomes

LOOKS = (1, 2, 4, 8, 16)
ALWAYS, HALF = (1.0,) * 10, (1.0, 0.0) * 5
FAIR = (1.0, 0.0) * 8  # 16 trials, the cap


def cases_of(
    now: Sequence[float | None],
    before: Sequence[float] | None = ALWAYS,
    *,
    n: int = 30,
    category: str = "review",
    **changes: Any,
) -> list[RunCase]:
    return [
        make_run_case(now, before, id=f"{category}-{i:02}", category=category, **changes)
        for i in range(n)
    ]


def decided(
    *cases: RunCase,
    categories: Sequence[Category] | None = None,
    mode: Mode = Mode.EVIDENCE,
    **changes: Any,
) -> Verdict:
    run: Run = make_run(*cases, categories=categories, **changes)
    return decide(replace(run, gate=replace(run.gate, mode=mode, looks=LOOKS)))


def undecided(*, policy: OnInconclusive) -> Verdict:
    """Return the verdict of a category that fell by a little more than its margin at the cap."""
    limits = make_limits(on_inconclusive=policy)
    cases = [
        make_run_case(tuple(float((n + t) % 9 < 4) for t in range(16)), HALF, id=f"c-{n:02}")
        for n in range(30)
    ]
    return decided(*cases, categories=[make_category(limits=limits)])


@pytest.mark.parametrize("mode", [Mode.EVIDENCE, Mode.EXACT, Mode.ENTROPY])
def test_a_category_that_broke_fails_in_every_mode(mode: Mode) -> None:
    verdict = decided(
        *cases_of((0.0,) * 8, n=10), *cases_of((1.0,) * 8, n=10, category="fine"), mode=mode
    )

    assert outcomes(verdict) == {"review": Outcome.REGRESSION, "fine": Outcome.PASS}
    assert verdict.exit_code is ExitCode.GATE_FAILED


@pytest.mark.parametrize(
    ("policy", "code"),
    [
        pytest.param(OnInconclusive.PASS, ExitCode.OK, id="pass"),
        pytest.param(OnInconclusive.NEUTRAL, ExitCode.OK, id="neutral"),
        pytest.param(OnInconclusive.FAIL, ExitCode.GATE_FAILED, id="fail"),
    ],
)
def test_what_is_undecided_at_the_cap_does_what_the_policy_says(
    policy: OnInconclusive, code: ExitCode
) -> None:
    verdict = undecided(policy=policy)

    assert outcomes(verdict) == {"review": Outcome.INCONCLUSIVE}
    assert verdict.exit_code is code


def test_too_many_missing_trials_are_not_measured_even_where_the_rest_fell() -> None:
    fallen = cases_of((0.0, None), n=10)

    verdict = decided(*fallen)

    assert outcomes(verdict) == {"review": Outcome.NOT_MEASURED}
    assert verdict.exit_code is ExitCode.NOT_MEASURED


def test_a_regression_stands_beside_a_category_that_was_not_measured() -> None:
    verdict = decided(*cases_of((0.0,) * 4), *cases_of((None,), category="down"))

    assert outcomes(verdict) == {"review": Outcome.REGRESSION, "down": Outcome.NOT_MEASURED}
    assert verdict.exit_code is ExitCode.GATE_FAILED


@pytest.mark.parametrize("standing", [Standing.EDITED, Standing.RESCORED])
def test_a_category_that_was_edited_too_much_is_never_green(standing: Standing) -> None:
    kept = cases_of((1.0,), n=20)
    changed = cases_of((1.0,), n=10, standing=standing)
    renamed = [replace(case, id=f"changed-{case.id}") for case in changed]

    verdict = decided(*kept, *renamed)

    assert outcomes(verdict) == {"review": Outcome.NOT_COMPARABLE}
    assert verdict.outcome is Outcome.NOT_COMPARABLE
    assert verdict.exit_code is ExitCode.OK


def carried(n: int) -> list[RunCase]:
    return [make_carried(id=f"kept-{i:02}") for i in range(n)]


@pytest.mark.parametrize(
    ("before", "standing", "words"),
    [
        pytest.param(ALWAYS, Standing.EDITED, "1 edited case", id="edited"),
        pytest.param(None, Standing.NEW, "1 new case", id="new"),
    ],
)
@pytest.mark.parametrize("mode", [Mode.EVIDENCE, Mode.THRESHOLD])
def test_one_case_beside_those_that_were_carried_forward_changes_no_outcome(
    before: Sequence[float] | None, standing: Standing, words: str, mode: Mode
) -> None:
    one = cases_of((1.0,), before, n=1, standing=standing)

    verdict = decided(*carried(5), *one, mode=mode)

    assert outcomes(verdict) == {"review": Outcome.UNCHANGED}
    assert verdict.categories[0].reason == f"{words}: not compared"


def test_many_edits_beside_those_that_were_carried_forward_are_not_comparable() -> None:
    verdict = decided(*carried(10), *cases_of((1.0,), n=3, standing=Standing.EDITED))

    assert outcomes(verdict) == {"review": Outcome.NOT_COMPARABLE}


def test_a_category_that_was_edited_too_much_fails_where_the_undecided_fails() -> None:
    limits = make_limits(on_inconclusive=OnInconclusive.FAIL)

    verdict = decided(
        *cases_of((1.0,), n=6, standing=Standing.EDITED), categories=[make_category(limits=limits)]
    )

    assert verdict.exit_code is ExitCode.GATE_FAILED


def test_fewer_than_5_cases_are_shown_and_fail_nothing_alone() -> None:
    verdict = decided(*cases_of((0.0,), (1.0,), n=1, category="tiny"), *cases_of((1.0,) * 4, n=40))

    assert outcomes(verdict) == {"tiny": Outcome.ADVISORY, "review": Outcome.PASS}
    assert verdict.exit_code is ExitCode.OK


def test_small_categories_are_decided_together() -> None:
    verdict = decided(
        *cases_of((0.0,) * 4, n=4, category="one"), *cases_of((0.0,) * 4, n=3, category="two")
    )

    assert outcomes(verdict) == {"one": Outcome.REGRESSION, "two": Outcome.REGRESSION}


def test_new_cases_are_not_compared() -> None:
    verdict = decided(*cases_of((0.0,), None))

    assert outcomes(verdict) == {"review": Outcome.NO_BASELINE}


def test_a_category_below_its_floor_fails_although_it_did_not_fall() -> None:
    limits = make_limits(min_score=0.8)

    verdict = decided(*cases_of(FAIR, HALF), categories=[make_category(limits=limits)])

    assert outcomes(verdict) == {"review": Outcome.BELOW_FLOOR}
    assert verdict.exit_code is ExitCode.GATE_FAILED


def test_a_category_that_rose_beyond_chance_improved() -> None:
    verdict = decided(*cases_of((1.0,) * 4, HALF))

    assert outcomes(verdict) == {"review": Outcome.IMPROVED}


def test_a_fall_that_is_spread_over_small_categories_fails_the_run_as_a_whole() -> None:
    one_each = [make_run_case((0.0,) * 4, ALWAYS, id=f"c-{n}", category="review") for n in range(4)]

    verdict = decided(*one_each)

    assert outcomes(verdict) == {"review": Outcome.ADVISORY}
    assert verdict.exit_code is ExitCode.GATE_FAILED


def test_graded_categories_are_held_to_half_the_detect() -> None:
    plain = decided(*cases_of((1.0,) * 2))
    graded = decided(*cases_of((1.0,) * 2, graded=True))

    detects = [v.categories[0].decision for v in (plain, graded)]
    assert [d and round(d.detect, 3) for d in detects] == [0.1, 0.05]


def test_the_order_of_the_cases_changes_nothing() -> None:
    cases = [*cases_of((1.0, 0.0), HALF), *cases_of((0.0,) * 2, category="other")]

    forwards, backwards = decided(*cases), decided(*reversed(cases))

    assert forwards.decision == backwards.decision
