"""The history at full size: 1,000 runs of 150 cases and 8 trials, and one question of a quarter."""

import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from evalci.core.history import Query
from evalci.core.history_trend import Span, period_scores
from evalci.core.ports import HistoryStore
from evalci.edges.history.sql import SqlHistory
from tests.benchmarks.children import EVALCI, run
from tests.cli.desk import write_desk
from tests.postgres import postgres
from tests.records import make_case_record, make_category_record, make_record

RUNS, CASES, TRIALS = 1_000, 150, 8
FIRST = datetime(2025, 1, 1, 6, tzinfo=UTC)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def full(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the URL of a database with everything in it."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/history.sqlite"
        _fill(url)
        yield url
        return
    with postgres() as url:
        _fill(url)
        yield url


def _fill(url: str) -> None:
    cases = tuple(
        make_case_record(
            [(number + trial) % 5 / 4 for trial in range(TRIALS)],
            id=f"case-{number}",
            category=f"category-{number % 4}",
            dimensions={"tags": ("nullability",) if number % 10 == 0 else ("other",)},
            request="r" * 64,
            harness="h" * 64,
        )
        for number in range(CASES)
    )
    categories = tuple(make_category_record(f"category-{number}") for number in range(4))
    whole = make_record(cases=cases, categories=categories)
    store, started = SqlHistory(url), time.perf_counter()
    for number in range(RUNS):
        at = (FIRST + timedelta(hours=17 * number)).isoformat()
        store.add(replace(whole, id=f"{number:016x}", at=at))
    store.close()
    took_s = time.perf_counter() - started
    sys.stdout.write(f"\n{url.partition(':')[0]}: {RUNS} runs added in {took_s:.1f} s\n")


def test_a_quarter_against_the_next_is_answered_within_a_second(full: str, tmp_path: Path) -> None:
    """The command as a whole by its CPU, its question to the store by the clock."""
    write_desk(tmp_path)
    query = Query(match={"tags": ("nullability",)})
    store = SqlHistory(full)
    asked = [_timed(store, query) for _ in range(5)]
    every_s = _timed(store, Query())
    store.close()
    options = ["--match", "tags=nullability", "--by", "quarter", "--history", full]

    usage = run([EVALCI, "history", "query", *options], tmp_path)
    said = (tmp_path / "child.out").read_text(encoding="utf-8")

    sys.stdout.write(
        f"question {min(asked):.2f} to {max(asked):.2f} s, about every case {every_s:.2f} s, "
        f"command {usage.cpu_s:.2f} s of CPU, {usage.wall_s:.2f} s\n"
    )
    assert [line.split()[0] for line in said.splitlines()[2:4]] == ["2025-Q1", "2025-Q2"]
    assert min(asked) + usage.cpu_s < 1.0


def _timed(store: HistoryStore, query: Query) -> float:
    started = time.perf_counter()
    assert period_scores(store.means(query, Span.QUARTER), Span.QUARTER)
    return time.perf_counter() - started
