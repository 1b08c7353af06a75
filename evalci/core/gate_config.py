"""Reads the `gate:` section of a config: modes, presets, risks and rules become a policy."""

from evalci.core.document import Document
from evalci.core.json_value import Json, JsonObject, as_list, as_object, as_texts, integer, number
from evalci.core.policy import (
    LOOKS,
    RISK_LEVELS,
    GatePolicy,
    Limits,
    MaxDrop,
    Mode,
    OnInconclusive,
    Preset,
    Risk,
    RiskLevel,
    Rule,
)
from evalci.core.problem import Problem

STRICT_MARGIN, STRICT_DETECT = 0.02, 0.10
DEFAULT_MAX_DROP = MaxDrop(points=0.05)
RED_BELOW_DETECT = 0.10


def gate_policy(data: JsonObject) -> GatePolicy:
    """Return the policy that a `gate:` section asks for; the schema has let nothing wrong pass."""
    base = as_object(data.get("default", {}))
    shared = {"max_drop": data["max_drop"]} if "max_drop" in data else {}
    rules = [as_object(rule) for rule in as_list(data.get("rules"))]
    preset = Preset(str(data.get("preset", Preset.DEFAULT)))
    return GatePolicy(
        mode=Mode(str(data.get("mode", Mode.EVIDENCE))),
        preset=preset,
        looks=tuple(integer(look, 1) for look in as_list(data.get("looks"))) or LOOKS,
        default=_limits({**shared, **base}, preset),
        rules=tuple(
            Rule(
                match={key: as_texts(value) for key, value in as_object(rule["match"]).items()},
                limits=_limits({**shared, **base, **rule}, preset),
                position=position,
            )
            for position, rule in enumerate(rules)
        ),
        categories=as_texts(data.get("categories")) or ("task_type",),
        incomplete=number(data.get("incomplete"), 0.10),
    )


def _limits(data: JsonObject, preset: Preset) -> Limits:
    risk = Risk(str(data.get("risk", Risk.NORMAL)))
    level, strict = RISK_LEVELS[risk], preset is Preset.STRICT
    floor, detect = data.get("min_score"), data.get("detect_pp")
    return Limits(
        risk=risk,
        max_drop=_max_drop(as_object(data["max_drop"])) if "max_drop" in data else DEFAULT_MAX_DROP,
        on_inconclusive=_on_inconclusive(data, level, strict=strict),
        min_score=None if floor is None else number(floor, 0.0),
        margin=_points(data.get("margin_pp"), STRICT_MARGIN if strict else level.margin),
        detect=_points(detect, STRICT_DETECT) if strict or detect is not None else None,
        weight=number(data.get("weight"), level.weight),
    )


def _on_inconclusive(data: JsonObject, level: RiskLevel, *, strict: bool) -> OnInconclusive:
    if "on_inconclusive" in data:
        return OnInconclusive(str(data["on_inconclusive"]))
    return OnInconclusive.FAIL if strict else level.on_inconclusive


def _points(value: Json, default: float) -> float:
    """Return percentage points as a share of the 0-1 scale."""
    return default if value is None else number(value, 0.0) / 100


def _max_drop(data: JsonObject) -> MaxDrop:
    if "pp" in data:
        return MaxDrop(points=number(data["pp"], 0.0) / 100)
    return MaxDrop(relative=number(data["relative"], 0.0))


def look_problems(document: Document, data: JsonObject) -> list[Problem]:
    """Return a problem when the looks do not go up."""
    looks = [integer(look, 0) for look in as_list(as_object(data.get("gate", {})).get("looks"))]
    if looks == sorted(set(looks)):
        return []
    message = "looks are numbers of trials a case, each larger than the one before"
    return [document.problem(("gate", "looks"), message, hint="such as [1, 2, 4, 8, 16]")]


def gate_warnings(gate: GatePolicy) -> tuple[str, ...]:
    """Return the settings that make unchanged pull requests red."""
    loud = [
        limits
        for limits in (gate.default, *(rule.limits for rule in gate.rules))
        if limits.on_inconclusive is OnInconclusive.FAIL
        and limits.detected(graded=False) < RED_BELOW_DETECT
    ]
    if gate.mode is not Mode.EVIDENCE or not loud:
        return ()
    share = "a tenth to a third of the pull requests that change nothing"
    return (f"`on_inconclusive: fail` with a `detect_pp` below 10 fails {share}",)
