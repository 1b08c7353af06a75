"""How often the gate cries wolf, what it finds, and what it costs, over three simulated worlds.

The runs go through the simulated gates that `tests/core/stats/test_simulation.py` holds equal to
the real ones. `pytest tests/benchmarks/test_gate_figures.py -n0 -s` prints the table.
"""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pytest

from evalci.core.evidence.options import CategoryRule, Options, options_for, rule_for
from evalci.core.policy import OnInconclusive, Preset, Risk
from evalci.core.stats.arrays import Floats
from evalci.core.stats.fixed_simulation import (
    DropLimits,
    play_entropy,
    play_exact,
    play_threshold,
)
from evalci.core.stats.grid import Layout
from evalci.core.stats.sequential import Rules
from evalci.core.stats.simulation import Design, Draw, Played, play
from tests.benchmarks.worlds import CASES, CATEGORIES, HIT, WORLDS, broken, passes, spread

BASELINE_TRIALS = 10
FIXED_TRIALS = 8
UNCHANGED_RUNS = 4000
DEFAULT_RUNS = 4000
OTHER_RUNS = 1000
DROPS = (0.03, 0.05, 0.10, 0.20)
SHAPES = {"spread": spread, "broken": broken}
LAYOUT = Layout(sizes=(CASES,) * CATEGORIES, graded=(False,) * CATEGORIES)

Gate = Callable[[Floats, Draw], Played]


def _design(preset: Preset) -> tuple[Design, CategoryRule]:
    options, rule = options_for(preset), rule_for(Risk.NORMAL, graded=False, preset=preset)
    return _design_of(options, rule, options.looks), rule


def _design_of(options: Options, rule: CategoryRule, looks: tuple[int, ...]) -> Design:
    rules = Rules(
        margin=np.full(CATEGORIES, rule.margin),
        detect=np.full(CATEGORIES, rule.detect),
        weight=np.full(CATEGORIES, rule.weight),
        alpha=options.alpha,
        closing=options.closing,
        confidence=options.confidence,
    )
    return Design(layout=LAYOUT, rules=rules, looks=looks)


def _evidence(preset: Preset) -> Gate:
    design, _ = _design(preset)
    return lambda baseline, draw: play(baseline, draw, design)


def _exact(baseline: Floats, draw: Draw) -> Played:
    return play_exact(baseline, draw, _design_of(Options(), CategoryRule(), (FIXED_TRIALS,)))


def _entropy(baseline: Floats, draw: Draw) -> Played:
    rule = Options().entropy
    design = _design_of(Options(), CategoryRule(), (rule.max_runs,))
    return play_entropy(baseline, draw, design, rule)


def _threshold(trials: int, baseline_trials: int) -> Gate:
    limits = DropLimits(
        limit=np.full(CATEGORIES, 0.05), relative=np.full(CATEGORIES, fill_value=True)
    )

    def gate(baseline: Floats, draw: Draw) -> Played:
        part = baseline[..., :baseline_trials]
        return play_threshold(part, draw, LAYOUT, limits, trials=trials)

    return gate


GATES: dict[str, Gate] = {
    **{f"evidence {preset}": _evidence(preset) for preset in Preset},
    "exact": _exact,
    "entropy": _entropy,
    "threshold 5 %": _threshold(FIXED_TRIALS, BASELINE_TRIALS),
    "threshold 5 %, 1 against 1": _threshold(1, 1),
}
UNDECIDED_FAILS = {
    f"evidence {preset}"
    for preset in Preset
    if _design(preset)[1].on_inconclusive is OnInconclusive.FAIL
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What one gate did in one world, in shares of the runs.

    ``power`` is the share of runs that fail because of the category that lost, ``right`` the share
    of the runs with a failing category that name it and nothing else, by shape and drop: a run that
    fails by the overall rule alone is in neither. ``calls`` are calls a case where nothing changed,
    and ``share`` the same in units of the fixed design.
    """

    false_alarms: float
    undecided: float
    calls: float
    power: dict[tuple[str, float], float]
    right: dict[tuple[str, float], float]

    @property
    def share(self) -> float:
        return self.calls / FIXED_TRIALS


def figures_of(gate: str, world: str) -> Figures:
    unchanged = _played(gate, world, "spread", 0.0)
    lost = {(shape, drop): _played(gate, world, shape, drop) for shape in SHAPES for drop in DROPS}
    failing = {key: _failing(gate, played) for key, played in lost.items()}
    only = np.arange(CATEGORIES) == HIT
    return Figures(
        false_alarms=float((_failing(gate, unchanged).any(axis=1) | unchanged.whole).mean()),
        undecided=float(unchanged.inconclusive.any(axis=1).mean()),
        calls=float(unchanged.calls.mean()) / (CATEGORIES * CASES),
        power={key: float(found[:, HIT].mean()) for key, found in failing.items()},
        right={
            key: float((found[found.any(axis=1)] == only).all(axis=1).mean())
            for key, found in failing.items()
        },
    )


def _failing(gate: str, played: Played) -> Floats:
    fails = played.failed | played.inconclusive if gate in UNDECIDED_FAILS else played.failed
    return np.asarray(fails)


def _played(gate: str, world: str, shape: str, drop: float) -> Played:
    """Play one cell of the table; its seed is that of the world and the loss, not of the gate."""
    runs = OTHER_RUNS if drop else UNCHANGED_RUNS
    if drop and gate == "evidence default":
        runs = DEFAULT_RUNS
    rng = np.random.default_rng(zlib.crc32(f"{world} {shape} {drop}".encode()))
    before = WORLDS[world](rng, runs)
    after = SHAPES[shape](rng, before, drop)
    return GATES[gate](
        passes(rng, before, BASELINE_TRIALS),
        lambda chosen, _: passes(rng, after[chosen], 1)[..., 0],
    )


@pytest.fixture(scope="module")
def table() -> dict[tuple[str, str], Figures]:
    found = {(gate, world): figures_of(gate, world) for gate in GATES for world in WORLDS}
    print("\n" + "\n".join(_lines(found)))  # noqa: T201  # the figures
    return found


def _lines(table: dict[tuple[str, str], Figures]) -> Iterator[str]:
    yield (
        "right: of the runs in which a category fails, those where only the one that lost does;\n"
        "runs that fail by the overall rule alone count in `false`, not in `power` or `right`\n"
    )
    yield (
        f"{'gate':27} {'world':7} {'false':>6} {'open':>5} {'calls':>6} {'share':>6} | power at "
        "3/5/10/20 spread | power broken        | right at 10, spread/broken"
    )
    for (gate, world), row in table.items():
        power = " | ".join(
            " ".join(f"{row.power[shape, drop]:4.0%}" for drop in DROPS) for shape in SHAPES
        )
        right = "/".join(f"{row.right[shape, 0.10]:.1%}" for shape in SHAPES)
        yield (
            f"{gate:27} {world:7} {row.false_alarms:6.1%} {row.undecided:5.1%} {row.calls:6.2f} "
            f"{row.share:6.0%} | {power:>26} | {right}"
        )


Table = dict[tuple[str, str], Figures]
EVERY_WORLD = pytest.mark.parametrize("world", WORLDS)


@EVERY_WORLD
def test_the_default_gate_rarely_cries_wolf(table: Table, world: str) -> None:
    assert table["evidence default", world].false_alarms <= 0.035


@EVERY_WORLD
@pytest.mark.parametrize(("shape", "least"), [("spread", 0.85), ("broken", 0.92)])
def test_it_finds_a_drop_of_ten_points(table: Table, world: str, shape: str, least: float) -> None:
    assert table["evidence default", world].power[shape, 0.10] >= least


@EVERY_WORLD
@pytest.mark.parametrize("shape", SHAPES)
def test_it_names_the_right_category(table: Table, world: str, shape: str) -> None:
    assert table["evidence default", world].right[shape, 0.10] >= 0.95


@EVERY_WORLD
def test_an_unchanged_pull_request_costs_less_than_half_of_the_fixed_design(
    table: Table, world: str
) -> None:
    assert table["evidence default", world].share <= 0.45


@EVERY_WORLD
def test_the_plain_threshold_is_far_worse(table: Table, world: str) -> None:
    plain = table["threshold 5 %, 1 against 1", world].false_alarms

    assert plain >= 5 * table["evidence default", world].false_alarms
