"""The caps of a budget over shards: together the caps of the run, each enough for its part."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalci.core.baseline import BaselineTrial
from evalci.core.budget import BudgetRef
from evalci.core.run import Run, RunCase
from evalci.core.shard import Part, ShardFile, join, shard_of
from evalci.core.shares import allotted, shares
from tests.baselines import make_baseline_case
from tests.runs import make_carried, make_run, make_run_case

VERSION = "0.1.0"


def case(name: str, *, planned: int = 4, **usage: Any) -> RunCase:
    """Return an unmeasured case of which the baseline recorded one call."""
    before = replace(make_baseline_case(), trials=(BaselineTrial(score=1.0, **usage),))
    return make_run_case((), (1.0,), id=name, planned=planned, baseline=before)


def capped(*cases: RunCase, **caps: Any) -> Run:
    return make_run(*cases, budget=BudgetRef(**caps))


def caps_of(run: Run, total: int) -> list[BudgetRef]:
    parts = shares(run.cases, total)
    return [cap for n in range(total) if (cap := allotted(run, parts, n)) is not None]


costs = st.lists(st.floats(0, 10) | st.none(), min_size=1, max_size=12)


@given(costs=costs, total=st.integers(1, 9), cents=st.integers(0, 10_000))
def test_all_shards_together_have_the_caps_of_the_run(
    costs: list[float | None], total: int, cents: int
) -> None:
    cases = [case(f"a-{n}", cost_usd=usd) for n, usd in enumerate(costs)]
    run = capped(*cases, usd=cents / 100, calls=cents, tokens=7 * cents)

    parts = caps_of(run, total)

    assert sum(part.calls or 0 for part in parts) == cents
    assert sum(part.tokens or 0 for part in parts) == 7 * cents
    assert sum(part.usd or 0 for part in parts) == pytest.approx(cents / 100, abs=1e-9)


@given(planned=st.lists(st.integers(1, 9), min_size=1, max_size=12), total=st.integers(1, 9))
def test_calls_that_are_enough_for_the_run_are_enough_for_each_shard(
    planned: list[int], total: int
) -> None:
    cases = [case(f"a-{n}", planned=k, latency_s=n + 1.0) for n, k in enumerate(planned)]
    run = capped(*cases, calls=sum(planned) + 1)

    parts = caps_of(run, total)

    needed = [sum(cases[place].planned for place in places) for places in shares(cases, total)]
    assert all((part.calls or 0) >= need for part, need in zip(parts, needed, strict=True))


def test_dollars_go_where_the_dear_cases_are() -> None:
    dear = case("dear", latency_s=1.0, cost_usd=0.3)
    cheap = case("cheap", latency_s=1.0, cost_usd=0.1)

    caps = {cap.usd for cap in caps_of(capped(dear, cheap, usd=2.0), 2)}

    assert caps == {1.5, 0.5}


def test_a_shard_without_anything_due_has_nothing_to_spend() -> None:
    run = capped(case("a"), make_carried(id="b"), calls=10)

    assert sorted(cap.calls or 0 for cap in caps_of(run, 2)) == [0, 10]


def test_no_budget_stays_none() -> None:
    assert caps_of(make_run(case("a")), 2) == []


def test_joined_shards_have_the_caps_of_the_run() -> None:
    run = capped(*(case(f"a-{n}") for n in range(5)), usd=0.1, calls=7)
    parts = [shard_of(run, Part(index=n + 1, total=3)) for n in range(3)]
    files = [ShardFile(source=str(n), run=part) for n, part in enumerate(parts)]

    joined = join(files, version=VERSION)

    assert joined.budget == run.budget
