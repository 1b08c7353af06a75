"""The drift monitors of a whole history: alarms, recoveries, and a new baseline."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from evalci.core.drift import drift_report
from evalci.core.drift_origin import Culprit
from evalci.core.history import ReferenceRecord, RunRecord, Trigger
from evalci.core.history_watch import Monitored, Watching
from tests.fake_time import NOON
from tests.records import make_case_record, make_category_record, make_record


def weeks(drops: Sequence[float], **changes: Any) -> list[RunRecord]:
    """Return a weekly run for each drop, steady but for a little."""
    return [week(number, drop, **changes) for number, drop in enumerate(drops)]


def week(number: int, drop: float, **changes: Any) -> RunRecord:
    category = make_category_record(cases=20, trials=60, mean=0.8 - drop, baseline=0.8, drop=drop)
    cases = tuple(make_case_record((0.7, 0.8, 0.9), id=f"c{n}", baseline=0.8) for n in range(20))
    return make_record(
        f"run-{number:02}",
        **{
            "at": (NOON + timedelta(weeks=number)).isoformat(),
            "baseline": ReferenceRecord(accepted_at="2026-01-01", trials=10),
            "categories": (category,),
            "cases": cases,
            **changes,
        },
    )


def monitored(records: Sequence[RunRecord]) -> Monitored:
    """Return what the monitors of the only category say."""
    watching = Watching()
    for record in records:
        watching.take(record)
    return watching.monitored("review", categories=1)


def test_a_steady_category_raises_no_alarm() -> None:
    found = monitored(weeks([0.0, 0.01, -0.01, 0.0]))

    assert found.spells == ()
    assert len(found.monitors) == 4


def test_a_fall_is_found_with_its_first_week_and_who_moved() -> None:
    records = weeks([0.0] * 6) + [
        week(number, 0.2, resolved_models=("m-2",)) for number in range(6, 10)
    ]

    found = monitored(records)

    (spell,) = found.spells
    assert spell.since == records[6].at
    assert spell.origin.culprit is Culprit.VENDOR
    assert spell.lasts


def test_a_monitor_above_its_limit_is_an_alarm() -> None:
    found = monitored(weeks([0.0] * 4 + [0.2] * 3))

    newest = found.monitors["run-06"]
    assert newest.cusum > newest.limit


def test_what_came_back_lasts_no_more() -> None:
    found = monitored(weeks([0.0] * 6 + [0.2] * 4 + [0.0] * 6))

    (spell,) = found.spells
    assert spell.recovered
    assert not spell.lasts


def test_a_new_baseline_ends_an_alarm() -> None:
    later = ReferenceRecord(accepted_at="2026-05-01", trials=10)
    records = weeks([0.0] * 5 + [0.2] * 4) + [
        week(number, 0.0, baseline=later) for number in range(9, 12)
    ]

    found = monitored(records)

    assert [spell.lasts for spell in found.spells] == [False]


def test_runs_of_a_merge_are_not_watched() -> None:
    records = [*weeks([0.0] * 3), week(3, 0.3, trigger=Trigger.PUSH)]

    found = monitored(records)

    assert "run-03" not in found.monitors


def test_the_judge_is_watched_apart() -> None:
    def judged(number: int, shift: float) -> RunRecord:
        record = week(number, -shift)
        category = record.categories[0]
        moved = make_category_record(
            cases=20,
            trials=60,
            mean=category.mean,
            baseline=0.8,
            drop=category.drop,
            judge_shift=shift,
            judge_error=0.01,
        )
        return week(number, 0.0, categories=(moved,))

    records = [judged(number, 0.0 if number < 6 else -0.3) for number in range(10)]

    found = monitored(records)

    assert [spell.judge for spell in found.spells] == [True]


def test_an_alarm_says_from_when_until_when_the_score_was_down() -> None:
    records = weeks([0.0] * 6 + [0.2] * 4 + [0.0] * 6)

    (spell,) = monitored(records).spells

    assert (spell.since, spell.until) == (records[6].at, records[9].at)


def test_a_baseline_that_comes_back_goes_on_where_it_was() -> None:
    between = ReferenceRecord(accepted_at="2026-05-01", trials=10)
    records = [
        *weeks([0.0] * 5),
        *(week(number, 0.2, baseline=between) for number in range(5, 12)),
        *(week(number, 0.0) for number in range(12, 14)),
    ]

    found = monitored(records)

    assert [spell.lasts for spell in found.spells] == [False]


@pytest.mark.parametrize("drops", [[0.0] * 8, [0.0] * 6 + [0.2] * 4], ids=["steady", "fallen"])
def test_it_says_of_the_newest_run_what_drift_says(drops: list[float]) -> None:
    records = weeks(drops)

    report = drift_report(records[:-1], records[-1])

    (said,), found = report.categories, monitored(records)
    newest = found.monitors[records[-1].id]
    assert (newest.cusum, newest.ewma, newest.limit) == (said.cusum, said.ewma, report.limit)
    assert [spell.since for spell in found.spells] == [
        shift.since for shift in (said.shift,) if shift
    ]
