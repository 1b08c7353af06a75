"""Baselines: the committed per-case scores that a run is compared with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import fmean

from evalci.core.config import Config
from evalci.core.hashes import CaseHashes
from evalci.core.json_value import JsonObject
from evalci.core.refusal import refusal_of
from evalci.core.trial import Finish, Trial

FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineTrial:
    """One trial as a baseline keeps it: its composite and each scorer's value, no text.

    ``note`` is empty, or `refused`, `filtered`, `truncated`, `fail_if`. ``latency_s``,
    ``cost_usd`` and ``tokens`` (in and out) are those of the call, None when unknown. ``judges``
    are the judges that answered, as their vendors name them.
    """

    score: float
    passed: bool | None = None
    scores: Mapping[str, float | None] = field(default_factory=dict)
    note: str = ""
    latency_s: float | None = None
    cost_usd: float | None = None
    tokens: int | None = None
    judges: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineCase:
    """The accepted trials of one case, with the hashes of what was asked and how it was scored."""

    id: str
    prompt: str
    hashes: CaseHashes
    trials: tuple[BaselineTrial, ...]

    @property
    def mean(self) -> float:
        """Return the mean composite, 0 to 1."""
        return fmean(trial.score for trial in self.trials)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """Who accepted the scores, why and when (ISO 8601, UTC)."""

    by: str
    reason: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """The file `baselines/<golden_set>.<model>.json`; cases are sorted by id.

    ``runs`` are the ids of the last runs whose trials are in it, so that none is added twice.
    """

    golden_set: str
    golden_set_version: str
    golden_set_hash: str
    model: str
    model_id: str
    params: JsonObject
    resolved_models: tuple[str, ...]
    fingerprints: tuple[str, ...]
    prompts: Mapping[str, str]
    commit: str | None
    dirty: bool
    accepted: Acceptance
    cases: tuple[BaselineCase, ...]
    runs: tuple[str, ...] = ()
    format: int = FORMAT

    def by_id(self) -> dict[str, BaselineCase]:
        """Return the cases by id."""
        return {case.id: case for case in self.cases}


def baseline_trial(trial: Trial) -> BaselineTrial | None:
    """Return what a baseline keeps of a trial, or None for an unscored one."""
    if trial.composite is None:
        return None
    output = None if trial.output is None or trial.output.copied else trial.output
    return BaselineTrial(
        score=round(trial.composite, 6),
        passed=trial.passed,
        scores={
            score.scorer: None if score.value is None else round(score.value, 6)
            for score in sorted(trial.scores, key=lambda score: score.scorer)
        },
        note=_note(trial),
        latency_s=None if output is None or not output.latency_s else round(output.latency_s, 3),
        cost_usd=None if output is None or output.cost_usd is None else round(output.cost_usd, 6),
        tokens=None if output is None else output.tokens,
        judges=trial.judges,
    )


def _note(trial: Trial) -> str:
    refusal = refusal_of(trial.output) if trial.output else None
    if refusal is not None:
        return refusal.value
    finish = trial.output.finish if trial.output else Finish.STOP
    if finish is not Finish.STOP:
        return finish.value
    return "fail_if" if trial.zeroed_by else ""


def baseline_path(config: Config, golden_set: str, model: str) -> str:
    """Return where the baseline of a golden set with a model lives."""
    return f"{config.baseline.dir}/{golden_set}.{model}.json"


def anchor_path(config: Config, golden_set: str, model: str) -> str:
    """Return where the frozen anchor of a golden set with a model lives."""
    return f"{config.baseline.dir}/{golden_set}.{model}.anchor.json"
