"""Pages of a history for tests: the invented one, a hostile one, and a very large one."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from evalci.core.history import CaseRecord, CategoryRecord, ReferenceRecord, RunRecord
from evalci.core.history_demo import demo_history
from evalci.core.history_gathering import gathered
from evalci.report.dashboard import render_dashboard
from tests.fake_time import NOON
from tests.records import make_case_record, make_category_record, make_record

MADE = datetime(2026, 11, 21, 20, 30, tzinfo=UTC)
HOSTILE = '</script><img src=x onerror=alert(1)>"&<!--\u202e\x1b[31m'


def dashboard(records: Sequence[RunRecord], clean: Callable[[str], str] = lambda text: text) -> str:
    """Return the page of some runs."""
    return render_dashboard(gathered(records), made=MADE, clean=clean)


def demo_records(weeks: int = 30) -> tuple[RunRecord, ...]:
    """Return the first weeks of the invented history, and a second model with fewer of them."""
    records = demo_history(datetime(2026, 11, 16, 6, tzinfo=UTC))
    first = datetime.fromisoformat(records[0].at)
    end = (first + timedelta(weeks=weeks - 1)).isoformat()
    main = [record for record in records if record.at <= end]
    small = [replace(record, id=f"s{record.id}", model="small") for record in main[:5]]
    return (*main, *small)


def others(golden_set: str, weeks: int) -> list[RunRecord]:
    """Return the first weeks of another golden set, in which nothing happens."""
    records = demo_records(weeks)
    return [
        replace(record, id=f"{golden_set}-{record.id}", golden_set=golden_set)
        for record in records
        if record.model == "main"
    ]


def many_categories(count: int, weeks: int = 10) -> list[RunRecord]:
    """Return weekly runs of many categories, of which `kind-27` falls."""
    return [
        make_record(
            f"run-{week:02}",
            at=(MADE - timedelta(weeks=weeks - week)).isoformat(),
            baseline=ReferenceRecord(accepted_at="2026-01-01", trials=10),
            categories=tuple(
                _kind(number, drop=0.4 if number == 27 and week > 5 else 0.0)
                for number in range(count)
            ),
            cases=tuple(
                make_case_record(
                    (0.7, 0.8, 0.9), id=f"c-{number}", category=f"kind-{number:02}", baseline=0.8
                )
                for number in range(count)
            ),
        )
        for week in range(weeks)
    ]


def _kind(number: int, *, drop: float) -> CategoryRecord:
    return make_category_record(f"kind-{number:02}", trials=3, mean=0.8 - drop, drop=drop)


def long_records() -> list[RunRecord]:
    """Return a run whose names are all 200 characters long, without a place to break them."""
    name = "n" * 200
    case = make_case_record(id=name, category=name)
    record = make_record(
        golden_set=name,
        model=name,
        model_id=name,
        prompts={name: "1"},
        categories=(make_category_record(name),),
        cases=(case,),
    )
    edited = replace(record, id="run-2", at="2026-07-13T06:00:00+00:00", prompts={name: "2"})
    return [record, edited]


def hostile_records() -> tuple[RunRecord, ...]:
    """Return runs in which every text that others write tries to be markup."""
    cases = tuple(
        make_case_record((0.5, 0.5), id=f"{HOSTILE}{n}", category=HOSTILE, baseline=0.5)
        for n in range(3)
    )
    return tuple(
        make_record(
            f"run-{week}",
            golden_set=HOSTILE,
            model=HOSTILE,
            model_id=HOSTILE,
            golden_set_version=f"{HOSTILE}{week}",
            resolved_models=(f"{HOSTILE}{week}",),
            prompts={HOSTILE: f"{week}"},
            overrides=(HOSTILE,),
            at=(NOON + timedelta(weeks=week)).isoformat(),
            categories=(make_category_record(HOSTILE, cases=3, mean=0.5),),
            cases=cases,
        )
        for week in range(3)
    )


def large_records(runs: int = 100, cases: int = 5000) -> tuple[RunRecord, ...]:
    """Return weekly runs of many cases in four categories, one of which falls in the middle."""
    return tuple(_large(week, cases, fell=week > runs // 2) for week in range(runs))


def _large(week: int, total: int, *, fell: bool) -> RunRecord:
    cases = tuple(_large_case(number, week, fell=fell) for number in range(total))
    categories = tuple(
        make_category_record(
            f"kind-{kind}",
            cases=total // 4,
            trials=3 * total // 4,
            mean=0.8 - drop,
            baseline=0.8,
            drop=drop,
        )
        for kind, drop in enumerate((0.0, 0.1 * fell, 0.0, 0.0))
    )
    return make_record(
        f"run-{week:03}",
        at=(NOON + timedelta(weeks=week)).isoformat(),
        baseline=ReferenceRecord(accepted_at="2026-01-01", trials=10),
        categories=categories,
        cases=cases,
    )


def _large_case(number: int, week: int, *, fell: bool) -> CaseRecord:
    failed = (number * 7 + week * 3) % 10 < (3 if fell and number % 4 == 1 else 2)
    return CaseRecord(
        id=f"case-{number:04}",
        category=f"kind-{number % 4}",
        request="r",
        harness="h",
        scores=(0.0, 0.0, 1.0) if failed else (1.0, 1.0, 1.0),
        baseline=0.8,
    )
