"""Watches what is no score: refusals, cut and formless answers, length, latency, cost."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from evalci.core.history import CategoryRecord, RunRecord
from evalci.core.stats.drift import SLACK, alarm_limit

MIN_WEEKS = 4
RATE_NOISE, SIZE_NOISE = 0.02, 0.10


@dataclass(frozen=True, slots=True, kw_only=True)
class SideMove:
    """A measure that left where it was; ``before`` is the mean of the earlier runs.

    ``unit`` is `share`, `s`, `$` or `characters`.
    """

    name: str
    unit: str
    before: float
    now: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SideLevel:
    """A measure of one run, in a ``unit`` as in `SideMove`.

    A quantile is the mean of those of the categories, each weighing as much as it has trials.
    """

    name: str
    unit: str
    now: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """One measure of a category; ``falls`` tells that less of it is worth a line, too."""

    name: str
    unit: str
    value: Callable[[CategoryRecord], float | None]
    falls: bool = False

    @property
    def rate(self) -> bool:
        return self.unit == "share"


def _share(count: Callable[[CategoryRecord], int]) -> Callable[[CategoryRecord], float | None]:
    return lambda one: count(one) / one.trials if one.trials else None


_SIDES = (
    _Side(name="refusals", unit="share", value=_share(lambda one: one.refused)),
    _Side(name="truncated answers", unit="share", value=_share(lambda one: one.truncated)),
    _Side(name="format failures", unit="share", value=_share(lambda one: one.malformed)),
    _Side(name="length", unit="characters", value=lambda one: one.length, falls=True),
    _Side(name="latency p50", unit="s", value=lambda one: one.latency_p50_s),
    _Side(name="latency p95", unit="s", value=lambda one: one.latency_p95_s),
    _Side(name="cost an answer", unit="$", value=lambda one: one.cost_usd),
)


def side_levels(run: RunRecord) -> tuple[SideLevel, ...]:
    """Return every measure of a run, over all its categories, that is known."""
    found = ((side, _overall(side, run)) for side in _SIDES)
    return tuple(
        SideLevel(name=side.name, unit=side.unit, now=value)
        for side, value in found
        if value is not None
    )


def side_moves(records: Sequence[RunRecord], *, alarms_a_year: float) -> tuple[SideMove, ...]:
    """Return each measure that moved by more than its own weeks do, over all categories.

    A self-starting CUSUM of the weeks, each against the mean and the spread of all earlier ones.
    Sizes are compared as ratios; a spread is never taken for less than 2 points or 10 %.
    """
    limit = alarm_limit(len(_SIDES), alarms_a_year=alarms_a_year)
    found = (_move(side, records, limit) for side in _SIDES)
    return tuple(move for move in found if move is not None)


def _move(side: _Side, records: Sequence[RunRecord], limit: float) -> SideMove | None:
    found = (_overall(side, record) for record in records)
    values = [value for value in found if value is not None and (side.rate or value > 0)]
    scaled = values if side.rate else [math.log(value) for value in values]
    if len(scaled) <= MIN_WEEKS:
        return None
    signs = (1, -1) if side.falls else (1,)
    start = next((s for s in (_start(scaled, sign, side, limit) for sign in signs) if s), None)
    if start is None:
        return None
    return SideMove(
        name=side.name, unit=side.unit, before=fmean(values[:start]), now=fmean(values[start:])
    )


def _start(values: Sequence[float], sign: int, side: _Side, limit: float) -> int | None:
    """Return where the newest week's CUSUM began to rise, None where it is below the limit."""
    noise = RATE_NOISE if side.rate else SIZE_NOISE
    total, start = 0.0, None
    for week in range(MIN_WEEKS, len(values)):
        surprise = sign * _surprise(values[:week], values[week], noise)
        total = max(0.0, total + surprise - SLACK)
        start = None if total == 0.0 else start or week
    return start if total > limit else None


def _surprise(earlier: Sequence[float], value: float, noise: float) -> float:
    """Return how far a week is off the mean of the earlier ones, as a normal deviate.

    The few weeks know their own spread badly: Student's t is turned into the deviate that is as
    rare (Wallace 1959). It is never more than the move over the ``noise``.
    """
    weeks = len(earlier)
    move = (value - fmean(earlier)) / math.sqrt(1 + 1 / weeks)
    spread, freedom = stdev(earlier), weeks - 1
    if spread == 0.0:
        return move / noise
    deviate = math.sqrt(freedom * math.log1p((move / spread) ** 2 / freedom))
    deviate *= (8 * freedom + 1) / (8 * freedom + 3)
    return math.copysign(min(deviate, abs(move) / noise), move)


def _overall(side: _Side, record: RunRecord) -> float | None:
    """Return a measure of a run, each category weighing as much as it has trials."""
    found = [(side.value(one), one.trials) for one in record.categories]
    known = [(value, trials) for value, trials in found if value is not None]
    total = sum(trials for _, trials in known)
    return sum(value * trials for value, trials in known) / total if total else None
