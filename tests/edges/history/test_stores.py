"""What every history does, wherever it is kept."""

from collections.abc import Iterator

import pytest

from evalci.core.history import Query, Trigger, selected
from evalci.core.history_trend import Span, case_means
from evalci.core.ports import HistoryStore
from tests.edges.history.places import Place, data_branch, database, new_database
from tests.records import make_case_record, make_category_record, make_record

# Two months, two golden sets, two models, and cases that differ in every dimension.
RECORDS = (
    make_record("a", at="2026-07-06T06:00:00+00:00"),
    make_record(
        "b",
        at="2026-08-03T06:00:00.250000+00:00",
        trigger=Trigger.PUSH,
        categories=(make_category_record(), make_category_record("reply", mean=None, cases=0)),
        cases=(
            make_case_record((0.25, None, 0.5)),
            make_case_record((None,), id="a-2", category="reply", dimensions={"tags": ("sql",)}),
            make_case_record((), id="ä/3 'quoted'", category="reply", dimensions={}),
        ),
    ),
    make_record("c", at="2026-08-10T06:00:00+00:00", model="small"),
    make_record("d", at="2026-08-10T06:00:00+00:00", golden_set="other", cases=()),
    make_record("e", at="2026-08-11T06:00:00+00:00", trigger=Trigger.PULL_REQUEST),
)
QUERIES = [
    pytest.param(Query(), id="everything"),
    pytest.param(Query(cases=True), id="with cases"),
    pytest.param(Query(golden_set="demo", model="main", cases=True), id="one series"),
    pytest.param(Query(category="reply", cases=True), id="one category"),
    pytest.param(Query(match={"tags": ("sql", "none")}, cases=True), id="a tag"),
    pytest.param(
        Query(match={"tags": ("canary",), "task_type": ("review",)}, cases=True), id="two values"
    ),
    pytest.param(Query(since="2026-08-03", until="2026-08-04", cases=True), id="one day"),
    pytest.param(Query(since="2026-08", until="2026-09"), id="one month"),
    pytest.param(Query(trigger=Trigger.PUSH), id="one trigger"),
    pytest.param(Query(proposals=False), id="of the default branch"),
    pytest.param(Query(proposals=False, trigger=Trigger.PULL_REQUEST), id="of pull requests"),
    pytest.param(Query(golden_set="x'; DROP TABLE evalci_runs; --"), id="what is not there"),
]


@pytest.fixture
def store(place: Place) -> Iterator[HistoryStore]:
    """Return an open history with nothing in it."""
    store = place.opened()
    yield store
    store.close()


@pytest.fixture(
    scope="module",
    params=["sqlite", "branch", pytest.param("postgresql", marks=pytest.mark.postgres)],
)
def full(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[HistoryStore]:
    """Return a history with a few runs, kept in no order of time; nobody adds another one."""
    folder = tmp_path_factory.mktemp("full")
    match request.param:
        case "sqlite":
            place = database(f"sqlite:///{folder}/history.sqlite")
        case "branch":
            place = data_branch(folder)
        case _:
            place = database(new_database(request.getfixturevalue("server"), folder.name))
    store = place.opened()
    for record in reversed(RECORDS):
        store.add(record)
    yield store
    store.close()


def test_an_empty_history_has_no_runs(store: HistoryStore) -> None:
    assert store.runs(Query(cases=True)) == ()
    assert store.means(Query(), Span.MONTH) == ()


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_finds_what_it_asks_for(full: HistoryStore, query: Query) -> None:
    assert full.runs(query) == selected(RECORDS, query)


@pytest.mark.parametrize("span", [Span.DAY, Span.QUARTER, Span.YEAR])
def test_means_are_those_of_the_runs(full: HistoryStore, span: Span) -> None:
    query = Query(match={"tags": ("sql",)})

    whole = selected(RECORDS, Query(match={"tags": ("sql",)}, cases=True))

    assert full.means(query, span) == case_means(whole, span)


def test_a_run_is_kept_once(store: HistoryStore) -> None:
    new = [store.add(RECORDS[1]), store.add(RECORDS[1])]

    assert new == [True, False]
    assert store.runs(Query(cases=True)) == (RECORDS[1],)


def test_another_process_sees_what_was_kept(store: HistoryStore, place: Place) -> None:
    store.add(RECORDS[0])
    other = place.opened()

    found = other.runs(Query(cases=True))
    other.close()

    assert found == (RECORDS[0],)
