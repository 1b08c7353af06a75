"""What the history keeps, and which of it a question is about."""

import pytest

from evalci.core.history import Query, Trigger, selected
from tests.records import make_case_record, make_category_record, make_record


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param(Query(), True, id="anything"),
        pytest.param(Query(golden_set="demo", model="main"), True, id="its series"),
        pytest.param(Query(golden_set="other"), False, id="another golden set"),
        pytest.param(Query(model="judge"), False, id="another model"),
        pytest.param(Query(trigger=Trigger.SCHEDULE), True, id="its trigger"),
        pytest.param(Query(trigger=Trigger.PUSH), False, id="another trigger"),
        pytest.param(Query(since="2026-07-06"), True, id="since its day"),
        pytest.param(Query(since="2026-07-07"), False, id="since the day after"),
        pytest.param(Query(until="2026-07-06"), False, id="up to its day"),
        pytest.param(Query(until="2026-07-07"), True, id="up to the day after"),
    ],
)
def test_a_query_is_about_a_run(query: Query, found: bool) -> None:
    assert query.selects(make_record()) is found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param(Query(category="review"), True, id="its category"),
        pytest.param(Query(category="reply"), False, id="another category"),
        pytest.param(Query(match={"tags": ("sql", "other")}), True, id="one of the values"),
        pytest.param(Query(match={"tags": ("other",)}), False, id="none of the values"),
        pytest.param(Query(match={"language": ("de",)}), False, id="a dimension it has not"),
        pytest.param(
            Query(match={"tags": ("sql",), "task_type": ("reply",)}), False, id="one of two"
        ),
    ],
)
def test_a_query_is_about_a_case(query: Query, found: bool) -> None:
    assert query.selects_case(make_case_record()) is found


def test_runs_come_oldest_first_and_each_once() -> None:
    old = make_record("old", at="2026-01-05T06:00:00+00:00")

    found = selected([make_record(), old, make_record(), old], Query())

    assert [record.id for record in found] == ["old", "run-1"]


def test_cases_come_only_when_they_are_asked_for() -> None:
    (without,) = selected([make_record()], Query())
    (with_them,) = selected([make_record()], Query(cases=True))

    assert (without.cases, with_them.cases) == ((), (make_case_record(),))


def test_a_question_about_a_category_leaves_the_others_out() -> None:
    record = make_record(categories=(make_category_record(), make_category_record("reply")))

    (found,) = selected([record], Query(category="reply"))

    assert [category.name for category in found.categories] == ["reply"]


def test_the_score_of_a_run_counts_every_case_the_same() -> None:
    small, large = make_category_record(mean=1.0, cases=1), make_category_record(mean=0.5, cases=3)

    assert make_record(categories=(small, large)).mean == pytest.approx(0.625)


def test_a_run_without_scores_has_no_score() -> None:
    assert make_record(categories=(make_category_record(mean=None, cases=0),)).mean is None


def test_unscored_trials_leave_the_mean_of_a_case_alone() -> None:
    assert make_case_record((1.0, None, 0.5)).mean == pytest.approx(0.75)
