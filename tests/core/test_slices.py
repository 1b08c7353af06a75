"""Slices: which values are looked at, which are found, and that none of them decides."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from evalci.core.gate import decide
from evalci.core.policy import Mode
from evalci.core.run import Run, RunCase
from evalci.core.slice import Slice, Slices
from evalci.core.verdict import Outcome
from tests.baselines import make_baseline_case
from tests.runs import make_run, make_run_case

STEADY, LOST, WON = ((1.0,) * 4, (1.0,) * 10), ((0.0,) * 4, (1.0,) * 10), ((1.0,) * 4, (0.0,) * 10)


def some(
    count: int,
    sides: tuple[Sequence[float | None], Sequence[float]] = STEADY,
    *,
    category: str = "review",
    graded: bool = False,
    **dimensions: str | tuple[str, ...],
) -> list[RunCase]:
    """Return cases of one category with these dimensions."""
    now, before = sides
    name = "-".join(map(str, (category, *dimensions.values())))
    values = {
        key: (value,) if isinstance(value, str) else value for key, value in dimensions.items()
    }
    return [
        make_run_case(
            now, before, id=f"{name}-{n}", category=category, graded=graded, dimensions=values
        )
        for n in range(count)
    ]


def run_of(*groups: list[RunCase], mode: Mode = Mode.EVIDENCE) -> Run:
    run = make_run(*(case for group in groups for case in group))
    return replace(run, gate=replace(run.gate, mode=mode, looks=(1, 2, 4)))


def looked(run: Run) -> Slices:
    return decide(run).slices


def found(*groups: list[RunCase]) -> dict[str, Slice]:
    return {one.name: one for one in looked(run_of(*groups)).found}


MIXED = (
    *(some(4, LOST, category=name, language="go") for name in ("docs", "review")),
    *(some(4, WON, category=name, language="rust") for name in ("docs", "review")),
    *(some(12, category=name, language="c") for name in ("docs", "review")),
)


def test_a_value_that_fell_across_categories_is_found_with_its_numbers() -> None:
    go = found(*MIXED)["language=go"]

    assert (go.cases, go.trials, go.before, go.now, go.drop) == (8, 4, 1.0, 0.0, 1.0)
    assert go.z > 2
    assert 0 <= go.p <= go.adjusted < 0.001


def test_a_value_that_rose_is_found_as_well_and_the_worst_stands_first() -> None:
    slices = looked(run_of(*MIXED))

    assert [(one.name, one.drop) for one in slices.found] == [
        ("language=go", 1.0),
        ("language=rust", -1.0),
    ]
    assert slices.looked_at == 3


def test_a_fall_and_a_rise_of_one_size_have_one_p() -> None:
    slices = found(*MIXED)

    assert slices["language=go"].p == pytest.approx(slices["language=rust"].p)


def test_a_value_where_nothing_varies_is_looked_at_and_not_found() -> None:
    slices = looked(run_of(some(6, language="go"), some(6, language="c")))

    assert (slices.looked_at, slices.found) == (2, ())


@pytest.mark.parametrize(
    "groups",
    [
        pytest.param([some(9), some(9, category="docs")], id="no dimensions"),
        pytest.param(
            [some(9, task_type="review"), some(9, category="docs", task_type="docs")],
            id="the value is a category",
        ),
        pytest.param(
            [some(9, language="go"), some(9, category="docs", language="go")],
            id="every case has the one value",
        ),
        pytest.param([some(4, LOST, language="go"), some(4, language="c")], id="four cases each"),
        pytest.param([], id="no cases"),
    ],
)
def test_a_value_is_no_slice(groups: list[list[RunCase]]) -> None:
    assert looked(run_of(*groups)).looked_at == 0


def test_a_case_counts_once_for_each_of_its_tags() -> None:
    slices = found(some(6, LOST, tags=("canary", "slow", "canary")), some(9, tags="slow"))

    assert {name: one.cases for name, one in slices.items()} == {"tags=canary": 6}


def test_cases_without_the_dimension_set_a_single_value_apart() -> None:
    slices = found(
        some(4, LOST, tags="canary"), some(4, LOST, tags="canary", language="go"), some(9)
    )

    assert slices["tags=canary"].cases == 8


def test_cases_that_are_not_compared_count_in_no_slice() -> None:
    fresh = [replace(case, baseline=None) for case in some(3, LOST, language="go", domain="new")]

    slices = found(some(5, LOST, language="go"), fresh, some(9, language="c"))

    assert slices["language=go"].cases == 5


def test_a_category_that_was_not_measured_counts_in_no_slice() -> None:
    gone = some(9, ((None,) * 4, (1.0,) * 10), category="docs", language="go")
    slices = found(some(5, LOST, language="go"), some(9, language="c"), gone)

    assert slices["language=go"].cases == 5


def test_graded_cases_are_judged_by_the_normal_tail() -> None:
    lower = ((0.5, 0.4, 0.6, 0.5), (0.7, 0.8) * 5)
    go = found(some(6, lower, graded=True, language="go"), some(9, language="c"))["language=go"]

    assert go.drop == pytest.approx(0.25)
    assert 0 < go.p < 0.001


def test_the_correction_is_over_all_slices_looked_at() -> None:
    faint = ((1.0, 0.0, 0.0, 0.0), (1.0, 0.0) * 5)
    alone = found(some(9, faint, language="go"), some(9, language="c"))
    many = [some(5, language=f"l{n}") for n in range(60)]

    among_many = found(some(9, faint, language="go"), *many)

    assert alone["language=go"].adjusted == pytest.approx(2 * alone["language=go"].p)
    assert among_many == {}


@pytest.mark.parametrize("mode", list(Mode))
def test_a_slice_never_decides(mode: Mode) -> None:
    coin = (1.0, 0.0) * 5
    groups = (
        some(6, ((0.0, 1.0, 0.0, 0.0), coin), language="go"),
        some(6, ((1.0, 1.0, 0.0, 1.0), coin), language="rust"),
        some(6, ((0.0, 0.0, 1.0, 0.0), coin), category="docs", language="go"),
        some(6, ((1.0, 0.0, 1.0, 1.0), coin), category="docs", language="rust"),
        some(40, language="c"),
        some(40, category="docs", language="c"),
    )

    verdict = decide(run_of(*groups, mode=mode))

    assert [one.name for one in verdict.slices.found] == ["language=go", "language=rust"]
    assert (verdict.outcome, verdict.blocking) == (Outcome.PASS, False)


def test_the_order_of_the_cases_changes_nothing() -> None:
    run = run_of(*MIXED)
    turned = replace(run, cases=run.cases[::-1])

    assert looked(turned) == looked(run)


def test_one_baseline_trial_is_enough_to_look() -> None:
    single = [
        replace(case, baseline=make_baseline_case((1.0,), id=case.id))
        for case in some(9, LOST, language="go")
    ]

    assert "language=go" in found(single, some(9, language="c"))
