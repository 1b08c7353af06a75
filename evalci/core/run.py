"""A run: one measurement with full provenance, as `run.json` holds it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from evalci.core.baseline import BaselineCase
from evalci.core.budget import BudgetRef
from evalci.core.calibration import CalibrationRef
from evalci.core.category import Category
from evalci.core.certificate import CertificateRef
from evalci.core.criterion import Criterion
from evalci.core.hashes import CaseHashes
from evalci.core.json_value import Json, JsonObject
from evalci.core.judge_shift import JudgeShift
from evalci.core.override_terms import Override
from evalci.core.policy import Mode, Preset, Watch
from evalci.core.proposal import Proposal
from evalci.core.trial import Trial

FORMAT = 1


class Standing(StrEnum):
    """How a case stands to the baseline."""

    COMPARABLE = "comparable"
    NEW = "new"
    EDITED = "edited"
    RESCORED = "rescored"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCase:
    """One case of a run; ``carried`` means that its baseline was carried forward, unmeasured.

    ``planned`` counts the trials that were due; fewer scored ones mean that some are unscored.
    ``dimensions`` hold its task_type, complexity, domain, language and tags. ``graded``: not simply
    pass or fail; ``judged``: a judge alone decides it; ``judge_share``: how far its score moves
    where the judge goes from 0 to 1. ``anchor`` is its mean in the anchor, None where that knew it
    otherwise or not. ``weights`` by scorer.
    """

    id: str
    category: str
    source: str
    prompt: str
    hashes: CaseHashes
    standing: Standing
    planned: int
    dimensions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    carried: bool = False
    must_pass: bool = False
    graded: bool = False
    judged: bool = False
    judge_share: float = 0.0
    expected: Json = None
    trials: tuple[Trial, ...] = ()
    baseline: BaselineCase | None = None
    anchor: float | None = None
    weights: Mapping[str, float] = field(default_factory=dict)

    @property
    def values(self) -> tuple[float, ...]:
        """Return the composites of the scored trials, in the order they were collected."""
        found = self.trials
        return tuple([v for t in found if (v := t.composite) is not None and math.isfinite(v)])

    @property
    def unscored(self) -> int:
        """Return how many planned trials have no composite."""
        return max(0, max(self.planned, len(self.trials)) - len(self.values))

    @property
    def may_compare(self) -> bool:
        """Tell whether the case is measured now and may be held against its baseline."""
        return (
            not self.carried and self.standing is Standing.COMPARABLE and self.baseline is not None
        )

    @property
    def compared(self) -> bool:
        """Tell whether the case has scores now that may be held against its baseline."""
        return self.may_compare and bool(self.values)


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldenSetRef:
    """Which golden set was measured."""

    name: str
    path: str
    version: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRef:
    """Which model config was asked; the rest of the config is no part of a run.

    ``default`` tells whether it is the one that `run.model` names.
    """

    name: str
    id: str
    family: str = ""
    default: bool = True
    params: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptRef:
    """A prompt of the run with the hashes of its file and of everything it includes."""

    path: str
    hash: str
    includes: Mapping[str, str] = field(default_factory=dict)
    cases: int = 0

    @property
    def files(self) -> dict[str, str]:
        """Return the template hash of the prompt and of each include, by path."""
        return {self.path: self.hash, **self.includes}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """A prompt or include that differs from the baseline's; ``diff`` is empty without history.

    ``affects`` counts the cases of the golden set, selected or not, whose prompt is, or includes,
    the file.
    """

    path: str
    old: str | None
    new: str | None
    affects: int
    diff: str = ""
    added: int = 0
    removed: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineRef:
    """The baseline that a run is held against.

    ``predates`` is the commit of the base that changed a prompt after the baseline was accepted;
    past ``max_age_days`` a baseline counts as stale. ``params`` None are unknown ones.
    """

    path: str
    commit: str | None
    accepted_at: str
    golden_set_version: str
    trials: int
    model_id: str
    resolved_models: tuple[str, ...] = ()
    params: Json = None
    predates: str | None = None
    max_age_days: int = 45


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorRef:
    """The frozen baseline beside the rolling one, such as that of the last release."""

    path: str
    commit: str | None
    accepted_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseRef:
    """The base revision, whose policy and baseline decide; ``source`` says how it was found."""

    commit: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChange:
    """An edit of the policy that does not decide its own check; an empty side means absent."""

    path: str
    old: str = ""
    new: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Who measured, when (ISO 8601, UTC), from which revision, and which models answered.

    ``sandbox`` says what code answers ran in, empty when there were none. ``event`` is GitHub's
    word for what started it, empty for a person.
    """

    evalci: str
    started_at: str
    finished_at: str
    commit: str | None = None
    branch: str | None = None
    dirty: bool = False
    resolved_models: tuple[str, ...] = ()
    fingerprints: tuple[str, ...] = ()
    sandbox: str = ""
    event: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRef:
    """The policy in force: the mode, and each category with its limits.

    ``looks`` are the trials a case after which the gate decides; empty for a fixed number. Where
    `--trials` goes past the policy's cap, ``closed_at`` is that cap: its closing test counts.
    """

    mode: Mode
    incomplete: float
    categories: tuple[Category, ...]
    preset: Preset = Preset.DEFAULT
    looks: tuple[int, ...] = ()
    closed_at: int = 0
    watch: Watch = field(default_factory=Watch)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """Which part of a run this is: number ``index`` of ``total``, counted from 1.

    ``inputs`` names all that the whole run asks, ``places`` are those of its cases in there.
    """

    index: int
    total: int
    inputs: str
    places: tuple[int, ...] = ()

    @property
    def words(self) -> str:
        """Return its name in a sentence."""
        return f"shard {self.index} of {self.total}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One measurement. ``stopped`` says why it broke off, empty when it is complete.

    ``unselected`` are the ids that a selection left out, ``removed`` those of the baseline that the
    golden set has lost; ``lost`` counts by category those that this change took out. ``folder`` is
    where paths begin, seen from the top of the repository.
    ``unverified`` says why a good verdict proves nothing, empty when it does. ``lost_requests``
    left no trial, their calls ended the run. ``overrides`` count or say why not. A ``private`` run
    has no texts. ``axes`` are scorers by axis, ``rubrics`` what judges were asked, by its hash.
    ``untraced``: nothing was carried forward, as a program of one's own may depend on anything.
    """

    id: str
    golden_set: GoldenSetRef
    model: ModelRef
    gate: GateRef
    provenance: Provenance
    prompts: tuple[PromptRef, ...]
    cases: tuple[RunCase, ...]
    changes: tuple[FileChange, ...] = ()
    baseline: BaselineRef | None = None
    anchor: AnchorRef | None = None
    inputs_hashed: Mapping[str, str] = field(default_factory=dict)
    selection: str = "affected"
    unselected: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    lost: Mapping[str, int] = field(default_factory=dict)
    stopped: str = ""
    base: BaseRef | None = None
    policy_changes: tuple[PolicyChange, ...] = ()
    folder: str = ""
    unverified: str = ""
    certificate: CertificateRef | None = None
    calibration: CalibrationRef | None = None
    budget: BudgetRef | None = None
    lost_requests: int = 0
    judge_shifts: tuple[JudgeShift, ...] = ()
    shard: Shard | None = None
    overrides: tuple[Override, ...] = ()
    private: bool = False
    proposal: Proposal | None = None
    axes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    rubrics: Mapping[str, tuple[Criterion, ...]] = field(default_factory=dict)
    untraced: bool = False
    format: int = FORMAT

    def by_category(self) -> dict[str, tuple[RunCase, ...]]:
        """Return the cases of each category that has any, in their order."""
        groups: dict[str, list[RunCase]] = {}
        for case in self.cases:
            groups.setdefault(case.category, []).append(case)
        return {name: tuple(cases) for name, cases in groups.items()}
