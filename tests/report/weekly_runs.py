"""Weekly runs of which some categories fall, and what the dashboard makes of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from evalci.core.history import CategoryRecord, ReferenceRecord, RunRecord
from evalci.core.history_gathering import gathered
from evalci.report.dashboard_view import SeriesView, build_series
from tests.fake_time import NOON
from tests.records import make_case_record, make_category_record, make_record


def series(records: Sequence[RunRecord], *, days_later: int = 1) -> SeriesView:
    """Return what is shown some days after the last run."""
    (found,) = gathered(records)
    last = datetime.fromisoformat(records[-1].at)
    return build_series(found, made=last + timedelta(days=days_later))


def fallen_twice() -> list[RunRecord]:
    """Return weekly runs in which two categories fall one after the other, and a third stays."""
    return [
        make_record(
            f"run-{week:02}",
            at=(NOON + timedelta(weeks=week)).isoformat(),
            baseline=ReferenceRecord(accepted_at="2026-01-01", trials=10),
            categories=(
                fell("a", 0.0),
                fell("b", 0.3 if week > 5 else 0.0),
                fell("c", 0.3 if week > 7 else 0.0),
            ),
            cases=tuple(
                make_case_record((0.7, 0.8, 0.9), id=f"{name}-{n}", category=name, baseline=0.8)
                for name in "abc"
                for n in range(9)
            ),
        )
        for week in range(12)
    ]


def fell(name: str, drop: float) -> CategoryRecord:
    """Return a category that lies so far below its baseline's scores."""
    return make_category_record(name, cases=9, trials=27, mean=0.8 - drop, baseline=0.9, drop=drop)


def without(record: RunRecord, name: str) -> RunRecord:
    """Return a run of a golden set that has no such category."""
    return replace(
        record,
        categories=tuple(one for one in record.categories if one.name != name),
        cases=tuple(case for case in record.cases if case.category != name),
    )
