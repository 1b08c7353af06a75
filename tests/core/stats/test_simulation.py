"""The simulated gates are the real ones: on small random runs both give the same answers."""

from collections.abc import Sequence

import numpy as np
import pytest

from evalci.core.evidence.decision import Decision, Ending, Status
from evalci.core.evidence.next_cases import next_cases
from evalci.core.evidence.options import CategoryRule, Method, Options
from evalci.core.evidence.table import CaseTrials
from evalci.core.evidence.weigh import weigh
from evalci.core.policy import MaxDrop
from evalci.core.stats.arrays import Floats
from evalci.core.stats.entropy import EntropyRule
from evalci.core.stats.fixed_simulation import (
    DropLimits,
    play_entropy,
    play_exact,
    play_threshold,
)
from evalci.core.stats.grid import Layout
from evalci.core.stats.sequential import Rules
from evalci.core.stats.simulation import Design, Played, play
from evalci.core.threshold import exceeds
from tests.core.evidence.looks import Ended, run_looks
from tests.core.gated import summary_from

RUNS = 40
SIZES = (7, 5, 3, 9)  # the third is too small to decide
NAMES = ("a", "b", "c", "d")
HOME = tuple(name for name, size in zip(NAMES, SIZES, strict=True) for _ in range(size))
RULES = {
    "a": CategoryRule(),
    "b": CategoryRule(margin=0.05, detect=0.15, weight=1.0),
    "c": CategoryRule(),
    "d": CategoryRule(margin=0.02, detect=0.07, weight=4.0),
}
OPTIONS = {
    "default": Options(looks=(1, 2, 4, 8)),
    "quiet": Options(looks=(1, 2, 4, 8), closing=False),
    "quick": Options(looks=(1, 2, 4), confidence=0.9),
    "strict": Options(looks=(2, 4), alpha=0.1),
}
FIXED = {
    "exact": Options(method=Method.EXACT, trials=4),
    "entropy": Options(method=Method.ENTROPY),
}


class World:
    """Runs with baseline scores and all the candidate's answers, drawn once."""

    def __init__(self, seed: int, *, graded: bool) -> None:
        rng = np.random.default_rng(seed)
        rates = np.where(rng.random((RUNS, len(HOME))) < 0.5, 1.0, rng.random((RUNS, len(HOME))))
        loss = rng.choice([0.0, 0.0, 0.3, 0.8], size=(RUNS, 4))[:, [NAMES.index(n) for n in HOME]]
        self.graded = graded
        self.baseline = self._scores(rng, rates, 6)
        self.answers = self._scores(rng, rates * (1 - loss), 16)

    def _scores(self, rng: np.random.Generator, rates: Floats, trials: int) -> Floats:
        draws = rng.random((*rates.shape, trials))
        if self.graded:
            return np.clip(rates[..., None] + 0.2 * (draws - 0.5), 0.0, 1.0)
        return (draws < rates[..., None]).astype(float)

    def draw(self, chosen: np.ndarray, replicate: int) -> Floats:
        found: Floats = self.answers[chosen, :, replicate]
        return found

    def cases(self, run: int) -> list[CaseTrials]:
        return [
            CaseTrials(
                id=f"{i:02}",
                category=name,
                baseline=tuple(self.baseline[run, i].tolist()),
                candidate=(),
            )
            for i, name in enumerate(HOME)
        ]

    def answer(self, run: int, case: str, replicate: int) -> float:
        return float(self.answers[run, int(case), replicate])

    def design(self, options: Options) -> Design:
        rules = [RULES[name] for name in NAMES]
        return Design(
            layout=Layout(sizes=SIZES, graded=(self.graded,) * 4),
            rules=Rules(
                margin=np.asarray([rule.margin for rule in rules]),
                detect=np.asarray([rule.detect for rule in rules]),
                weight=np.asarray([rule.weight for rule in rules]),
                alpha=options.alpha,
                closing=options.closing,
                confidence=options.confidence,
            ),
            looks=options.looks if options.method is Method.EVIDENCE else (options.cap,),
        )

    def rules(self) -> dict[str, CategoryRule]:
        return {
            name: CategoryRule(
                margin=rule.margin, detect=rule.detect, weight=rule.weight, graded=self.graded
            )
            for name, rule in RULES.items()
        }


def looked(world: World, run: int, options: Options) -> Ended:
    """Return how the real gate ends on one run, look by look."""

    def answer(case: str, replicate: int) -> float:
        return world.answer(run, case, replicate)

    return run_looks(world.cases(run), world.rules(), options, answer)


def fixed(world: World, run: int, options: Options) -> Ended:
    """Return how a mode without looks ends on one run."""
    cases: Sequence[CaseTrials] = world.cases(run)
    for replicate in range(options.cap):
        due = set(next_cases(cases, world.rules(), options))
        cases = [
            CaseTrials(
                id=case.id,
                category=case.category,
                baseline=case.baseline,
                candidate=(
                    *case.candidate,
                    world.answer(run, case.id, replicate) if case.id in due else None,
                ),
            )
            for case in cases
        ]
    decision = weigh(cases, world.rules(), options, ending=Ending.CAP)
    return Ended(decision=decision, cases=tuple(cases))


def statuses(decision: Decision, status: Status) -> list[bool]:
    return [category.status is status for category in decision.categories]


def assert_same(played: Played, ended: Sequence[Ended]) -> None:
    decisions = [one.decision for one in ended]
    assert played.calls.tolist() == [one.calls for one in ended]
    assert played.failed.tolist() == [statuses(d, Status.REGRESSION) for d in decisions]
    assert played.inconclusive.tolist() == [statuses(d, Status.INCONCLUSIVE) for d in decisions]
    assert played.whole.tolist() == [d.whole is not None and d.whole.regressed for d in decisions]
    assert played.z == pytest.approx(np.asarray([[c.z for c in d.categories] for d in decisions]))


@pytest.mark.slow
@pytest.mark.parametrize("graded", [False, True], ids=["pass-fail", "graded"])
@pytest.mark.parametrize("name", OPTIONS)
def test_the_simulated_looks_end_as_the_real_ones(name: str, graded: bool) -> None:
    options, world = OPTIONS[name], World(len(name), graded=graded)

    played = play(world.baseline, world.draw, world.design(options))

    assert_same(played, [looked(world, run, options) for run in range(RUNS)])


@pytest.mark.parametrize("graded", [False, True], ids=["pass-fail", "graded"])
@pytest.mark.parametrize("name", FIXED)
def test_the_simulated_fixed_modes_end_as_the_real_ones(name: str, graded: bool) -> None:
    options, world = FIXED[name], World(len(name), graded=graded)
    design, rule = world.design(options), options.entropy

    played = _play_fixed(name, world, design, rule)

    assert_same(played, [fixed(world, run, options) for run in range(RUNS)])
    assert played.failed.any()


def _play_fixed(name: str, world: World, design: Design, rule: EntropyRule) -> Played:
    if name == "exact":
        return play_exact(world.baseline, world.draw, design)
    return play_entropy(world.baseline, world.draw, design, rule)


@pytest.mark.parametrize("relative", [False, True], ids=["points", "relative"])
def test_the_simulated_threshold_ends_as_the_real_one(relative: bool) -> None:
    world = World(7, graded=False)
    limit = MaxDrop(relative=0.05) if relative else MaxDrop(points=0.05)
    limits = DropLimits(limit=np.full(4, 0.05), relative=np.full(4, relative))
    layout = Layout(sizes=SIZES, graded=(False,) * 4)

    played = play_threshold(world.baseline, world.draw, layout, limits, trials=3)

    before = layout.means(world.baseline.mean(axis=-1))
    after = layout.means(world.answers[..., :3].mean(axis=-1))
    assert played.calls.tolist() == [3 * sum(SIZES)] * RUNS
    assert played.failed.tolist() == [
        [exceeds(summary_from(b, a), limit) for b, a in zip(*pair, strict=True)]
        for pair in zip(before.tolist(), after.tolist(), strict=True)
    ]
