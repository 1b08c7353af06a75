"""The history in a database: an SQLite file, or a PostgreSQL server, through SQLAlchemy Core."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.url import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError
from sqlalchemy.schema import CreateIndex, CreateTable

from evalci.core.hashes import digest
from evalci.core.history import CaseRecord, Query, RunRecord
from evalci.core.history_file import line_of, record_json, structured
from evalci.core.history_trend import CaseMean, Span
from evalci.core.json_value import JsonObject
from evalci.core.trial import shortened
from evalci.errors import BadInputError

SCHEMA = 1
BUSY_S = 60
CONNECT_S = 10
_LOCK = 0x6576616C6369  # names our lock among others in a server: "evalci"
_DRIVERS = {
    "sqlite": "sqlite+pysqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
}
_META = sa.MetaData()
_NUMBER = sa.Column("version", sa.Integer, primary_key=True, autoincrement=False)
_VERSION = sa.Table("evalci_history", _META, _NUMBER)
_RUNS = sa.Table(
    "evalci_runs",
    _META,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("golden_set", sa.Text, nullable=False),
    sa.Column("model", sa.Text, nullable=False),
    sa.Column("at", sa.Text, nullable=False),
    sa.Column("trigger", sa.Text, nullable=False),
    sa.Column("record", sa.Text, nullable=False),  # JSON of all but the cases
    sa.Index("evalci_runs_series", "golden_set", "model", "at"),
)
# The dimensions of a case hardly ever change: they are kept once, under the hash of them all.
_PROFILES = sa.Table(
    "evalci_profiles",
    _META,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("dimensions", sa.Text, nullable=False),  # JSON
)
_LABELS = sa.Table(
    "evalci_labels",
    _META,
    sa.Column("profile", sa.Text, sa.ForeignKey("evalci_profiles.id"), primary_key=True),
    sa.Column("dimension", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, primary_key=True),
)
_CASES = sa.Table(
    "evalci_cases",
    _META,
    sa.Column("run", sa.Text, sa.ForeignKey("evalci_runs.id"), primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("category", sa.Text, nullable=False),
    sa.Column("profile", sa.Text, sa.ForeignKey("evalci_profiles.id"), nullable=False),
    sa.Column("mean", sa.Double),
    sa.Column("scored", sa.Integer, nullable=False),
    sa.Column("record", sa.Text, nullable=False),  # JSON of all but the dimensions
    sa.Index("evalci_cases_means", "profile", "run", "id", "mean", "scored"),
)


class SqlHistory:
    """Keeps runs in the tables `evalci_*` of a database, which are made with the first run.

    A run is written in one transaction: whoever reads, also after a kill, sees all of it or
    nothing. Several may write at once; they wait for each other.
    """

    def __init__(self, url: str) -> None:
        """``url`` is one of SQLAlchemy's, such as `sqlite:///file` or `postgresql://host/name`.

        Raises BadInputError for another kind, and where the driver is not installed.
        """
        self._engine = _engine(url)
        self._name = self._engine.url.render_as_string(hide_password=True)
        self._ready = False

    def add(self, record: RunRecord) -> bool:
        """Keep a run for good; False when one with its id was there already."""
        writing = self._engine.execution_options(writes=True)
        with self._translated(), writing.begin() as connection:
            self._make(connection)
            insert = self._insert(_RUNS).values(_run_row(record)).on_conflict_do_nothing()
            if connection.execute(insert.returning(_RUNS.c.id)).first() is None:
                return False
            self._add_cases(connection, record)
        return True

    def _add_cases(self, connection: sa.Connection, record: RunRecord) -> None:
        profiles = {_profile(case.dimensions): case.dimensions for case in record.cases}
        rows = [{"id": name, "dimensions": line_of(of)} for name, of in sorted(profiles.items())]
        labels = [
            {"profile": name, "dimension": dimension, "value": value}
            for name, found in sorted(profiles.items())
            for dimension, values in sorted(found.items())
            for value in sorted(set(values))
        ]
        cases = [_case_row(record.id, case) for case in record.cases]
        # In the same order by everybody, so that two writers never wait for one another in turn.
        for table, new in ((_PROFILES, rows), (_LABELS, labels), (_CASES, cases)):
            if new:
                connection.execute(self._insert(table).on_conflict_do_nothing(), new)

    def runs(self, query: Query) -> tuple[RunRecord, ...]:
        """Return the runs that a query asks for, oldest first; without cases unless it says so."""
        chosen = sa.select(_RUNS.c.id, _RUNS.c.record).where(*_of_runs(query))
        with self._reading() as connection:
            if connection is None:
                return ()
            rows = connection.execute(chosen.order_by(_RUNS.c.at, _RUNS.c.id)).all()
            cases = self._cases(connection, query) if query.cases else {}
            forms = [{**json.loads(text), "cases": cases.get(id_, [])} for id_, text in rows]
        return tuple(query.narrowed(structured(form, RunRecord, self._name)) for form in forms)

    def _cases(self, connection: sa.Connection, query: Query) -> dict[str, list[JsonObject]]:
        """Return the JSON forms of the cases asked for, by run."""
        profiles = {
            row.id: json.loads(row.dimensions) for row in connection.execute(sa.select(_PROFILES))
        }
        chosen = _with_cases(query, _CASES.c.run, _CASES.c.profile, _CASES.c.record)
        found: dict[str, list[JsonObject]] = {}
        for run, profile, text in connection.execute(chosen.order_by(_CASES.c.id)):
            case = {**json.loads(text), "dimensions": profiles[profile]}
            found.setdefault(run, []).append(case)
        return found

    def means(self, query: Query, span: Span) -> tuple[CaseMean, ...]:
        """Return the mean of each case asked for, in pieces that periods can be joined from."""
        since = sa.func.substr(_RUNS.c.at, 1, sa.literal_column(str(span.digits))).label("since")
        names = (_RUNS.c.golden_set, _RUNS.c.model, since, _CASES.c.id.label("case"))
        values = (
            sa.func.avg(_CASES.c.mean).label("mean"),
            sa.func.count().label("runs"),
            sa.cast(sa.func.sum(_CASES.c.scored), sa.Integer).label("trials"),
        )
        chosen = _with_cases(query, *names, *values).where(_CASES.c.mean.is_not(None))
        with self._reading() as connection:
            if connection is None:
                return ()
            rows = connection.execute(chosen.group_by(*names).order_by(*names))
            return tuple(CaseMean(**row) for row in rows.mappings())

    def close(self) -> None:
        """Let go of the connections."""
        self._engine.dispose()

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection | None]:
        """Open a connection for reading, or None where nothing was kept so far."""
        with self._translated(), self._engine.connect() as connection:
            yield connection if self._version(connection) else None

    def _make(self, connection: sa.Connection) -> None:
        """Make the tables where there are none; a second writer waits here for the first."""
        if self._ready or self._version(connection):
            self._ready = True
            return
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        for table in _META.sorted_tables:
            connection.execute(CreateTable(table, if_not_exists=True))
            for index in table.indexes:
                connection.execute(CreateIndex(index, if_not_exists=True))
        version = self._insert(_VERSION).values(version=SCHEMA).on_conflict_do_nothing()
        connection.execute(version)

    def _version(self, connection: sa.Connection) -> int | None:
        """Return the version of the tables, None without any; BadInputError for a foreign one."""
        if not sa.inspect(connection).has_table(_VERSION.name):
            return None
        found = connection.execute(sa.select(sa.func.max(_VERSION.c.version))).scalar()
        if found is not None and found != SCHEMA:
            message = f"{self._name}: a history of schema version {found}"
            hint = f"this version of evalci reads {SCHEMA}: use the one that wrote it, or a newer"
            raise BadInputError(message, hint=hint)
        return found

    def _insert(self, table: sa.Table) -> "sqlite.Insert | postgresql.Insert":
        make: Callable[[sa.Table], Any] = (
            sqlite.insert if self._engine.dialect.name == "sqlite" else postgresql.insert
        )
        found: sqlite.Insert | postgresql.Insert = make(table)
        return found

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except ValueError:
            raise BadInputError(f"history {self._name}: a row is not valid JSON") from None
        except DatabaseError as exc:
            reason = shortened(" ".join(str(exc.orig).split()), 200)
            raise BadInputError(f"history {self._name}: {reason}") from None


def _engine(url: str) -> sa.Engine:
    found = _address(url)
    sqlite_file = found.get_backend_name() == "sqlite"
    patience = {"timeout": BUSY_S} if sqlite_file else {"connect_timeout": CONNECT_S}
    try:
        engine = sa.create_engine(found, connect_args=patience)
    except ImportError:
        hint = "pip install 'evalci[postgres]'"
        raise BadInputError("a history in PostgreSQL needs psycopg", hint=hint) from None
    if sqlite_file:
        sa.event.listen(engine, "connect", _without_hidden_commits)
        sa.event.listen(engine, "begin", _begin)
    return engine


def _address(url: str) -> URL:
    """Return a URL with the driver that we use; BadInputError for what we keep no history in."""
    try:
        found = make_url(url)
    except (ArgumentError, ValueError):
        found = URL.create("")
    kind = found.drivername.partition("+")[0]
    if kind and kind not in _DRIVERS:
        message = f"a history cannot be kept in `{shortened(kind, 40)}`"
        raise BadInputError(message, hint="known: sqlite, postgresql, branch")
    if not found.database:
        hint = "such as sqlite:///.evalci/history.sqlite or postgresql://host/name"
        raise BadInputError("the address of the history names no database", hint=hint)
    return found.set(drivername=_DRIVERS[kind])


def _without_hidden_commits(connection: Any, _: object) -> None:
    """Keep Python's sqlite3 from beginning and ending transactions by itself."""
    connection.isolation_level = None


def _begin(connection: sa.Connection) -> None:
    """Let a writer lock at the start: two readers that turn into writers would collide."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _profile(dimensions: Mapping[str, tuple[str, ...]]) -> str:
    return digest({name: list(values) for name, values in dimensions.items()})


def _run_row(record: RunRecord) -> dict[str, Any]:
    head = {name: value for name, value in record_json(record).items() if name != "cases"}
    return {
        "id": record.id,
        "golden_set": record.golden_set,
        "model": record.model,
        "at": record.at,
        "trigger": record.trigger.value,
        "record": line_of(head),
    }


def _case_row(run: str, case: CaseRecord) -> dict[str, Any]:
    body = {name: value for name, value in record_json(case).items() if name != "dimensions"}
    return {
        "run": run,
        "id": case.id,
        "category": case.category,
        "profile": _profile(case.dimensions),
        "mean": case.mean,
        "scored": len(case.scored),
        "record": line_of(body),
    }


def _of_runs(query: Query) -> list[sa.ColumnElement[bool]]:
    """Return what a query asks of a run, like `Query.selects`."""
    rules: list[sa.ColumnElement[bool]] = []
    trigger = query.trigger.value if query.trigger else ""
    wanted = {"golden_set": query.golden_set, "model": query.model, "trigger": trigger}
    rules += [_RUNS.c[name] == value for name, value in wanted.items() if value]
    rules += [_RUNS.c.at >= query.since] * bool(query.since)
    rules += [_RUNS.c.at < query.until] * bool(query.until)
    return rules


def _with_cases(query: Query, *columns: sa.ColumnElement[Any]) -> "sa.Select[Any]":
    """Return a selection of the cases asked for, with the runs that they are of."""
    joined = _CASES.join(_RUNS, _CASES.c.run == _RUNS.c.id)
    chosen = sa.select(*columns).select_from(joined).where(*_of_runs(query))
    if query.category:
        chosen = chosen.where(_CASES.c.category == query.category)
    for dimension, values in query.match.items():
        named = (_LABELS.c.dimension == dimension) & _LABELS.c.value.in_(values)
        profiles = sa.select(_LABELS.c.profile).where(named)
        chosen = chosen.where(_CASES.c.profile.in_(profiles))
    return chosen
