"""The checked content of `evalci.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from evalci.core.budget import NO_BUDGET, Budget
from evalci.core.call_config import (
    DEFAULT_CACHE,
    CachePolicy,
    budget_of,
    cache_of,
    command_problems,
)
from evalci.core.composite import Weights, composite_problems, composite_weights
from evalci.core.custom_scorer import CustomScorers, custom_scorers
from evalci.core.document import Document
from evalci.core.drift_config import DEFAULT_DRIFT, DriftPolicy, drift_of, drift_problems
from evalci.core.gate_config import gate_policy, gate_warnings, look_problems
from evalci.core.history_config import DEFAULT_HISTORY, HistoryPolicy, history_of, history_problems
from evalci.core.json_value import Json, JsonObject, as_object, as_texts, integer, number
from evalci.core.judge_config import JudgePolicy, judge_policy, judge_problems
from evalci.core.model_config import ModelConfig, Price
from evalci.core.names import name_problems
from evalci.core.override_terms import DEFAULT_OVERRIDES, OverridePolicy, override_policy
from evalci.core.policy import GatePolicy
from evalci.core.problem import Problem, did_you_mean, raise_problems
from evalci.core.sandbox import DEFAULT_SANDBOX, SandboxPolicy, parse_sandbox


class CommentPolicy(StrEnum):
    """When a pull request gets a comment; ``changed`` spares one that nothing happened to."""

    CHANGED = "changed"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselinePolicy:
    """Where baselines live, how many trials a case gets, and when they are called stale.

    ``min_trials`` that is not set is 3, or ``trials`` where that is less.
    """

    dir: str = "baselines"
    trials: int = 10
    min_trials: int = 3
    max_age_days: int = 45


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPolicy:
    """What is shown to whom; ``private`` keeps answers and prompts out of comments."""

    comment: CommentPolicy = CommentPolicy.CHANGED
    max_examples: int = 5
    private: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything `evalci.yaml` says.

    ``warnings`` are sentences about settings that are allowed and seldom meant. ``composite`` are
    the weights in force, ``proposed`` those of a change whose base decides. ``scorers`` are the
    user's own.
    """

    source: str
    golden_sets: tuple[str, ...]
    models: Mapping[str, ModelConfig]
    model: str
    gate: GatePolicy
    baseline: BaselinePolicy
    inputs_hashed: tuple[str, ...] = ()
    composite: Weights
    proposed: Weights | None = None
    scorers: CustomScorers = field(default_factory=dict)
    concurrency: int = 16
    timeout_s: float = 120.0
    report: ReportPolicy = ReportPolicy()
    budget: Budget = NO_BUDGET
    cache: CachePolicy = DEFAULT_CACHE
    sandbox: SandboxPolicy = DEFAULT_SANDBOX
    history: HistoryPolicy = DEFAULT_HISTORY
    override: OverridePolicy = DEFAULT_OVERRIDES
    judge: JudgePolicy | None = None
    drift: DriftPolicy = DEFAULT_DRIFT
    warnings: tuple[str, ...] = ()


def parse_config(document: Document) -> Config:
    """Return the config, or raise BadInputError with every problem of the file."""
    problems = document.check("config")
    raise_problems(problems)
    data = as_object(document.data)
    models = {name: _model(name, raw) for name, raw in as_object(data["models"]).items()}
    run = as_object(data["run"])
    raise_problems([*_cross_checks(document, data, models), *look_problems(document, data)])
    written = as_object(data.get("gate", {}))
    gate = gate_policy(written)
    return Config(
        source=document.source,
        golden_sets=tuple(path.rstrip("/") for path in as_texts(data["golden_sets"])),
        models=models,
        model=str(run["model"]),
        gate=gate,
        baseline=_baseline(as_object(data.get("baseline", {}))),
        inputs_hashed=as_texts(data.get("inputs_hashed")),
        composite=composite_weights(as_object(data.get("composite", {}))),
        scorers=custom_scorers(as_object(data.get("scorers", {}))),
        concurrency=integer(run.get("concurrency"), 16),
        timeout_s=number(run.get("timeout_s"), 120.0),
        report=_report(as_object(data.get("report", {}))),
        budget=budget_of(as_object(data.get("budget", {}))),
        cache=cache_of(as_object(data.get("cache", {}))),
        sandbox=parse_sandbox(as_object(data.get("sandbox", {}))),
        history=history_of(as_object(data.get("history", {}))),
        override=override_policy(as_object(data.get("override", {}))),
        judge=judge_policy(document, data, models),
        drift=drift_of(as_object(data.get("drift", {}))),
        warnings=gate_warnings(gate, written),
    )


def _cross_checks(
    document: Document, data: JsonObject, models: Mapping[str, ModelConfig]
) -> list[Problem]:
    """Return what a schema cannot see: names that point nowhere, weights that do not sum to 1."""
    problems = []
    name = str(as_object(data["run"])["model"])
    if name not in models:
        message = f"no model config is named `{name}`"
        hint = did_you_mean(name, list(models))
        problems.append(document.problem(("run", "model"), message, hint=hint))
    problems += composite_problems(document, as_object(data.get("composite", {})))
    problems += [*name_problems(document, data), *judge_problems(document, data)]
    problems += command_problems(document, as_object(data["models"]))
    problems += history_problems(document, as_object(data.get("history", {})))
    problems += drift_problems(document, as_object(data.get("drift", {})))
    baseline = _baseline(as_object(data.get("baseline", {})))
    if baseline.min_trials > baseline.trials:
        message = f"{baseline.min_trials} is more than `baseline.trials` ({baseline.trials})"
        problems.append(document.problem(("baseline", "min_trials"), message))
    return problems


def _model(name: str, raw: Json) -> ModelConfig:
    data = as_object(raw)
    return ModelConfig(
        name=name,
        id=str(data["id"]),
        family=str(data.get("family", "")),
        params=as_object(data.get("params", {})),
        api_base=_text(data.get("api_base")),
        api_key_env=_text(data.get("api_key_env")),
        price=_price(as_object(data["price"])) if "price" in data else None,
        command=as_texts(data.get("command")),
        env=as_texts(data.get("env")),
    )


def _price(data: JsonObject) -> Price:
    return Price(
        input_per_mtok=number(data["input_per_mtok"], 0.0),
        output_per_mtok=number(data["output_per_mtok"], 0.0),
    )


def _baseline(data: JsonObject) -> BaselinePolicy:
    trials = integer(data.get("trials"), 10)
    return BaselinePolicy(
        dir=str(data.get("dir", "baselines")).rstrip("/"),
        trials=trials,
        min_trials=integer(data.get("min_trials"), min(3, trials)),
        max_age_days=integer(data.get("max_age_days"), 45),
    )


def _report(data: JsonObject) -> ReportPolicy:
    return ReportPolicy(
        comment=CommentPolicy(str(data.get("comment", CommentPolicy.CHANGED))),
        max_examples=integer(data.get("max_examples"), 5),
        private=bool(data.get("private", False)),
    )


def _text(value: Json) -> str | None:
    return None if value is None else str(value)
