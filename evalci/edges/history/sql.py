"""The history in a database: an SQLite file, or a PostgreSQL server, through SQLAlchemy Core."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.url import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError
from sqlalchemy.schema import CreateIndex, CreateTable

from evalci.core.history import Query, RunRecord, Trigger
from evalci.core.history_config import passwords_in, without_password
from evalci.core.history_file import Row, checked_line, line_of, records_of
from evalci.core.history_rows import case_row, object_in, objects_in, profile_of, run_row
from evalci.core.history_trend import CaseMean, Span, require_since
from evalci.core.json_value import Json, JsonObject
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
# Order and comparison of texts as everywhere else, whatever the collation of a server is.
_TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
_META = sa.MetaData()
_NUMBER = sa.Column("version", sa.Integer, primary_key=True, autoincrement=False)
_VERSION = sa.Table("evalci_history", _META, _NUMBER)
_RUNS = sa.Table(
    "evalci_runs",
    _META,
    sa.Column("id", _TEXT, primary_key=True),
    sa.Column("golden_set", _TEXT, nullable=False),
    sa.Column("model", _TEXT, nullable=False),
    sa.Column("at", _TEXT, nullable=False),
    sa.Column("trigger", _TEXT, nullable=False),
    sa.Column("record", _TEXT, nullable=False),  # JSON of all but the cases
    sa.Index("evalci_runs_series", "golden_set", "model", "at"),
)
# The dimensions of a case hardly ever change: they are kept once, under the hash of them all.
_PROFILES = sa.Table(
    "evalci_profiles",
    _META,
    sa.Column("id", _TEXT, primary_key=True),
    sa.Column("dimensions", _TEXT, nullable=False),  # JSON
)
_LABELS = sa.Table(
    "evalci_labels",
    _META,
    sa.Column("profile", _TEXT, sa.ForeignKey("evalci_profiles.id"), primary_key=True),
    sa.Column("dimension", _TEXT, primary_key=True),
    sa.Column("value", _TEXT, primary_key=True),
)
_CASES = sa.Table(
    "evalci_cases",
    _META,
    sa.Column("run", _TEXT, sa.ForeignKey("evalci_runs.id"), primary_key=True),
    sa.Column("id", _TEXT, primary_key=True),
    sa.Column("category", _TEXT, nullable=False),
    sa.Column("profile", _TEXT, sa.ForeignKey("evalci_profiles.id"), nullable=False),
    sa.Column("mean", sa.Double),
    sa.Column("scored", sa.Integer, nullable=False),
    sa.Column("record", _TEXT, nullable=False),  # JSON of all but the dimensions
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
        address = _address(url)
        self._engine = _engine(address)
        self._secrets = passwords_in(url)
        self._name = without_password(url)
        local = address.get_backend_name() == "sqlite"
        self._file = Path(address.database or "") if local else None
        self._ready = False

    def add(self, record: RunRecord) -> bool:
        """Keep a run for good; False when one with its id was there already."""
        checked_line(record)
        with self._translated(), self._writing() as connection:
            self._make(connection)
            insert = self._insert(_RUNS).values(run_row(record)).on_conflict_do_nothing()
            if connection.execute(insert.returning(_RUNS.c.id)).first() is None:
                return False
            self._add_cases(connection, record)
        return True

    def _add_cases(self, connection: sa.Connection, record: RunRecord) -> None:
        profiles = {profile_of(case.dimensions): case.dimensions for case in record.cases}
        rows = [{"id": name, "dimensions": line_of(of)} for name, of in sorted(profiles.items())]
        labels = [
            {"profile": name, "dimension": dimension, "value": value}
            for name, found in sorted(profiles.items())
            for dimension, values in sorted(found.items())
            for value in sorted(set(values))
        ]
        cases = [case_row(record.id, case) for case in record.cases]
        # In the same order by everybody, so that two writers never wait for one another in turn.
        for table, new in ((_PROFILES, rows), (_LABELS, labels), (_CASES, cases)):
            if new:
                connection.execute(self._insert(table).on_conflict_do_nothing(), new)

    def runs(self, query: Query) -> tuple[RunRecord, ...]:
        """Return the runs that a query asks for, oldest first; without cases unless it says so."""
        return tuple(self.each(query))

    def each(self, query: Query) -> Iterator[RunRecord]:
        """Yield what `runs` returns, one by one: a long history does not fit into memory."""
        chosen = sa.select(_RUNS.c.id, _RUNS.c.record).where(*_of_runs(query))
        with self._reading() as connection:
            if connection is None:
                return
            found = connection.execute(chosen.order_by(_RUNS.c.at, _RUNS.c.id)).all()
            profiles = connection.execute(sa.select(_PROFILES)).all() if query.cases else []
            dimensions = {row.id: object_in(row.dimensions) for row in profiles}
            for run, text in found:
                cases = self._cases(connection, query, run, dimensions) if query.cases else []
                row = Row(
                    source=f"{self._name}, run {run}", data={**object_in(text), "cases": cases}
                )
                yield from map(query.narrowed, records_of([row]))

    def _cases(
        self, connection: sa.Connection, query: Query, run: str, dimensions: Mapping[str, Json]
    ) -> list[JsonObject]:
        """Return the JSON forms of the cases of a run that are asked for."""
        chosen = _with_cases(query, _CASES.c.profile, _CASES.c.record).where(_CASES.c.run == run)
        rows = connection.execute(chosen.order_by(_CASES.c.id)).all()
        cases = zip(rows, objects_in([text for _, text in rows]), strict=True)
        return [{**case, "dimensions": dimensions[profile]} for (profile, _), case in cases]

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
            rows = connection.execute(chosen.group_by(*names).order_by(*names)).mappings().all()
            for since in {row["since"] for row in rows}:
                require_since(since, span)
            return tuple(CaseMean(**row) for row in rows)

    def close(self) -> None:
        """Let go of the connections."""
        self._engine.dispose()

    @contextmanager
    def _writing(self) -> Iterator[sa.Connection]:
        if self._file:
            self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._engine.execution_options(writes=True).begin() as connection:
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[sa.Connection | None]:
        """Open a connection for reading, or None where nothing was kept so far."""
        if self._file and not self._file.exists():
            yield None  # SQLite would make the file
            return
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
        make = sqlite.insert if self._file else postgresql.insert
        return make(table)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        where = f"history {self._name}"
        try:
            yield
        except (ValueError, TypeError, KeyError, RecursionError):
            raise BadInputError(f"{where}: a row is damaged") from None
        except OSError as exc:
            raise BadInputError(f"{where}: {exc.strerror}") from None
        except DatabaseError as exc:
            reason = " ".join(str(exc.orig).split())
            for secret in self._secrets:
                reason = reason.replace(secret, "***")
            raise BadInputError(f"{where}: {shortened(reason, 200)}") from None


def _engine(found: URL) -> sa.Engine:
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
    if "@" in (found.host or ""):
        hint = "write it as %40, a `/` as %2F"
        raise BadInputError("the address of the history has an `@` in its password", hint=hint)
    if not found.database or found.database == ":memory:" or (kind == "sqlite" and found.query):
        hint = "such as branch:evalci-history, sqlite:///history.sqlite or postgresql://host/name"
        raise BadInputError("the address of the history names no database", hint=hint)
    return found.set(drivername=_DRIVERS[kind])


def _without_hidden_commits(connection: Any, _: object) -> None:
    """Keep Python's sqlite3 from beginning and ending transactions by itself."""
    connection.isolation_level = None


def _begin(connection: sa.Connection) -> None:
    """Let a writer lock at the start: two readers that turn into writers would collide."""
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _of_runs(query: Query) -> list[sa.ColumnElement[bool]]:
    """Return what a query asks of a run, like `Query.selects`."""
    rules: list[sa.ColumnElement[bool]] = []
    wanted = {"golden_set": query.golden_set, "model": query.model}
    rules += [_RUNS.c[name] == value for name, value in wanted.items() if value]
    if query.triggers < set(Trigger):
        rules.append(_RUNS.c.trigger.in_(sorted(query.triggers)))
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
