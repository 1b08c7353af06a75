"""What `evalci.yaml` says about drift: which cases, how often, and where it is reported."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from evalci.core.document import Document
from evalci.core.json_value import Json, JsonObject, as_object, as_texts, integer
from evalci.core.policy import DIMENSIONS
from evalci.core.problem import Problem, did_you_mean


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftPolicy:
    """The cases of a drift run by dimension, all by default, and their trials (at least 2)."""

    match: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    trials: int = 3
    issue_label: str = "evalci-drift"


DEFAULT_DRIFT = DriftPolicy()


def drift_of(data: JsonObject) -> DriftPolicy:
    """Return what a drift run measures and where it is reported."""
    return DriftPolicy(
        match={name: _texts(value) for name, value in as_object(data.get("match", {})).items()},
        trials=integer(data.get("trials"), DEFAULT_DRIFT.trials),
        issue_label=str(data.get("issue_label", DEFAULT_DRIFT.issue_label)),
    )


def _texts(value: Json) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else as_texts(value)


def drift_problems(document: Document, data: JsonObject) -> list[Problem]:
    """Return a problem for each unknown dimension that a match names."""
    known = [*DIMENSIONS, "tags"]
    return [
        document.problem(
            ("drift", "match", name), "no such dimension", hint=did_you_mean(name, known)
        )
        for name in as_object(data.get("match", {}))
        if name not in known
    ]
