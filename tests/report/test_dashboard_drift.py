"""What the dashboard says of a fall: since when, who moved, and what is no drift of the model."""

from dataclasses import replace
from typing import Any

import pytest

from evalci.core.history import RunRecord
from tests.report.weekly_runs import fallen_twice, series, without


def test_in_a_category_that_drifts_now_is_since_the_drift_began() -> None:
    records = [
        replace(run, cases=tuple(replace(case, scores=(score,) * 3) for case in run.cases))
        for week, run in enumerate(fallen_twice())
        for score in [0.9 if week < 6 else 0.6]
    ]

    views = {case.category: case for case in series(records).cases}

    assert (views["b"].earlier, views["b"].latest) == ("0.90", "0.60")
    assert views["a"].earlier == "0.82"


def test_each_drift_that_lasts_is_explained() -> None:
    standing = series(fallen_twice()).standing

    assert standing.title == "drift in b, c"
    assert "b fell 30.0 pp about 2026-04-13" in standing.sentence
    assert "c fell 30.0 pp about 2026-04-27" in standing.sentence


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({}, "the vendor moved, by all that is known", id="nothing has another name"),
        pytest.param(
            {"model_id": "command/answer"}, "your pipeline, or a vendor behind it,", id="our own"
        ),
        pytest.param(
            {"resolved_models": ("m-1", "m-2")}, "(model version m-1 → m-2)", id="renamed"
        ),
        pytest.param({"evalci": ("0.1", "0.2")}, "we changed evalci", id="of ours"),
    ],
)
def test_an_alarm_says_who_moved_as_far_as_is_known(changes: dict[str, Any], said: str) -> None:
    def changed(run: RunRecord, *, late: bool) -> RunRecord:
        pairs = {
            name: value[late] if isinstance(value, tuple) else value
            for name, value in changes.items()
        }
        if "resolved_models" in pairs:
            pairs["resolved_models"] = (pairs["resolved_models"],)
        return replace(run, **pairs)

    records = [changed(run, late=week > 5) for week, run in enumerate(fallen_twice())]

    assert said in series(records).standing.sentence


def test_a_fall_of_our_own_doing_is_not_called_drift() -> None:
    records = [
        replace(run, evalci="0.1" if week < 6 else "0.2") for week, run in enumerate(fallen_twice())
    ]

    found = series([without(run, "c") for run in records])

    assert found.standing.title == "after a change of ours, down: b"
    assert found.categories[1].standing.title == "down"


def test_a_judge_that_moved_is_not_the_model() -> None:
    def judged(run: RunRecord, shift: float) -> RunRecord:
        moved = [
            replace(one, judge_shift=shift, judge_error=0.01, drop=-shift) for one in run.categories
        ]
        return replace(run, categories=tuple(moved))

    runs = fallen_twice()
    records = [judged(run, 0.2 if week > 5 else 0.0) for week, run in enumerate(runs)]

    found = series(records)

    assert found.standing.title == "judge moved in a, b, c"
    assert "a is judged 20.0 pp higher since about 2026-04-13; the judge moved" in (
        found.standing.sentence
    )
    assert found.falls == ()


def test_categories_that_drift_stand_before_the_others() -> None:
    assert [one.name for one in series(fallen_twice()).categories] == ["", "b", "c", "a"]


def test_the_time_of_a_fall_is_marked() -> None:
    found = series(fallen_twice())

    falls = {fall.category: (fall.since, fall.until) for fall in found.falls}
    assert falls == {name: (found.times[n], found.times[-1]) for name, n in (("b", 6), ("c", 8))}


def test_a_category_that_is_gone_says_so_and_drifts_no_more() -> None:
    records = fallen_twice()

    found = series([*records[:-1], without(records[-1], "c")])

    assert found.standing.title == "drift in b"
    last = found.categories[-1]
    assert (last.name, last.standing.title) == ("c", "not in the last run")


def test_a_change_is_that_of_the_cases_which_the_baseline_has() -> None:
    found = series(fallen_twice())

    changes = {one.name: one.change for one in found.categories}
    assert changes["a"] == "0 pp vs. baseline"
    assert changes["b"] == "−30 pp vs. baseline"
