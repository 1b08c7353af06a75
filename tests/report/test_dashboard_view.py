"""What the dashboard shows of a history: verdict, lines, events, cases."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from evalci.core.history import CaseRecord, CategoryRecord, ReferenceRecord, RunRecord, Trigger
from evalci.core.history_gathering import gathered
from evalci.report.dashboard_view import SeriesView, build_series
from tests.fake_time import NOON
from tests.records import make_case_record, make_category_record, make_record
from tests.report.dashboards import demo_records


def series(records: Sequence[RunRecord], *, days_later: int = 1) -> SeriesView:
    """Return what is shown some days after the last run."""
    (found,) = gathered(records)
    last = datetime.fromisoformat(records[-1].at)
    return build_series(found, made=last + timedelta(days=days_later))


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


def test_in_a_category_that_drifts_now_is_since_the_drift_began() -> None:
    records = [
        replace(run, cases=tuple(replace(case, scores=(score,) * 3) for case in run.cases))
        for week, run in enumerate(fallen_twice())
        for score in [0.9 if week < 6 else 0.6]
    ]

    views = {case.category: case for case in series(records).cases}

    assert (views["b"].earlier, views["b"].latest) == ("0.90", "0.60")
    assert views["a"].earlier == "0.82"


def test_of_many_cases_only_the_worst_are_in_the_page() -> None:
    early = {f"case-{n:03}": 1.0 for n in range(100)}
    late = {f"case-{n:03}": 1.0 - n / 100 for n in range(100)}

    found = weekly([early] * 4 + [late] * 4)

    assert len(found.cases) == 40
    assert found.cases[0].id == "case-099"


def test_a_week_in_which_a_case_was_not_measured_has_no_cell() -> None:
    found = weekly([{"a": 0.5, "b": 1.0}, {"b": 1.0}, {"a": 0.25, "b": 1.0}])

    assert next(case.cells for case in found.cases if case.id == "a") == (50, None, 25)


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
    return make_category_record(name, cases=9, trials=27, mean=0.8 - drop, baseline=0.9, drop=drop)


def without(record: RunRecord, name: str) -> RunRecord:
    """Return a run of a golden set that has no such category."""
    return replace(
        record,
        categories=tuple(one for one in record.categories if one.name != name),
        cases=tuple(case for case in record.cases if case.category != name),
    )


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


def test_after_a_long_silence_nothing_is_called_steady() -> None:
    found = series([without(without(run, "b"), "c") for run in fallen_twice()], days_later=30)

    assert found.standing.title == "no whole run for 30 days"
    assert {one.standing.tone for one in found.categories} == {"dull"}


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


UNSCORED: dict[str, Any] = {"mean": None, "drop": None, "cases": 0, "unscored": 27}


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


def guarded(run: RunRecord) -> RunRecord:
    """Return a run whose judge did not move."""
    seen = [replace(one, judge_shift=0.0, judge_error=0.01) for one in run.categories]
    return replace(run, categories=tuple(seen))


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
