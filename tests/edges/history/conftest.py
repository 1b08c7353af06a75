"""Every place in which a history can be kept, and the servers and remotes that it takes."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.edges.history.places import Place, clone, data_branch, database, git
from tests.postgres import postgres


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Return the URL of a server's database, which the tests of a worker share."""
    with postgres() as url:
        yield url


@pytest.fixture
def emptied(server: str) -> str:
    """Return the URL of the database, nothing in it."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")
    return server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def sql_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/history.sqlite"
    url: str = request.getfixturevalue("emptied")
    return url


@pytest.fixture(params=["sqlite", "branch", pytest.param("postgresql", marks=pytest.mark.postgres)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Return each place in which a history can be kept, empty."""
    match request.param:
        case "sqlite":
            return database(f"sqlite:///{tmp_path}/history.sqlite")
        case "branch":
            return data_branch(tmp_path)
        case _:
            return database(request.getfixturevalue("emptied"))


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """Return an empty bare repository whose default branch is `main`."""
    bare = tmp_path / "bare.git"
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch", "main", str(bare))
    return bare


@pytest.fixture
def checkout(bare: Path) -> Path:
    """Return a clone with one pushed commit, and an edit that is not committed."""
    place = clone(bare)
    (place / "notes.txt").write_text("first\n", encoding="utf-8")
    git(place, "add", "--all")
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    git(place, *who, "commit", "--quiet", "--message", "First")
    git(place, "push", "--quiet", "origin", "HEAD:main")
    (place / "notes.txt").write_text("edited\n", encoding="utf-8")
    return place
