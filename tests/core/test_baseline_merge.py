"""Joining the baselines of two branches: what is kept, what adds up, what is a conflict."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from evalci.core.baseline import BaselineCase, BaselineTrial
from evalci.core.baseline_merge import merge_baselines
from evalci.core.hashes import CaseHashes
from evalci.errors import BadInputError
from tests.baselines import make_acceptance, make_baseline, make_baseline_case
from tests.cases import make_hashes

OLD, MINE, OTHER = make_hashes("old"), make_hashes("mine"), make_hashes("other")
CASE = make_baseline_case((1.0, 1.0), id="a-1", hashes=OLD)


def scores(case: BaselineCase) -> list[float]:
    return [trial.score for trial in case.trials]


def measured(values: Sequence[float], hashes: CaseHashes = OLD) -> BaselineCase:
    return make_baseline_case(values, id="a-1", hashes=hashes)


KEPT = make_baseline_case(id="z-9")


@pytest.mark.parametrize(
    ("ours", "theirs", "expected", "conflict"),
    [
        pytest.param(CASE, CASE, [1.0, 1.0], False, id="neither changed it"),
        pytest.param(measured((0.5,), MINE), CASE, [0.5], False, id="we changed it"),
        pytest.param(CASE, measured((0.5,), OTHER), [0.5], False, id="they changed it"),
        pytest.param(None, CASE, None, False, id="we removed it"),
        pytest.param(CASE, None, None, False, id="they removed it"),
        pytest.param(
            None, measured((0.5,), OTHER), [0.5], False, id="removed here, measured anew there"
        ),
        pytest.param(
            measured((0.5,), MINE), measured((0.4,), OTHER), [0.5], True, id="both, differently"
        ),
        pytest.param(
            measured((0.5,), MINE), measured((0.4,), MINE), [0.5, 0.4], False, id="both, alike"
        ),
        pytest.param(
            measured((1.0, 1.0, 0.9)),
            measured((1.0, 1.0, 0.8)),
            [1.0, 1.0, 0.9, 0.8],
            False,
            id="both added trials",
        ),
        pytest.param(
            measured((1.0, 1.0, 0.9)),
            measured((0.4,), OTHER),
            [0.4],
            False,
            id="more trials here, another request there",
        ),
        pytest.param(
            measured((0.4,), MINE),
            measured((1.0, 1.0, 0.9)),
            [0.4],
            False,
            id="another request here, more trials there",
        ),
    ],
)
def test_one_case(
    ours: BaselineCase | None,
    theirs: BaselineCase | None,
    expected: list[float] | None,
    conflict: bool,
) -> None:
    sides = [
        make_baseline(KEPT, *([] if case is None else [case])) for case in (CASE, ours, theirs)
    ]

    merged = merge_baselines(*sides)

    found = merged.baseline.by_id().get("a-1")
    assert (found and scores(found)) == expected
    assert merged.conflicts == (("a-1",) if conflict else ())


def test_cases_that_each_side_added_are_all_there_and_sorted() -> None:
    base = make_baseline(CASE)
    ours = make_baseline(CASE, make_baseline_case(id="c-1"))
    theirs = make_baseline(CASE, make_baseline_case(id="b-1"))

    merged = merge_baselines(base, ours, theirs)

    assert [case.id for case in merged.baseline.cases] == ["a-1", "b-1", "c-1"]


def test_the_order_of_the_sides_changes_no_set_of_cases_and_no_number_of_trials() -> None:
    base = make_baseline(CASE)
    ours = make_baseline(measured((1.0, 1.0, 0.9)), make_baseline_case(id="c-1"))
    theirs = make_baseline(measured((1.0, 1.0, 0.8, 0.7)))

    one, two = merge_baselines(base, ours, theirs), merge_baselines(base, theirs, ours)

    assert [(c.id, sorted(scores(c))) for c in one.baseline.cases] == [
        (c.id, sorted(scores(c))) for c in two.baseline.cases
    ]


def test_a_side_that_holds_the_other_already_adds_nothing() -> None:
    base = make_baseline(CASE, runs=("r1",))
    ours = make_baseline(measured((1.0, 1.0, 0.9)), runs=("r1", "r2"))
    theirs = make_baseline(measured((1.0, 1.0, 0.9, 0.8)), runs=("r1", "r2", "r3"))

    merged = merge_baselines(base, ours, theirs)

    assert scores(merged.baseline.cases[0]) == [1.0, 1.0, 0.9, 0.8]
    assert merged.baseline.runs == ("r1", "r2", "r3")


def test_equal_trials_of_two_runs_are_two_trials() -> None:
    ours = make_baseline(measured((1.0, 1.0, 1.0)), runs=("r1", "r2"))
    theirs = make_baseline(measured((1.0, 1.0, 1.0)), runs=("r1", "r3"), commit="f" * 40)

    merged = merge_baselines(make_baseline(CASE, runs=("r1",)), ours, theirs)

    assert scores(merged.baseline.cases[0]) == [1.0] * 4


def test_a_case_keeps_its_newest_twenty_trials() -> None:
    ours, theirs = [0.1] * 19, [0.2] * 19

    merged = merge_baselines(None, make_baseline(measured(ours)), make_baseline(measured(theirs)))

    assert scores(merged.baseline.cases[0]) == [0.1, *theirs]


def test_both_reasons_stay_the_earlier_one_first() -> None:
    early = make_acceptance(by="Ada", reason="warmer", at="2026-03-01T08:00:00+00:00")
    late = make_acceptance(by="Grace", reason="shorter", at="2026-03-02T08:00:00+00:00")
    ours = make_baseline(CASE, make_baseline_case(id="b-1"), accepted=late, commit="a" * 40)
    theirs = make_baseline(CASE, make_baseline_case(id="c-1"), accepted=early, commit="b" * 40)

    merged = merge_baselines(make_baseline(CASE), ours, theirs).baseline

    assert (merged.accepted.by, merged.accepted.reason) == ("Ada, Grace", "warmer; shorter")
    assert (merged.accepted.at, merged.commit) == (late.at, "a" * 40)


def test_what_one_side_said_of_prompts_and_models_is_kept() -> None:
    base = make_baseline(CASE, prompts={"p.md": "1", "q.md": "1"}, resolved_models=("m-1",))
    ours = replace(base, prompts={"p.md": "2", "q.md": "1"}, resolved_models=("m-2",))
    theirs = replace(base, prompts={"p.md": "1", "r.md": "1"}, golden_set_version="9.9")

    merged = merge_baselines(base, ours, theirs).baseline

    assert merged.prompts == {"p.md": "2", "r.md": "1"}
    assert (merged.resolved_models, merged.golden_set_version) == (("m-2",), "9.9")


def test_baselines_of_two_golden_sets_are_refused() -> None:
    with pytest.raises(BadInputError, match="cannot be merged"):
        merge_baselines(None, make_baseline(CASE), make_baseline(CASE, golden_set="shop"))


def test_nothing_left_is_refused() -> None:
    other = make_baseline_case(id="b-1")

    with pytest.raises(BadInputError, match="leave no case"):
        merge_baselines(make_baseline(CASE, other), make_baseline(CASE), make_baseline(other))


def test_trials_of_a_baseline_compare_by_all_they_hold() -> None:
    quick, slow = (BaselineTrial(score=1.0, latency_s=s) for s in (0.1, 0.2))
    ours, theirs = (replace(CASE, trials=(trial,)) for trial in (quick, slow))

    merged = merge_baselines(None, make_baseline(ours), make_baseline(theirs))

    assert merged.baseline.cases[0].trials == (quick, slow)
