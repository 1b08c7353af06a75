"""The history on a branch of the repository: files of JSON lines that commits append to."""

import json
import random
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from enum import StrEnum
from itertools import groupby

from evalci.core.history import Query, RunRecord, selected
from evalci.core.history_config import DEFAULT_BRANCH
from evalci.core.history_file import checked_line, parse_records
from evalci.core.history_trend import CaseMean, Span, case_means
from evalci.core.json_value import Json, parse_json, value_at
from evalci.core.names import name_in
from evalci.core.ports import DataBranch
from evalci.errors import BadInputError, NotPublishedError

RACES = 30  # how often others may be faster
FAILURES = 3
PAUSE_S = 0.1
MAX_PAUSE_S = 3.0
README = """\
# History of evaluations

Written by `evalci history add`: a file for each golden set, model and day, a line for each run.
It holds scores and hashes, no prompts and no answers. `evalci history query` reads it.
"""
_PLACE = re.compile(r"(.*/)?([^/]+)/[0-9]{4}/([0-9]{4}-[0-9]{2}-[0-9]{2})\.jsonl")


class _Turn(StrEnum):
    """How an attempt to keep a run ended."""

    KEPT = "kept"
    KNOWN = "known"
    OUTRUN = "outrun"


class BranchHistory:
    """Keeps runs on a branch that no working tree ever sees.

    An appended line is a commit on top of the remote's; when somebody else was faster the push is
    rejected, and the line is appended to theirs. So nothing is lost, and nothing is ever forced.
    """

    def __init__(
        self,
        branch: DataBranch,
        *,
        folder: str = "",
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """``folder`` is where the project lies in its repository, and its files on the branch.

        ``sleep`` waits for some seconds before another attempt.
        """
        self._branch = branch
        self._below = name_in(folder, "")
        self._sleep = sleep

    def add(self, record: RunRecord) -> bool:
        """Keep a run for good; False when one with its id was there already.

        Raises NotPublishedError when the remote does not take it, BadInputError for a branch that
        holds something else.
        """
        line = checked_line(record)
        races = failures = 0
        while True:
            problem = NotPublishedError(f"{RACES} others were faster")
            try:
                match self._append(record, line):
                    case _Turn.KEPT:
                        return True
                    case _Turn.KNOWN:
                        return races + failures > 0  # a push that seemed to fail had landed
                    case _Turn.OUTRUN:
                        races, failures = races + 1, 0
            except NotPublishedError as exc:
                # What has an advice does not go away by itself.
                failures, problem = (FAILURES if exc.hint else failures + 1), exc
            if races >= RACES or failures >= FAILURES:
                message = f"the history could not be written to branch {self._branch.name}"
                raise NotPublishedError(f"{message}: {problem.message}", hint=problem.hint)
            self._pause(races + failures)

    def _append(self, record: RunRecord, line: str) -> _Turn:
        path, tip = self._path_of(record), self._branch.tip()
        files = self._branch.files(tip) if tip else {}
        if files and not any(map(_PLACE.fullmatch, files)):
            hint = f"name another, such as {DEFAULT_BRANCH}"
            raise BadInputError(f"branch {self._branch.name} holds no history", hint=hint)
        there = {path: files[path]} if path in files else {}
        before = "".join(text for _, text in self._branch.texts(there))
        if _has(before, record.id):
            return _Turn.KNOWN
        new = {path: f"{before}{line}\n", **({} if tip else {"README.md": README})}
        pushed = self._branch.push(tip, new, f"Run {record.id} of {path}")
        return _Turn.KEPT if pushed else _Turn.OUTRUN

    def runs(self, query: Query) -> tuple[RunRecord, ...]:
        """Return the runs that a query asks for, oldest first; without cases unless it says so.

        Raises BadInputError for a row that is not ours, NotPublishedError without an answer of the
        remote.
        """
        return tuple(self.each(query))

    def each(self, query: Query) -> Iterator[RunRecord]:
        """Yield what `runs` returns, one by one: a long history does not fit into memory.

        A file holds a day, so that reading day by day is reading in order.
        """
        tip = self._branch.tip()
        files = self._branch.files(tip) if tip else {}
        wanted = sorted((path for path in files if self._may_hold(path, query)), key=_day)
        texts = self._branch.texts({path: files[path] for path in wanted})
        for _, found in groupby(texts, lambda one: _day(one[0])):
            yield from selected(self._records(found, query), query)

    def means(self, query: Query, span: Span) -> tuple[CaseMean, ...]:
        """Return the mean of each case asked for, in pieces that periods can be joined from."""
        return case_means(self.each(replace(query, cases=True)), span)

    def close(self) -> None:
        """Let go of what was fetched."""
        self._branch.close()

    def _records(self, texts: Iterable[tuple[str, str]], query: Query) -> Iterator[RunRecord]:
        for path, text in texts:
            source = f"{self._branch.name}:{path}"
            for record in parse_records(text, source, cases=query.cases):
                if self._path_of(record) != path:
                    place = f"{source}: run {record.id}"
                    raise BadInputError(f"{place} belongs into {self._path_of(record)}")
                yield record

    def _path_of(self, record: RunRecord) -> str:
        """Return the file of a run: one a day, so that none grows beyond what GitHub takes."""
        series = f"{self._below}{record.golden_set}.{record.model}"
        return f"{series}/{record.at[:4]}/{record.at[:10]}.jsonl"

    def _may_hold(self, path: str, query: Query) -> bool:
        """Tell by its path whether a file may hold a run that is asked for."""
        found = _PLACE.fullmatch(path)
        if found is None or (found[1] or "") != self._below:
            return False
        series, day = found[2], found[3]
        begins = f"{query.golden_set}." if query.golden_set else ""
        ends = f".{query.model}" if query.model else ""
        early = bool(query.since) and day < query.since[:10]
        late = bool(query.until) and day >= query.until
        return series.startswith(begins) and series.endswith(ends) and not early and not late

    def _pause(self, times: int) -> None:
        """Wait a random while, so that writers do not meet again."""
        self._sleep(random.uniform(0, min(MAX_PAUSE_S, PAUSE_S * 2**times)))  # noqa: S311  # jitter


def _day(path: str) -> str:
    return path.rpartition("/")[2]


def _has(text: str, run: str) -> bool:
    """Tell whether one of the rows is a run; a case may have its id, too."""
    rows = (row for row in text.split("\n") if json.dumps(run) in row)
    return any(value_at(_loaded(row), "id") == run for row in rows)


def _loaded(row: str) -> Json:
    """Return a row as it is, None for what is no JSON: whoever reads will say so."""
    try:
        return parse_json(row)
    except ValueError:
        return None
