"""What the dashboard shows of a history: verdict, lines, events, cases."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from evalci.core.history import Trigger
from evalci.report.dashboard_view import SeriesView
from tests.fake_time import NOON
from tests.records import make_case_record, make_record
from tests.report.dashboards import demo_records
from tests.report.weekly_runs import series


def weekly(means: Sequence[dict[str, float]]) -> SeriesView:
    """Return the series of a weekly run for each of some means by case."""
    return series(
        [
            make_record(
                f"run-{week}",
                at=(NOON + timedelta(weeks=week)).isoformat(),
                cases=tuple(make_case_record((mean,), id=case) for case, mean in found.items()),
            )
            for week, found in enumerate(means)
        ]
    )


@pytest.fixture(scope="module")
def fallen() -> SeriesView:
    """Return the invented history as it stands while the score is down."""
    return series([record for record in demo_records(24) if record.model == "main"])


@pytest.fixture(scope="module")
def repaired() -> SeriesView:
    """Return the whole invented history."""
    return series([record for record in demo_records() if record.model == "main"])


def test_the_title_names_what_drifts(fallen: SeriesView) -> None:
    assert fallen.standing.title.startswith("drift in extract")


def test_the_sentence_says_since_when_and_who_moved(fallen: SeriesView) -> None:
    assert "the vendor moved (model version example-large-20260115 → " in fallen.standing.sentence
    assert "of ours, nothing changed" in fallen.standing.sentence


def test_a_category_that_is_down_is_marked(fallen: SeriesView) -> None:
    statuses = {one.name: one.standing.title for one in fallen.categories}

    assert (statuses["extract"], statuses["summary"]) == ("drift", "steady")


def test_after_the_repair_nothing_drifts(repaired: SeriesView) -> None:
    assert repaired.standing.title == "no drift now"


def test_all_cases_come_first(repaired: SeriesView) -> None:
    names = [one.label for one in repaired.categories]

    assert names == ["all cases", "extract", "reply", "summary", "triage"]


def test_every_line_has_a_value_for_each_run(repaired: SeriesView) -> None:
    lengths = {len(line) for category in repaired.categories for line in category.lines.values()}

    assert lengths == {len(repaired.times)}


@pytest.mark.parametrize("kind", ["model", "prompt", "baseline", "override", "alarm"])
def test_what_happened_is_listed(repaired: SeriesView, kind: str) -> None:
    assert kind in {event.kind for event in repaired.events}


def test_a_prompt_is_named_with_its_hash_and_its_categories(repaired: SeriesView) -> None:
    first = next(event for event in repaired.events if event.kind == "prompt")

    assert first.text.startswith("edited: prompts/reply.md (")
    assert first.categories == ("reply",)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"trigger": Trigger.PULL_REQUEST}, id="of a pull request"),
        pytest.param({"selection": "affected"}, id="of affected cases"),
        pytest.param({"complete": False}, id="broken off"),
    ],
)
def test_a_run_that_is_not_comparable_is_not_drawn(changes: dict[str, object]) -> None:
    found = series([make_record("a"), make_record("b", **changes)])

    assert len(found.times) == 1


def test_without_a_whole_run_it_says_so() -> None:
    found = series([make_record(complete=False)])

    assert (found.standing.title, found.times) == ("nothing to draw yet", ())


def test_without_a_baseline_it_does_not_claim_that_nothing_drifts() -> None:
    assert series([make_record()]).standing.title == "not watched yet"


def test_the_cases_that_fell_most_come_first() -> None:
    found = weekly(
        [{"up": 0.2, "down": 0.9, "low": 0.1}] * 4 + [{"up": 0.8, "down": 0.4, "low": 0.1}] * 4
    )

    assert [case.id for case in found.cases] == ["down", "low", "up"]
    assert found.cases[0].change == "−50 pp"


def test_of_many_cases_only_the_worst_are_in_the_page() -> None:
    early = {f"case-{n:03}": 1.0 for n in range(100)}
    late = {f"case-{n:03}": 1.0 - n / 100 for n in range(100)}

    found = weekly([early] * 4 + [late] * 4)

    assert len(found.cases) == 40
    assert found.cases[0].id == "case-099"


def test_a_week_in_which_a_case_was_not_measured_has_no_cell() -> None:
    found = weekly([{"a": 0.5, "b": 1.0}, {"b": 1.0}, {"a": 0.25, "b": 1.0}])

    assert next(case.cells for case in found.cases if case.id == "a") == (50, None, 25)


def test_runs_that_are_not_drawn_are_counted() -> None:
    found = series([make_record("a"), make_record("b", complete=False)])

    assert "Not drawn: 1 run of pull requests, of some cases, or cut short." in (
        found.standing.sentence
    )


def test_latency_over_all_cases_is_named_for_what_it_is(repaired: SeriesView) -> None:
    notes = {one.label: one.notes.get("Latency") for one in repaired.categories}

    assert notes["all cases"] == "seconds; over the median call of each case"
    assert notes["extract"] is None


def test_each_week_has_its_monday(repaired: SeriesView) -> None:
    days = [date.fromisoformat(day) for day in repaired.mondays]

    assert {day.weekday() for day in days} == {0}
    assert tuple(f"{day:%G-W%V}" for day in days) == repaired.weeks
