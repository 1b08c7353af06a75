"""The places in which a history can be kept, each empty and with a door for several writers."""

import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from evalci.core.ports import HistoryStore
from evalci.edges.history.branch import BranchHistory
from evalci.edges.history.git_branch import GitBranch, Remote
from evalci.edges.history.sql import SqlHistory
from tests.fake_time import FakeTime

BRANCH = "evalci-history"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a history is kept; ``opened`` makes one more store of it, as another process would."""

    name: str
    opened: Callable[[], HistoryStore]


def database(url: str) -> Place:
    """Return a database as a place."""
    return Place(name=url, opened=lambda: SqlHistory(url))


def new_database(server: str, name: str) -> str:
    """Make a database in a PostgreSQL server and return its URL."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return f"{server.rpartition('/')[0]}/{name}"


def data_branch(folder: Path) -> Place:
    """Return a branch of a bare repository as a place; every door is a clone of its own."""
    bare = folder / "bare.git"
    git(folder, "init", "--quiet", "--bare", str(bare))

    def opened() -> HistoryStore:
        return BranchHistory(GitBranch(clone(bare), Remote(branch=BRANCH)))

    return Place(name=str(bare), opened=opened)


def stored(folder: Path) -> BranchHistory:
    """Return the history on a branch, which waits for nobody."""
    return BranchHistory(GitBranch(folder, Remote(branch=BRANCH)), sleep=FakeTime().sleep)


def clone(bare: Path) -> Path:
    """Clone a repository beside it and return where."""
    place = Path(tempfile.mkdtemp(dir=bare.parent, prefix="clone-"))
    git(bare.parent, "clone", "--quiet", str(bare), str(place))
    return place


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder and return what it says."""
    done = subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, check=True, encoding="utf-8"
    )
    return done.stdout
