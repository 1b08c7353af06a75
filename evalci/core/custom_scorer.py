"""Scorers of the user's own, as the `scorers` section of `evalci.yaml` declares them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from evalci.core.composite import Axis
from evalci.core.document import Document
from evalci.core.json_value import JsonObject, as_object
from evalci.core.problem import Problem

FILE_SCORER = "file_scorer"
ENTRY_POINT = "entry_point"


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomScorer:
    """A scorer that evalci does not bring along: a Python file, or an installed entry point.

    ``version`` is that of the distribution which holds the entry point. ``trusted`` is False for
    an entry point that the base revision does not name: it must not run beside a key.
    """

    name: str
    file: str = ""
    entry_point: str = ""
    axis: Axis = Axis.CORRECTNESS
    binary: bool = False
    version: str = ""
    trusted: bool = True

    @property
    def kind(self) -> str:
        """Return the kind of scorer that runs it."""
        return FILE_SCORER if self.file else ENTRY_POINT


CustomScorers = Mapping[str, CustomScorer]


def custom_scorers(data: JsonObject) -> dict[str, CustomScorer]:
    """Return the `scorers` section, which a schema has checked already."""
    return {name: _scorer(name, as_object(raw)) for name, raw in data.items()}


def _scorer(name: str, data: JsonObject) -> CustomScorer:
    return CustomScorer(
        name=name,
        file=str(data.get("file", "")),
        entry_point=str(data.get("entry_point", "")),
        axis=Axis(str(data.get("axis", Axis.CORRECTNESS))),
        binary=bool(data.get("binary", False)),
    )


def custom_problems(document: Document, data: JsonObject, taken: Iterable[str]) -> list[Problem]:
    """Return a problem for each name that evalci uses itself, and for what is not one source."""
    problems, reserved = [], {*taken, *Axis, FILE_SCORER, ENTRY_POINT}
    for name, raw in data.items():
        if name in reserved:
            message = "evalci has a scorer or an axis of this name"
            problems.append(document.problem(("scorers", name), message, hint="rename it"))
        if len({"file", "entry_point"} & as_object(raw).keys()) != 1:
            message = "a scorer needs either `file` or `entry_point`"
            problems.append(document.problem(("scorers", name), message))
    return problems


def trusted_scorers(own: CustomScorers, base: CustomScorers) -> dict[str, CustomScorer]:
    """Return a change's scorers, with the entry points that its base does not name distrusted.

    Files run in the sandbox, whoever wrote them.
    """
    known = {scorer.entry_point for scorer in base.values()}
    return {
        name: replace(scorer, trusted=not scorer.entry_point or scorer.entry_point in known)
        for name, scorer in own.items()
    }


def with_versions(scorers: CustomScorers, version_of: Callable[[str], str]) -> CustomScorers:
    """Return scorers that know which version of each trusted entry point is installed."""
    return {
        name: replace(scorer, version=version_of(scorer.entry_point))
        if scorer.entry_point and scorer.trusted
        else scorer
        for name, scorer in scorers.items()
    }


def axes_of(scorers: CustomScorers) -> dict[str, Axis]:
    """Return the axis of each scorer by name."""
    return {name: scorer.axis for name, scorer in scorers.items()}
