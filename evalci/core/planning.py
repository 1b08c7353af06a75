"""What a golden set can see: the smallest drops by trials, and what more cases or trials buy."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from statistics import fmean

from evalci.core.policy import Mode
from evalci.core.stage import Stage
from evalci.core.stats.grid import side_of
from evalci.core.stats.power import Design, posterior_rates, smallest_drop
from evalci.core.stats.sequential import LEAST_CASES

TRIALS = tuple(range(1, 11))
USUAL_TRIALS = 8
MOST_BASELINE_TRIALS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The smallest drop seen with 80 % and 90 % power; None when not even losing all is."""

    at_80: float | None
    at_90: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Something to buy: what it lets one see, and its calls, ``once`` and at most in each check."""

    what: str
    seen: Seen
    once: int
    each_check: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryPlan:
    """A category's smallest drops for 1 to 10 trials a case, and what would make them smaller.

    ``baseline_trials`` is the harmonic mean over the cases, rounded. With fewer than five cases
    ``decides`` is False: nothing it sees can fail a check. ``pooled`` are small categories in it.
    """

    name: str
    pooled: tuple[str, ...]
    cases: int
    baseline_trials: int
    mean: float
    decides: bool
    seen: tuple[Seen, ...]
    offers: tuple[Offer, ...]


def plans_of(stage: Stage) -> tuple[CategoryPlan, ...]:
    """Return the plan of each category, from the posterior means of its recorded trials."""
    table = stage.table
    return tuple(
        CategoryPlan(
            name=name,
            pooled=table.pooled if name == table.pool else (),
            cases=stage.layout.sizes[k],
            baseline_trials=design.baseline_trials,
            mean=float(stage.layout.means(side_of(stage.baseline).mean)[k]),
            decides=stage.layout.sizes[k] >= LEAST_CASES,
            seen=tuple(seen_by(replace(design, trials=trials)) for trials in TRIALS),
            offers=tuple(_offers(design)),
        )
        for k, (name, design) in enumerate(zip(table.names, _designs(stage), strict=True))
    )


def seen_by(design: Design) -> Seen:
    """Return the smallest drops that a design sees."""
    return Seen(
        at_80=smallest_drop(design, power_wanted=0.80),
        at_90=smallest_drop(design, power_wanted=0.90),
    )


def _designs(stage: Stage) -> Iterator[Design]:
    """Yield the design of each category, with the usual number of trials."""
    side, table, start = side_of(stage.baseline), stage.table, 0
    for k, size in enumerate(stage.layout.sizes):
        rows = slice(start, start + size)
        start += size
        scores = [[x for x in row if x == x] for row in stage.baseline[rows].tolist()]  # noqa: PLR0124  # not NaN
        rates = posterior_rates(
            scores, kappa=float(table.prior.kappa[k]), mean=float(table.prior.mean[k])
        )
        count, squares = side.count[rows], side.squares[rows]
        within = float(squares.sum() / max(1.0, (count - 1).sum()))
        variances = tuple(((squares + within) / count).tolist())
        yield Design(
            rates=rates,
            trials=USUAL_TRIALS,
            baseline_trials=max(1, round(size / float((1 / count).sum()))),
            categories=len(table.names),
            variances=variances if stage.layout.graded[k] else (),
            margin=_margin(stage, k, fmean(rates)),
            tested=stage.mode is not Mode.THRESHOLD,
        )


def _margin(stage: Stage, k: int, mean: float) -> float:
    """Return the smallest drop that may fail a category: its margin, or the plain limit."""
    if stage.mode is not Mode.THRESHOLD:
        return stage.table.rules[k].margin
    limit = float(stage.limits.limit[k])
    return limit * mean if stage.limits.relative[k] else limit


def _offers(now: Design) -> Iterator[Offer]:
    n, b = len(now.rates), now.baseline_trials
    each = now.trials
    yield Offer(what="as it is", seen=seen_by(now), once=0, each_check=0)
    twice = replace(now, trials=2 * each)
    yield Offer(what=f"{2 * each} trials a case", seen=seen_by(twice), once=0, each_check=n * each)
    if b < MOST_BASELINE_TRIALS:
        fuller = replace(now, baseline_trials=MOST_BASELINE_TRIALS)
        more = n * (MOST_BASELINE_TRIALS - b)
        what = f"{MOST_BASELINE_TRIALS} baseline trials"
        yield Offer(what=what, seen=seen_by(fuller), once=more, each_check=0)
    for factor in (1.5, 2.0):
        added = round(n * (factor - 1))
        if added:
            larger = _with_cases(now, n + added)
            what = f"{n + added} cases"
            yield Offer(what=what, seen=seen_by(larger), once=added * b, each_check=added * each)


def _with_cases(now: Design, n: int) -> Design:
    """Return the design with more cases like those it has."""
    places = [i * len(now.rates) // n for i in range(n)]
    return replace(
        now,
        rates=tuple(now.rates[i] for i in places),
        variances=tuple(now.variances[i] for i in places) if now.variances else (),
    )
