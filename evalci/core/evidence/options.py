"""What the evidence gate is told: risk levels, presets, methods, and the rule of each category."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import assert_never

from evalci.core.policy import OnInconclusive, Preset, Risk
from evalci.core.stats.entropy import EntropyRule

USUAL_DETECT = 0.10
GRADED_SHARE = 0.5
UNIT_ENTROPY = EntropyRule().on_unit_scale()


class Method(StrEnum):
    """How a category is decided."""

    EVIDENCE = "evidence"
    EXACT = "exact"
    ENTROPY = "entropy"


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryRule:
    """What one category is held to, in points of 1.

    ``margin`` is the smallest drop that may fail, ``detect`` the drop that must be ruled out to
    pass early (for 30 cases), ``weight`` its part of alpha among the categories. ``graded`` says
    that not every gated score of it is pass or fail. ``noise`` is what a judge alone can move it
    by, twice a standard error; no smaller drop fails.
    """

    margin: float = 0.03
    detect: float = 0.10
    weight: float = 2.0
    on_inconclusive: OnInconclusive = OnInconclusive.NEUTRAL
    graded: bool = False
    noise: float = field(default=0.0, repr=False)  # of no part in the seed of simulations

    @property
    def cries_wolf(self) -> bool:
        """Tell whether undecided fails although little is settled early; the loader warns.

        Measured: a tenth to a third of unchanged pull requests are red.
        """
        usual = GRADED_SHARE * USUAL_DETECT if self.graded else USUAL_DETECT
        return self.on_inconclusive is OnInconclusive.FAIL and self.detect < usual


RISK_RULES: Mapping[Risk, CategoryRule] = {
    Risk.LOW: CategoryRule(
        margin=0.05, detect=0.15, weight=1.0, on_inconclusive=OnInconclusive.PASS
    ),
    Risk.NORMAL: CategoryRule(),
    Risk.CRITICAL: CategoryRule(
        margin=0.02, detect=0.07, weight=4.0, on_inconclusive=OnInconclusive.LEANING
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a user's rule sets itself; None leaves it to the risk level and the preset."""

    margin: float | None = None
    detect: float | None = None
    weight: float | None = None
    on_inconclusive: OnInconclusive | None = None


def rule_for(
    risk: Risk, *, graded: bool, preset: Preset = Preset.DEFAULT, given: Given | None = None
) -> CategoryRule:
    """Return the rule of a category from its risk, the preset and what the user set himself.

    The user's own numbers win over the preset, the preset over the risk level. Graded scores
    halve the detect of the table, not one that the user set.
    """
    rule, own = RISK_RULES[risk], given or Given()
    if preset is Preset.STRICT:
        rule = replace(rule, margin=0.02, detect=0.10, on_inconclusive=OnInconclusive.FAIL)
    detect = rule.detect * (GRADED_SHARE if graded else 1.0)
    return CategoryRule(
        margin=rule.margin if own.margin is None else own.margin,
        detect=detect if own.detect is None else own.detect,
        weight=rule.weight if own.weight is None else own.weight,
        on_inconclusive=own.on_inconclusive or rule.on_inconclusive,
        graded=graded,
    )


_HARSHEST_LAST = (
    OnInconclusive.PASS,
    OnInconclusive.NEUTRAL,
    OnInconclusive.LEANING,
    OnInconclusive.FAIL,
)


def strictest(rules: Iterable[CategoryRule]) -> CategoryRule:
    """Return the rule of pooled categories: the strictest of each number among them."""
    found = tuple(rules)
    return CategoryRule(
        margin=max(min(rule.margin for rule in found), *(rule.noise for rule in found)),
        detect=min(rule.detect for rule in found),
        weight=max(rule.weight for rule in found),
        on_inconclusive=max((r.on_inconclusive for r in found), key=_HARSHEST_LAST.index),
        graded=any(rule.graded for rule in found),
        noise=max(rule.noise for rule in found),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How sure the gate has to be, and how often it looks.

    ``closing`` spends half of ``alpha`` on the test at the cap; ``confidence`` is that of ruling a
    drop out. ``looks`` are trials a case, ascending; the last is the cap. ``trials`` is the fixed
    design of `exact`; ``entropy`` the controller of `entropy`, for scores from 0 to 1. A closing
    test at ``closed_at`` trials is remembered where more were asked for.
    """

    method: Method = Method.EVIDENCE
    alpha: float = 0.05
    closing: bool = True
    confidence: float = 0.95
    looks: tuple[int, ...] = (1, 2, 4, 8, 16)
    trials: int = 8
    entropy: EntropyRule = UNIT_ENTROPY
    closed_at: int = field(default=0, repr=False)

    @property
    def cap(self) -> int:
        """Return the largest number of trials a case may get."""
        match self.method:
            case Method.EVIDENCE:
                return self.looks[-1]
            case Method.EXACT:
                return self.trials
            case Method.ENTROPY:
                return self.entropy.max_runs
            case _:
                assert_never(self.method)


def options_for(preset: Preset) -> Options:
    """Return the options of a preset; `rule_for` knows its part for the categories."""
    match preset:
        case Preset.DEFAULT:
            return Options()
        case Preset.QUICK:
            return Options(confidence=0.90)
        case Preset.QUIET:
            return Options(closing=False)
        case Preset.STRICT:
            return Options(alpha=0.10)
        case _:
            assert_never(preset)
