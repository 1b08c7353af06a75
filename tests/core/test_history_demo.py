"""The invented history: always the same, and its one story can be read out of it."""

from datetime import UTC, datetime
from statistics import fmean

import pytest

from evalci.core.history import RunRecord, Trigger
from evalci.core.history_demo import VENDOR_WEEK, WEEKS, demo_history

LAST = datetime(2026, 11, 16, 6, tzinfo=UTC)


@pytest.fixture(scope="module")
def weekly() -> tuple[RunRecord, ...]:
    """Return the scheduled runs."""
    return tuple(r for r in demo_history(LAST) if r.trigger is Trigger.SCHEDULE)


def drop(records: tuple[RunRecord, ...], name: str) -> float:
    """Return the mean drop of a category over some weeks."""
    drops = [one.drop for record in records for one in record.categories if one.name == name]
    return fmean(drop for drop in drops if drop is not None)


def test_it_is_the_same_every_time(weekly: tuple[RunRecord, ...]) -> None:
    assert tuple(r for r in demo_history(LAST) if r.trigger is Trigger.SCHEDULE) == weekly


def test_it_has_a_run_a_week_up_to_the_last_one(weekly: tuple[RunRecord, ...]) -> None:
    assert len(weekly) == WEEKS
    assert weekly[-1].at == LAST.isoformat()


def test_in_the_vendors_week_nothing_of_ours_changed(weekly: tuple[RunRecord, ...]) -> None:
    before, after = weekly[VENDOR_WEEK - 1], weekly[VENDOR_WEEK]

    assert (before.requests, before.scoring) == (after.requests, after.scoring)
    assert before.resolved_models != after.resolved_models


@pytest.mark.parametrize(
    ("name", "points"), [("extract", 0.12), ("triage", 0.06), ("reply", 0.03), ("summary", 0.0)]
)
def test_the_vendors_change_moves_each_category(
    weekly: tuple[RunRecord, ...], name: str, points: float
) -> None:
    before, after = weekly[VENDOR_WEEK - 6 : VENDOR_WEEK], weekly[VENDOR_WEEK : VENDOR_WEEK + 6]

    assert drop(after, name) - drop(before, name) == pytest.approx(points, abs=0.03)


def test_merges_change_prompts_and_one_is_overridden() -> None:
    pushes = [record for record in demo_history(LAST) if record.trigger is Trigger.PUSH]

    assert [record.overrides for record in pushes] == [(), ("extract",), ()]
    assert len({record.requests for record in pushes}) == 2
