"""A cache of answers in a folder, with what it warned of."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from evalci.core.redaction import Redactor
from evalci.core.trial import Output, Request
from evalci.edges.llm.cache import AnswerStore, CachingClient
from tests.calls import make_request
from tests.fake_client import FakeClient

SECRET = "q9Zr7LmX2vKd8TfWb4"  # noqa: S105  # of this test


class Shelf:
    """A store in a folder, with what it warned of."""

    def __init__(self, folder: Path) -> None:
        """Open it."""
        self.warnings: list[str] = []
        self.folder = folder
        self.store = AnswerStore(folder, clean=Redactor([SECRET]).text, warn=self.warnings.append)

    def ask(self, inner: FakeClient, request: Request | None = None) -> Output:
        """Complete a request through the cache."""
        return CachingClient(inner, self.store).complete(request or make_request())

    def keep(self, *trials: int) -> None:
        """Put an answer for each trial into the store."""
        for trial in trials:
            self.ask(FakeClient([f"answer {trial}"]), make_request(trial=trial))

    def kept(self, *trials: int) -> list[bool]:
        """Tell which trials have an answer."""
        return [
            self.ask(FakeClient(["asked"]), make_request(trial=trial)).cached for trial in trials
        ]

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Run a statement on the file, past the store."""
        with closing(sqlite3.connect(self.store.place)) as database, database:
            return database.execute(statement, values).fetchall()
