"""Shares out the cases of a run, and the caps of its budget, over shards."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import fmean

from evalci.core.baseline import BaselineTrial
from evalci.core.budget import BudgetRef
from evalci.core.hashes import digest
from evalci.core.run import Run, RunCase

MILLION = 1_000_000  # a cap in dollars is shared out by millionths, as `run.json` keeps it
Use = Callable[[BaselineTrial], float | None]
Places = tuple[int, ...]


def _latency(trial: BaselineTrial) -> float | None:
    return trial.latency_s


def _cost(trial: BaselineTrial) -> float | None:
    return trial.cost_usd


def _tokens(trial: BaselineTrial) -> float | None:
    return trial.tokens


def shares(cases: Sequence[RunCase], total: int) -> tuple[Places, ...]:
    """Return the places of the cases that each of ``total`` shards gets.

    The heaviest first, each to the shard that has least so far; ties by the hash of the id, so
    that where nothing is recorded every shard gets as many, whatever the order of the files.
    """
    weights = _weights(cases, _latency, _cost)
    order = sorted(range(len(cases)), key=lambda n: (-weights[n], digest(cases[n].id)))
    loads = [0.0] * total
    found: list[list[int]] = [[] for _ in range(total)]
    for place in order:
        least = min(range(total), key=lambda n: (loads[n], len(found[n])))
        found[least].append(place)
        loads[least] += weights[place]
    return tuple(tuple(sorted(places)) for places in found)


def allotted(run: Run, parts: Sequence[Places], index: int) -> BudgetRef | None:
    """Return the caps of one shard: all of them together are those of the run, to the last call.

    A shard gets of each cap what its cases are expected to use of it, so that a cap that lets the
    whole run through lets every shard through.
    """
    budget = run.budget
    if budget is None:
        return None

    def part(cap: float | None, *uses: Use) -> int | None:
        weights = _weights(run.cases, *uses)
        loads = [sum(weights[place] for place in places) for places in parts]
        return None if cap is None else _slice(math.floor(cap), loads, index)

    dollars = None if budget.usd is None else round(budget.usd * MILLION)
    usd = part(dollars, _cost, _tokens)
    return replace(
        budget,
        usd=None if usd is None else usd / MILLION,
        calls=part(budget.calls),
        tokens=part(budget.tokens, _tokens, _cost),
    )


def total_budget(parts: Sequence[BudgetRef | None]) -> BudgetRef | None:
    """Return the caps that were shared out, and whether any shard reached one."""
    known = [part for part in parts if part is not None]
    if not known:
        return None
    usd = _sum([part.usd for part in known])
    calls, tokens = _sum([part.calls for part in known]), _sum([part.tokens for part in known])
    return BudgetRef(
        usd=None if usd is None else round(usd, 6),
        calls=None if calls is None else round(calls),
        tokens=None if tokens is None else round(tokens),
        reached=any(part.reached for part in known),
    )


def _sum(caps: Sequence[float | None]) -> float | None:
    found = [cap for cap in caps if cap is not None]
    return sum(found) if found else None


def _slice(cap: int, loads: Sequence[float], index: int) -> int:
    """Return what the shard at ``index`` gets of a cap, in whole numbers that add up to it."""
    sizes = [round(load * MILLION) for load in loads]
    sizes = sizes if any(sizes) else [1] * len(loads)
    before, after, whole = sum(sizes[:index]), sum(sizes[: index + 1]), sum(sizes)
    return cap * after // whole - cap * before // whole


def _weights(cases: Sequence[RunCase], *uses: Use) -> list[float]:
    """Return what each case is expected to use, by the first use that is recorded, else alike.

    One without a record weighs as much as the others do on average; a carried one nothing.
    """
    records = ([_recorded(case, use) for case in cases] for use in uses)
    known = next((record for record in records if any(record)), [None] * len(cases))
    usual = _mean(known) or 1.0
    return [
        0.0 if case.carried else case.planned * (usual if each is None else each)
        for case, each in zip(cases, known, strict=True)
    ]


def _recorded(case: RunCase, use: Use) -> float | None:
    return _mean([use(trial) for trial in case.baseline.trials]) if case.baseline else None


def _mean(values: Sequence[float | None]) -> float | None:
    found = [value for value in values if value is not None]
    return fmean(found) if found else None
