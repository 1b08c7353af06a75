"""Baselines as text: who accepted what, and what moved between two of them."""

import pytest

from evalci.core.baseline import Baseline
from evalci.report.baselines import baseline_diff_lines, baseline_lines
from tests.baselines import make_acceptance, make_baseline, make_baseline_case
from tests.fake_repository import COMMIT
from tests.report.gate_faces import accepted

NAMES = {"a-1": "review", "a-2": "review", "b-1": "docs"}
BASE = make_baseline(
    make_baseline_case((1.0, 0.0), id="a-1"),
    make_baseline_case((1.0, 1.0, 1.0), id="a-2"),
    make_baseline_case((0.5,), id="b-1"),
)


def test_a_baseline_shows_who_accepted_it_and_each_category() -> None:
    assert baseline_lines(BASE, NAMES) == [
        "demo 1.2.0 with openai/stand-in",
        f"accepted 2026-03-01T09:00:00+00:00 by Ada at {COMMIT[:7]}: first baseline",
        "  docs: 0.50, 1 case × 1 trial",
        "  review: 0.75, 2 cases × 2-3 trials",
    ]


def test_a_baseline_of_code_shows_the_rate_of_each_gate() -> None:
    baseline = make_baseline(accepted("a-1", (5, 5, 2, 2)), accepted("a-2", (4,)))

    assert baseline_lines(baseline, NAMES)[-1] == (
        "  code gates: extracts 100 %, compiles 100 %, tests 75 %, types 75 %, lint 25 %"
    )


def test_cases_the_golden_set_lost_are_a_group_of_their_own() -> None:
    lines = baseline_lines(BASE, {"a-1": "review"})

    assert lines[2:] == [
        "  (no longer in the golden set): 0.75, 2 cases × 1-3 trials",
        "  review: 0.50, 1 case × 2 trials",
    ]


@pytest.mark.parametrize(
    ("baseline", "part"),
    [
        pytest.param(make_baseline(commit=None), "at no commit: ", id="no commit"),
        pytest.param(make_baseline(accepted=make_acceptance(by="")), "by unknown at", id="nobody"),
        pytest.param(
            make_baseline(accepted=make_acceptance(reason="a\x1b[31m\nb")), ": a b", id="a reason"
        ),
    ],
)
def test_what_is_missing_or_hostile_is_said_plainly(baseline: Baseline, part: str) -> None:
    assert part in baseline_lines(baseline, NAMES)[1]


def test_a_baseline_that_the_commit_has_not_is_named() -> None:
    assert baseline_diff_lines(None, BASE, NAMES, ref="main") == [
        "demo with openai/stand-in: only in the working tree, main has no baseline"
    ]


def test_equal_baselines_have_nothing_changed() -> None:
    assert baseline_diff_lines(BASE, BASE, NAMES, ref="main") == [
        "demo with openai/stand-in: 0 cases changed, 0 new, 0 gone since main",
        "  docs: 0.50 → 0.50",
        "  review: 0.75 → 0.75",
    ]


def test_what_moved_is_shown_by_category_and_then_by_case() -> None:
    after = make_baseline(
        make_baseline_case((0.0,), id="a-1"),
        make_baseline_case((0.1,), id="a-2"),
        make_baseline_case((1.0,), id="c-1"),
    )

    lines = baseline_diff_lines(BASE, after, {**NAMES, "c-1": "new"}, ref="v1")

    assert lines == [
        "demo with openai/stand-in: 2 cases changed, 1 new, 1 gone since v1",
        "  docs: 0.50 → –",
        "  new: – → 1.00",
        "  review: 0.75 → 0.05",
        "    a-2: 1.00 → 0.10",
        "    a-1: 0.50 → 0.00",
    ]


def test_only_the_ten_cases_that_moved_most_are_shown() -> None:
    before = make_baseline(*(make_baseline_case((1.0,), id=f"c-{n:02}") for n in range(20)))
    after = make_baseline(*(make_baseline_case((n / 20,), id=f"c-{n:02}") for n in range(20)))

    lines = baseline_diff_lines(before, after, {}, ref="main")

    assert [line.split(":")[0].strip() for line in lines[2:]] == [f"c-{n:02}" for n in range(10)]
