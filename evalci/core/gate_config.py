"""Reads the `gate:` section of a config: modes, presets, risks and rules become a policy."""

from evalci.core.document import Document
from evalci.core.evidence.options import CategoryRule, Given, rule_for
from evalci.core.json_value import Json, JsonObject, as_list, as_object, as_texts, integer, number
from evalci.core.policy import (
    LOOKS,
    GatePolicy,
    Limits,
    MaxDrop,
    Mode,
    OnInconclusive,
    Preset,
    Risk,
    Rule,
    Watch,
)
from evalci.core.problem import Problem

# Which modes read a setting; the others would pass over it in silence.
READ_BY = {
    "looks": (Mode.EVIDENCE, Mode.ENTROPY),
    "max_drop": (Mode.THRESHOLD,),
    "weight": (Mode.EVIDENCE,),
    "detect_pp": (Mode.EVIDENCE, Mode.EXACT, Mode.ENTROPY),
}
DEFAULT_COST_RATIO = 2.0
OFF = "off"
DEFAULT_MAX_DROP = MaxDrop(points=0.05)


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
        watch=_watch(data),
    )


def _watch(data: JsonObject) -> Watch:
    cost = as_object(data.get("cost", {}))
    limit = number(cost.get("max_ratio"), DEFAULT_COST_RATIO)
    return Watch(
        tail=data.get("tail") != OFF,
        latency=data.get("latency") != OFF,
        max_cost_ratio=None if cost.get("action") == OFF else limit,
    )


def _limits(data: JsonObject, preset: Preset) -> Limits:
    risk = Risk(str(data.get("risk", Risk.NORMAL)))
    detect, floor = _points(data.get("detect_pp")), data.get("min_score")
    word = data.get("on_inconclusive")
    given = Given(
        margin=_points(data.get("margin_pp")),
        detect=detect,
        weight=None if "weight" not in data else number(data["weight"], 0.0),
        on_inconclusive=None if word is None else OnInconclusive(str(word)),
    )
    rule = rule_for(risk, graded=False, preset=preset, given=given)
    return Limits(
        risk=risk,
        max_drop=_max_drop(as_object(data["max_drop"])) if "max_drop" in data else DEFAULT_MAX_DROP,
        on_inconclusive=rule.on_inconclusive,
        min_score=None if floor is None else number(floor, 0.0),
        margin=rule.margin,
        detect=detect,
        weight=rule.weight,
    )


def _points(value: Json) -> float | None:
    """Return percentage points as a share of the 0-1 scale."""
    return None if value is None else number(value, 0.0) / 100


def _max_drop(data: JsonObject) -> MaxDrop:
    if "pp" in data:
        return MaxDrop(points=number(data["pp"], 0.0) / 100)
    return MaxDrop(relative=number(data["relative"], 0.0))


def category_rule(limits: Limits, preset: Preset, *, graded: bool) -> CategoryRule:
    """Return what the evidence gate holds a category to, by its limits and the kind of score."""
    given = Given(
        margin=limits.margin,
        detect=limits.detect,
        weight=limits.weight,
        on_inconclusive=limits.on_inconclusive,
    )
    return rule_for(limits.risk, graded=graded, preset=preset, given=given)


def look_problems(document: Document, data: JsonObject) -> list[Problem]:
    """Return a problem when the looks do not go up."""
    looks = [integer(look, 0) for look in as_list(as_object(data.get("gate", {})).get("looks"))]
    if looks == sorted(set(looks)):
        return []
    message = "looks are numbers of trials a case, each larger than the one before"
    return [document.problem(("gate", "looks"), message, hint="such as [1, 2, 4, 8, 16]")]


def gate_warnings(gate: GatePolicy, data: JsonObject) -> tuple[str, ...]:
    """Return what is seldom meant: settings that are loud, and settings without effect."""
    limits = (gate.default, *(rule.limits for rule in gate.rules))
    held = [category_rule(each, gate.preset, graded=False) for each in limits]
    lines = [f"`{key}` has no effect in mode {gate.mode.value}" for key in _unread(gate.mode, data)]
    if gate.mode is not Mode.THRESHOLD and any(rule.margin > rule.detect for rule in held):
        between = "a drop between them passes at the last look"
        lines.append(f"a `detect_pp` below `margin_pp` has no effect on what fails: {between}")
    if gate.mode is Mode.EVIDENCE and any(rule.cries_wolf for rule in held):
        share = "a tenth to a third of the pull requests that change nothing"
        lines.append(f"`on_inconclusive: fail` with a `detect_pp` below 10 fails {share}")
    return tuple(lines)


def _unread(mode: Mode, data: JsonObject) -> list[str]:
    """Return the settings of a `gate:` section that its mode does not read."""
    rules = [as_object(rule) for rule in as_list(data.get("rules"))]
    given = {key for part in (data, as_object(data.get("default", {})), *rules) for key in part}
    return [key for key, modes in READ_BY.items() if key in given and mode not in modes]
