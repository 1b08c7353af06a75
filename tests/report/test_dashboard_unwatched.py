"""What the dashboard says where the drift monitor saw nothing: a category, or every one of them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from evalci.core.history import CaseRecord, RunRecord, Trigger
from tests.report.weekly_runs import fallen_twice, fell, series, without

UNSCORED: dict[str, Any] = {"mean": None, "drop": None, "cases": 0, "unscored": 27}


def blinded(*names: str, weeks: int = 4, **changes: Any) -> list[RunRecord]:
    """Return weekly runs without a fall, of which the last show otherwise what is named."""
    runs = [without(without(run, "b"), "c") for run in fallen_twice()]
    wide = [
        replace(run, categories=tuple(fell(name, 0.0) for name in "ab"), cases=two(run))
        for run in runs
    ]
    late = len(wide) - weeks
    return [*wide[:late], *(blind(run, names, changes) for run in wide[late:])]


def two(run: RunRecord) -> tuple[CaseRecord, ...]:
    """Return the cases of a run once more, in a second category."""
    again = [replace(case, id=f"b-{case.id}", category="b") for case in run.cases]
    return (*run.cases, *again)


def blind(run: RunRecord, names: Sequence[str], changes: dict[str, Any]) -> RunRecord:
    """Return a run in which some categories are otherwise."""
    seen = [replace(one, **changes) if one.name in names else one for one in run.categories]
    return replace(run, categories=tuple(seen))


def guarded(run: RunRecord) -> RunRecord:
    """Return a run whose judge did not move."""
    seen = [replace(one, judge_shift=0.0, judge_error=0.01) for one in run.categories]
    return replace(run, categories=tuple(seen))


def test_after_a_long_silence_nothing_is_called_steady() -> None:
    found = series([without(without(run, "b"), "c") for run in fallen_twice()], days_later=30)

    assert found.standing.title == "no whole run for 30 days"
    assert {one.standing.tone for one in found.categories} == {"dull"}


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"drop": None}, id="not compared"),
        pytest.param(UNSCORED, id="not scored"),
        pytest.param({"unscored": 9}, id="too few scored"),
    ],
)
def test_a_category_that_the_monitor_does_not_see_is_named(changes: dict[str, Any]) -> None:
    found = series(blinded("b", **changes))

    assert (found.standing.sign, found.standing.title) == ("–", "not watched: b")
    assert "Of b the drift monitor saw nothing for over 15 days." in found.standing.sentence
    assert {one.label: one.standing.title for one in found.categories} == {
        "all cases": "steady then",
        "a": "steady",
        "b": "steady then",
    }


def test_a_category_that_was_compared_never_is_named_after_some_weeks() -> None:
    assert series(blinded("b", weeks=12, drop=None)).standing.title == "not watched: b"


def test_a_category_unseen_for_a_usual_while_does_not_hide_that_all_is_well() -> None:
    assert series(blinded("b", weeks=1, drop=None)).standing.title == "no drift"


def test_a_drift_does_not_hide_that_another_category_is_not_seen() -> None:
    runs = fallen_twice()
    records = [*runs[:-4], *(blind(run, ("a",), {"drop": None}) for run in runs[-4:])]

    standing = series(records).standing

    assert standing.title == "drift in b, c"
    assert "Of a the drift monitor saw nothing" in standing.sentence


@pytest.mark.parametrize(
    "records",
    [
        pytest.param(blinded("a", "b", drop=None), id="nothing compared"),
        pytest.param(
            [guarded(run) if week < 8 else run for week, run in enumerate(blinded())],
            id="judge unknown",
        ),
        pytest.param(
            [
                run if week < 8 else replace(run, trigger=Trigger.PUSH)
                for week, run in enumerate(blinded())
            ],
            id="only pushes",
        ),
    ],
)
def test_runs_that_the_monitor_does_not_see_are_silence(records: Sequence[RunRecord]) -> None:
    found = series(records)

    assert found.standing.title == "not watched for 29 days"
    assert {one.standing.title for one in found.categories} == {"steady then"}


def test_an_old_score_says_of_which_day_it_is() -> None:
    found = series(blinded("b", **UNSCORED))

    latest = {one.label: (one.latest, one.change) for one in found.categories}
    assert latest["b"] == ("0.80", f"as of {found.days[-5]}")


def test_an_alarm_stays_an_alarm_in_silence() -> None:
    assert series(fallen_twice(), days_later=30).standing.title == "drift in b, c"
