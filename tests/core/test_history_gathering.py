"""A history gone through run by run: what is kept of it, and what is let go."""

from evalci.core.history import RunRecord, Trigger
from evalci.core.history_gathering import gathered
from tests.records import make_case_record, make_record


def test_series_come_by_name() -> None:
    records = [make_record("a", model="small"), make_record("b", model="main")]

    assert [found.newest.model for found in gathered(records)] == ["main", "small"]


def test_the_cases_of_a_run_are_let_go() -> None:
    (found,) = gathered([make_record("a"), make_record("b")])

    assert [point.record.cases for point in found.points] == [(), ()]
    assert found.newest.cases == ()


def test_a_run_of_a_pull_request_counts_and_tells_nothing() -> None:
    proposed = make_record("b", trigger=Trigger.PULL_REQUEST, model_id="their/model")

    (found,) = gathered([make_record("a"), proposed])

    assert (found.runs, len(found.points)) == (2, 1)
    assert found.newest.id == "a"


def test_what_is_asked_otherwise_is_held_against_the_last_run_that_asked_it() -> None:
    def run(id_: str, **requests: str) -> RunRecord:
        cases = (make_case_record(id=case, request=hash_) for case, hash_ in requests.items())
        return make_record(id_, cases=tuple(cases))

    (found,) = gathered([run("a", x="1", y="1"), run("b", y="1"), run("c", x="2", y="1")])

    assert [point.anew for point in found.points] == [(), (), ("review",)]


def test_the_categories_of_cases_are_those_of_the_last_drawn_run() -> None:
    cases = (make_case_record(id="b-1"),)
    partial = make_record("b", trigger=Trigger.PUSH, selection="affected", cases=cases)

    (found,) = gathered([make_record("a"), partial])

    assert found.homes == {"a-1": "review"}
