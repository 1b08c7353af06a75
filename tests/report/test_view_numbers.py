"""The numbers of a report: signs, digits, sizes and limits."""

from collections.abc import Sequence

import pytest

from evalci.core.policy import MaxDrop
from evalci.core.run import RunCase
from tests.report.views import moved, view_of
from tests.runs import make_carried, make_category, make_limits, make_run, make_run_case


@pytest.mark.parametrize(
    ("before", "now", "baseline", "current", "delta"),
    [
        pytest.param(0.8, 0.8, "0.80", "0.80", "0 pp (0 %)", id="nothing moved"),
        pytest.param(0.8, 0.64, "0.80", "0.64", "−16 pp (−20 %)", id="no trailing zero"),
        pytest.param(0.8, 0.784, "0.80", "0.78", "−1.6 pp (−2 %)", id="one digit"),
        pytest.param(0.5, 0.7, "0.50", "0.70", "+20 pp (+40 %)", id="up with a plus"),
        pytest.param(0.8, 0.79996, "0.80", "0.80", "0 pp (0 %)", id="too small to show"),
        pytest.param(0.8, 0.80004, "0.80", "0.80", "0 pp (0 %)", id="too small to show, up"),
        pytest.param(0.0, 0.25, "0.00", "0.25", "+25 pp", id="from zero there is no share"),
        pytest.param(1.0, 0.0, "1.00", "0.00", "−100 pp (−100 %)", id="everything lost"),
        pytest.param(1.0, 0.99949, "1.00", "1.00", "−0.1 pp (−0.1 %)", id="just enough to show"),
    ],
)
def test_numbers_have_signs_and_are_rounded(
    before: float, now: float, baseline: str, current: str, delta: str
) -> None:
    row = view_of(make_run(*moved(before, now))).rows[0]

    assert (row.baseline, row.current, row.delta) == (baseline, current, delta)


def test_a_category_without_a_baseline_has_dashes_for_numbers() -> None:
    row = view_of(make_run(make_run_case((1.0,), None))).rows[0]

    assert (row.baseline, row.current, row.delta) == ("–", "1.00", "–")


@pytest.mark.parametrize(
    ("cases", "size"),
    [
        pytest.param([make_run_case((1.0, 1.0)), make_run_case((1.0,), id="b")], "2×2", id="all"),
        pytest.param([make_run_case(), make_carried(id="b")], "1×1 of 2", id="some carried"),
        pytest.param([make_carried(), make_carried(id="b")], "2 carried", id="all carried"),
    ],
)
def test_the_size_tells_cases_and_trials(cases: Sequence[RunCase], size: str) -> None:
    assert view_of(make_run(*cases)).rows[0].size == size


@pytest.mark.parametrize(
    ("limit", "shown"),
    [
        pytest.param(MaxDrop(points=0.05), "5 pp", id="points"),
        pytest.param(MaxDrop(points=0.025), "2.5 pp", id="half a point"),
        pytest.param(MaxDrop(relative=0.1), "10 %", id="a share"),
        pytest.param(MaxDrop(points=0.0), "0 pp", id="none allowed"),
    ],
)
def test_the_limit_is_shown_as_it_was_written(limit: MaxDrop, shown: str) -> None:
    category = make_category(limits=make_limits(max_drop=limit))

    view = view_of(make_run(make_run_case(), categories=[category]))

    assert view.rows[0].rule == shown
