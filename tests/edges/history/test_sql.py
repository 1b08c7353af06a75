"""What is particular to a history in a database."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from evalci.core.history import Query, RunRecord
from evalci.core.history_trend import Span, period_scores
from evalci.edges.history.sql import SqlHistory
from evalci.errors import BadInputError
from tests.processes import until
from tests.records import make_case_record, make_record

# Keeps a run of many cases again and again, each under another id, and says how many it has kept.
WRITER = """\
import sys
from dataclasses import replace
from evalci.edges.history.sql import SqlHistory
from tests.records import make_case_record, make_record
store = SqlHistory(sys.argv[1])
cases = tuple(make_case_record(id=f"case-{n}") for n in range(400))
record = make_record(cases=cases)
for number in range(100000):
    store.add(replace(record, id=f"{number:08}"))
    print(number, flush=True)
"""


def changed(url: str, statement: str) -> None:
    """Do something to a database behind our back."""
    engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


@pytest.fixture
def kept(sql_url: str) -> str:
    """Return the URL of a database with one run."""
    store = SqlHistory(sql_url)
    store.add(make_record())
    store.close()
    return sql_url


def test_a_store_of_another_version_is_refused_in_one_line(kept: str) -> None:
    changed(kept, "UPDATE evalci_history SET version = 2")
    store = SqlHistory(kept)

    with pytest.raises(BadInputError) as reading:
        store.runs(Query())
    with pytest.raises(BadInputError) as writing:
        store.add(make_record("run-2"))
    store.close()

    assert "a history of schema version 2; this version of evalci reads 1" in str(reading.value)
    assert str(writing.value) == str(reading.value)


def test_dimensions_are_kept_once(kept: str) -> None:
    store = SqlHistory(kept)
    store.add(make_record("run-2", cases=tuple(make_case_record(id=f"c-{n}") for n in range(5))))
    store.close()

    engine = sa.create_engine(kept.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        count = connection.exec_driver_sql("SELECT count(*) FROM evalci_profiles").scalar()
    engine.dispose()

    assert count == 1


@pytest.mark.parametrize(
    "statement",
    ["UPDATE evalci_runs SET record = '{half'", "UPDATE evalci_cases SET record = '[1]'"],
    ids=["half of a row", "a list for a case"],
)
def test_a_row_that_somebody_broke_is_said_and_no_crash(kept: str, statement: str) -> None:
    changed(kept, statement)
    store = SqlHistory(kept)

    with pytest.raises(BadInputError, match="a row is damaged"):
        store.runs(Query(cases=True))
    store.close()


@pytest.mark.parametrize("span", [Span.WEEK, Span.MONTH, Span.QUARTER])
@pytest.mark.parametrize("at", ["yesterday", "", "2026", "2026-13-01T06", "2026-W30-1"])
def test_a_moment_that_somebody_broke_is_said_and_no_period(
    tmp_path: Path, at: str, span: Span
) -> None:
    url = f"sqlite:///{tmp_path}/history.sqlite"
    store = SqlHistory(url)
    store.add(make_record())
    changed(url, f"UPDATE evalci_runs SET at = '{at}'")  # noqa: S608  # words of this table

    with pytest.raises(BadInputError, match="a row is damaged"):
        period_scores(store.means(Query(), span), span)
    store.close()


def test_a_row_of_another_shape_is_said_too(kept: str) -> None:
    changed(kept, "UPDATE evalci_runs SET record = '{}'")
    store = SqlHistory(kept)

    with pytest.raises(BadInputError, match="run run-1: missing key `format`, `id`"):
        store.runs(Query())
    store.close()


def test_a_row_of_a_later_format_is_refused_and_says_what_to_do(kept: str) -> None:
    changed(kept, """UPDATE evalci_runs SET record = '{"format": 2}'""")
    store = SqlHistory(kept)

    with pytest.raises(BadInputError, match=r"a record of format 2; .* or a newer one"):
        store.runs(Query())
    store.close()


def test_a_run_that_nobody_could_read_is_not_written(sql_url: str) -> None:
    store = SqlHistory(sql_url)

    with pytest.raises(BadInputError, match="run run-1:1: `at`: 'yesterday'"):
        store.add(make_record(at="yesterday"))
    found = store.runs(Query())
    store.close()

    assert found == ()


@pytest.mark.postgres
def test_a_server_that_sorts_in_its_own_way_changes_no_order(server: str) -> None:
    """English sorts `a`, `B`; bytes, and so every other store, `B`, `a`."""
    admin = sa.create_engine(server.replace("postgresql:", "postgresql+psycopg:"))
    with admin.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(
            "CREATE DATABASE english TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'"
        )
    admin.dispose()
    store = SqlHistory(f"{server.rpartition('/')[0]}/english")
    for name in ("a", "B"):
        store.add(make_record(name))

    found = [record.id for record in store.runs(Query())]
    store.close()

    assert found == ["B", "a"]


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("hello " * 100, encoding="utf-8")
    store = SqlHistory(f"sqlite:///{tmp_path}/notes")

    with pytest.raises(BadInputError, match="file is not a database"):
        store.runs(Query())
    store.close()


@pytest.mark.parametrize(
    ("url", "place"),
    [
        pytest.param("ada:hunter22@127.0.0.1:1/runs", "ada:***@127.0.0.1:1/runs", id="usual"),
        pytest.param("127.0.0.1:1/runs?password=hunter22", "127.0.0.1:1/runs", id="an option"),
        pytest.param(
            "ada:hunter22@127.0.0.1:1/runs?sslmode=hunter22",
            "ada:***@127.0.0.1:1/runs",
            id="said again by the driver",
        ),
    ],
)
def test_a_server_that_does_not_answer_is_said_without_the_password(url: str, place: str) -> None:
    store = SqlHistory(f"postgres://{url}")

    with pytest.raises(BadInputError) as caught:
        store.runs(Query())
    store.close()

    assert str(caught.value).startswith(f"history postgres://{place}: ")
    assert "hunter22" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "message"),
    [
        pytest.param("mysql://host/name", "a history cannot be kept in `mysql`", id="another kind"),
        pytest.param("history.sqlite", "the address of the history names no", id="no URL"),
        pytest.param("sqlite://", "the address of the history names no", id="no file"),
        pytest.param("sqlite:///f?mode=ro", "the address of the history names no", id="options"),
        pytest.param("sqlite:///:memory:", "the address of the history names no", id="a sieve"),
        pytest.param("postgres://ada:a@b@h/runs", "write it as %40", id="a password with @"),
    ],
)
def test_another_address_is_refused(url: str, message: str) -> None:
    with pytest.raises(BadInputError, match=message):
        SqlHistory(url)


def test_a_kill_leaves_the_store_readable(sql_url: str, tmp_path: Path) -> None:
    """A writer is killed in the middle of its work: what it has reported is there, and whole."""
    said = tmp_path / "said"
    with said.open("w", encoding="utf-8") as out:
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, sql_url], stdout=out, cwd=Path(__file__).parents[3]
        )
        until(lambda: len(said.read_text(encoding="utf-8").split()) >= 3)
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
    reported = said.read_text(encoding="utf-8").count("\n")

    store = SqlHistory(sql_url)
    found = store.runs(Query(cases=True))
    new = store.add(make_record("after the kill"))
    store.close()

    assert len(found) in {reported, reported + 1}
    assert {len(record.cases) for record in found} == {400}
    assert new is True


def test_several_writers_lose_nothing(sql_url: str) -> None:
    """Three at once, each with connections of its own; every run is also tried by the next one."""
    records = [make_record(f"run-{number}") for number in range(9)]
    shares = [records[first::3] + records[(first + 1) % 3 :: 3] for first in range(3)]

    with ThreadPoolExecutor(max_workers=3) as pool:
        new = list(pool.map(_keep, [(sql_url, share) for share in shares]))
    store = SqlHistory(sql_url)
    found = store.runs(Query())
    store.close()

    assert sum(new) == len(records)
    assert [record.id for record in found] == [record.id for record in records]


def _keep(work: tuple[str, list[RunRecord]]) -> int:
    url, records = work
    store = SqlHistory(url)
    new = sum(store.add(record) for record in records)
    store.close()
    return new
