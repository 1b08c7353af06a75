"""What is drawn of a run: its categories, and all of its cases as one more."""

from typing import Any

import pytest

from evalci.core.history import Trigger
from evalci.core.history_points import ALL, drawn_of, names_of, point_of
from tests.records import make_case_record, make_category_record, make_record


def test_all_cases_together_are_one_more_category() -> None:
    record = make_record(
        categories=(
            make_category_record("extract", cases=1, mean=1.0),
            make_category_record("reply", cases=3, mean=0.6),
        ),
        cases=(
            make_case_record((1.0,), id="e", category="extract", refused=1),
            *(make_case_record((0.6,), id=f"r{n}", category="reply") for n in range(3)),
        ),
    )

    whole = point_of(record).categories[ALL]

    assert (whole.cases, whole.trials, whole.refused) == (4, 4, 1)
    assert whole.mean == pytest.approx(0.7)


@pytest.mark.parametrize(
    ("baselines", "expected"),
    [
        pytest.param((0.8, 0.6), 0.65, id="each case counts the same"),
        pytest.param((0.8, None), None, id="unknown as soon as one of them is"),
    ],
)
def test_the_baseline_of_all_cases(
    baselines: tuple[float, float | None], expected: float | None
) -> None:
    record = make_record(
        categories=(
            make_category_record("extract", cases=1, baseline=baselines[0]),
            make_category_record("reply", cases=3, baseline=baselines[1]),
        )
    )

    found = point_of(record).categories[ALL].baseline

    assert found == (None if expected is None else pytest.approx(expected))


def test_the_drop_of_all_cases_is_that_of_the_cases_compared() -> None:
    record = make_record(
        categories=(
            make_category_record("extract", cases=1, mean=0.5, baseline=0.9, drop=0.2),
            make_category_record("reply", cases=3, mean=0.5, baseline=0.9, drop=0.0),
        )
    )

    assert point_of(record).categories[ALL].drop == pytest.approx(0.05)


def test_a_price_is_unknown_as_soon_as_one_of_them_is() -> None:
    cases = (make_case_record(id="a", cost_usd=0.1), make_case_record(id="b"))

    assert point_of(make_record(cases=cases)).categories[ALL].cost_usd is None


def test_a_case_without_a_scored_trial_has_no_mean() -> None:
    cases = (make_case_record((None,), id="a"), make_case_record((0.5, 1.0), id="b"))

    assert point_of(make_record(cases=cases)).means == {"b": 0.75}


@pytest.mark.parametrize(
    ("changes", "drawn"),
    [
        pytest.param({}, True, id="every case was asked"),
        pytest.param({"selection": "affected"}, False, id="only affected cases were"),
        pytest.param({"carried": 3}, False, id="some were not asked"),
        pytest.param({"complete": False}, False, id="it was broken off"),
        pytest.param({"trigger": Trigger.PULL_REQUEST}, False, id="of a pull request"),
        pytest.param({"trigger": Trigger.DISPATCH}, False, id="a look more"),
    ],
)
def test_only_runs_of_the_same_cases_lie_on_a_line(changes: dict[str, Any], drawn: bool) -> None:
    point = point_of(make_record(**{"trigger": Trigger.MANUAL, **changes}))

    assert (drawn_of([point]) == (point,)) is drawn


def test_where_the_weekly_run_asks_only_some_cases_those_are_drawn() -> None:
    weekly = point_of(make_record("a", selection="chosen cases"))
    whole = point_of(make_record("b", trigger=Trigger.PUSH))

    assert drawn_of([weekly, whole]) == (weekly,)


def test_the_name_of_all_cases_is_no_category() -> None:
    assert names_of([point_of(make_record())]) == ("review",)
