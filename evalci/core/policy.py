"""The gate's policy: modes, risk levels, limits, and the rules that choose among them."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

LOOKS = (1, 2, 4, 8, 16)
LEANING_Z = 1.28
DIMENSIONS = ("task_type", "complexity", "domain", "language")


class Mode(StrEnum):
    """How the gate decides."""

    EVIDENCE = "evidence"
    EXACT = "exact"
    THRESHOLD = "threshold"
    ENTROPY = "entropy"


class Preset(StrEnum):
    """A named setting of the evidence gate: how loud, how sure, how dear."""

    QUICK = "quick"
    DEFAULT = "default"
    QUIET = "quiet"
    STRICT = "strict"


class Risk(StrEnum):
    """How much a drop in a category hurts."""

    LOW = "low"
    NORMAL = "normal"
    CRITICAL = "critical"


class OnInconclusive(StrEnum):
    """What an undecided category does to the verdict."""

    PASS = "pass"  # noqa: S105  # a word of the config format
    NEUTRAL = "neutral"
    LEANING = "leaning"
    FAIL = "fail"

    def blocks(self, z: float) -> bool:
        """Tell whether it fails, ``z`` standard errors below what it is held to."""
        match self:
            case OnInconclusive.FAIL:
                return True
            case OnInconclusive.LEANING:
                return z >= LEANING_Z
            case OnInconclusive.PASS | OnInconclusive.NEUTRAL:
                return False
            case _:
                assert_never(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class MaxDrop:
    """The largest drop that still passes: ``points`` of the 0-1 scale, or a ``relative`` share."""

    points: float | None = None
    relative: float | None = None

    def __str__(self) -> str:
        """Return the limit as a reader of a report wants it."""
        if self.relative is not None:
            return f"{self.relative * 100:g} %"
        return f"{(self.points or 0.0) * 100:g} pp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one category is held to; ``min_score`` is an absolute floor or None.

    ``max_drop`` counts in threshold mode alone; ``margin``, ``detect`` and ``weight`` in the
    others. ``detect`` None leaves the risk's own, which depends on the kind of the scores.
    """

    max_drop: MaxDrop
    risk: Risk = Risk.NORMAL
    on_inconclusive: OnInconclusive = OnInconclusive.NEUTRAL
    min_score: float | None = None
    margin: float = 0.03
    detect: float | None = None
    weight: float = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A stratified threshold: the cases it matches, and what they are held to.

    ``match`` maps a dimension (or ``tags``) to the values that match; all must match.
    ``position`` is its index in `gate.rules`, for messages.
    """

    match: Mapping[str, tuple[str, ...]]
    limits: Limits
    position: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Which findings a report looks for beside the outcomes.

    ``tail`` includes steadiness. ``max_cost_ratio`` is what a case may cost of its baseline,
    None for whatever it does.
    """

    tail: bool = True
    latency: bool = True
    max_cost_ratio: float | None = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GatePolicy:
    """The `gate:` section, checked; ``incomplete`` is the share of unscored trials allowed.

    ``looks`` are the numbers of trials a case after which the gate decides, ascending.
    """

    default: Limits
    mode: Mode = Mode.EVIDENCE
    preset: Preset = Preset.DEFAULT
    looks: tuple[int, ...] = LOOKS
    rules: tuple[Rule, ...] = ()
    categories: tuple[str, ...] = ("task_type",)
    incomplete: float = 0.10
    watch: Watch = Watch()
