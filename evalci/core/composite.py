"""What each scorer of a case weighs: presets by name, weights by scorer, or weights by axis."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from evalci.core.document import Document
from evalci.core.json_value import Json, JsonObject, as_object, number
from evalci.core.problem import Problem, did_you_mean

Weights = Mapping[str, Mapping[str, float]]
TOLERANCE = 1e-6


class Axis(StrEnum):
    """What a scorer speaks of; cost, the third axis, is measured and not scored."""

    CORRECTNESS = "correctness"
    QUALITY = "quality"


_QUALITY = frozenset(
    {"constraints", "types", "lint", "security", "complexity", "chrf", "violations", "judge"}
)
PRESETS: Weights = {
    "code": {"tests": 0.40, "types": 0.20, "security": 0.20, "complexity": 0.10, "judge": 0.10},
    "quality": {"clean_code": 0.35, "patterns": 0.25, "idioms": 0.25, "organisation": 0.15},
    "correctness_quality": {Axis.CORRECTNESS: 0.60, Axis.QUALITY: 0.40},
}


def axis_of(scorer: str, axes: Mapping[str, Axis]) -> Axis:
    """Return the axis of a scorer; ``axes`` are those of the user's own scorers by name."""
    built_in = Axis.QUALITY if scorer in _QUALITY else Axis.CORRECTNESS
    return axes.get(scorer, built_in)


def by_axis(scorers: Iterable[str], axes: Mapping[str, Axis]) -> dict[str, tuple[str, ...]]:
    """Return the scorers of each axis that has any, by name."""
    names = sorted(set(scorers))
    found = {axis.value: tuple(n for n in names if axis_of(n, axes) is axis) for axis in Axis}
    return {axis: own for axis, own in found.items() if own}


def composite_weights(data: JsonObject) -> dict[str, dict[str, float]]:
    """Return the `composite` section with the names of presets replaced by their weights."""
    return {name: _weights(raw) for name, raw in data.items()}


def _weights(raw: Json) -> dict[str, float]:
    if isinstance(raw, str):
        return dict(PRESETS.get(raw, {}))
    return {name: number(weight, 0.0) for name, weight in as_object(raw).items()}


def composite_problems(document: Document, data: JsonObject) -> list[Problem]:
    """Return a problem for each unknown preset, and for weights that do not sum to 1."""
    problems = []
    for name, raw in data.items():
        if isinstance(raw, str) and raw not in PRESETS:
            hint = did_you_mean(raw, list(PRESETS))
            message = f"no preset is named `{raw}`"
            problems.append(document.problem(("composite", name), message, hint=hint))
            continue
        total = sum(_weights(raw).values())
        if abs(total - 1.0) > TOLERANCE:
            message = f"the weights sum to {total:g}, not to 1"
            problems.append(document.problem(("composite", name), message))
    return problems


def weight_problems(document: Document, data: JsonObject, own: Iterable[str]) -> list[Problem]:
    """Return a problem for each weight whose name no scorer has; ``own`` are all scorers' names."""
    known = [*Axis, *own]
    return [
        document.problem(
            ("composite", preset, name),
            f"no scorer or axis is named `{name}`",
            hint=did_you_mean(name, known),
        )
        for preset, raw in data.items()
        for name in (raw if isinstance(raw, Mapping) else ())
        if name not in known
    ]


def idle_presets(
    document: Document, data: JsonObject, task_types: Collection[str]
) -> list[Problem]:
    """Return a problem for each preset that is for no task type of any case."""
    return [
        document.problem(
            ("composite", preset),
            f"no case is of task type `{preset}`",
            hint=did_you_mean(preset, [*task_types, "default"]),
        )
        for preset in data
        if preset not in {*task_types, "default"}
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """The weight of each scorer of a case, or what is wrong with them.

    ``unknown`` are scorers without a weight, ``missing`` those that the preset weighs and the
    case does not have. ``relative`` weights, without any preset, may sum to anything. ``nearest``
    is what to say about presets of which none is for the case.
    """

    weights: Mapping[str, float]
    preset: str
    unknown: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    relative: bool = False
    nearest: str = ""

    @property
    def total(self) -> float:
        """Return what the weights sum to."""
        return sum(self.weights.values())

    @property
    def fit(self) -> bool:
        """Tell whether every scorer has a weight and they sum to 1."""
        return self.relative or (not self.unknown and abs(self.total - 1.0) <= TOLERANCE)

    @property
    def hint(self) -> str:
        """Return what to do about weights that do not fit."""
        place = f"composite.{self.preset}"
        names = ", ".join(f"`{name}`" for name in self.missing)
        add = f"{place} also weighs {names}: add it to the case, or " if names else ""
        return f"{add}give `weight:` in the case or in {place}"


def shares_of(
    given: Mapping[str, float | None],
    composite: Weights,
    task_type: str,
    axes: Mapping[str, Axis],
) -> Shares:
    """Return the weights of a case's scorers under the preset of its task type.

    A case's own weight (``given``) goes first, then the preset's for the scorer by name, then an
    equal part of what the preset gives its axis. Without any preset all weigh the same, and a
    weight of the case is relative to the others.
    """
    preset = task_type if task_type in composite else "default"
    if not composite:
        plain = {name: 1.0 if weight is None else weight for name, weight in given.items()}
        return Shares(weights=plain, preset=preset, relative=True)
    found = composite.get(preset, {})
    known = {name: found.get(name) if w is None else w for name, w in given.items()}
    open_ = [name for name, weight in known.items() if weight is None]
    of_axis = {axis: [n for n in open_ if axis_of(n, axes) is axis] for axis in Axis}
    shared = {
        name: found[axis] / len(names)
        for axis, names in of_axis.items()
        if axis in found
        for name in names
    }
    weights = {name: shared.get(name, 0.0) if w is None else w for name, w in known.items()}
    return Shares(
        weights=weights,
        preset=preset,
        unknown=tuple(name for name in open_ if name not in shared),
        missing=_missing(found, given, of_axis),
        nearest="" if preset in composite else _nearest(task_type, composite),
    )


def _nearest(task_type: str, composite: Weights) -> str:
    near = did_you_mean(task_type, list(composite))
    return f"there is neither composite.{task_type} nor composite.default; {near}"


def _missing(
    preset: Mapping[str, float],
    given: Collection[str],
    of_axis: Mapping[Axis, Collection[str]],
) -> tuple[str, ...]:
    weighed = [name for name, weight in preset.items() if weight > 0 and name not in given]
    axes = {axis.value for axis in Axis if of_axis[axis]}
    return tuple(name for name in weighed if name not in axes)
