"""What the base says of its own cases: their flags, and the categories that they stay in."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from evalci.core.base_policy import Policy
from evalci.core.category import Category, category_of
from evalci.core.golden_set import Case
from evalci.core.json_value import JsonObject, as_list, as_object, as_texts
from evalci.core.plan import Selection
from evalci.core.policy import DIMENSIONS, GatePolicy
from evalci.core.ports import BaseFiles
from evalci.core.run import GateRef, PolicyChange, Run
from evalci.errors import BadInputError


def base_cases(policy: Policy, name: str) -> dict[str, Case]:
    """Return the base's cases of a golden set by id, with no more than flags and dimensions."""
    if policy.base_config is None or policy.files is None:
        return {}
    paths = [path for path in policy.base_config.golden_sets if path.rsplit("/", 1)[-1] == name]
    found: dict[str, Case] = {}
    for folder in paths:
        for path in policy.files.paths(folder):
            if path.endswith((".yaml", ".yml")) and not path.endswith("/manifest.yaml"):
                found.update((case.id, case) for case in _cases(policy.files, path))
    return found


def _cases(files: BaseFiles, path: str) -> list[Case]:
    """Return the cases of one file; one that was never valid held nothing to keep."""
    try:
        document = files.document(path)
    except BadInputError:
        return []
    data = as_object(document.data) if document and isinstance(document.data, Mapping) else {}
    defaults = data.get("defaults")
    fallback = as_object(defaults) if isinstance(defaults, Mapping) else {}
    entries = as_list(data.get("cases"))
    return [
        _case({**fallback, **as_object(entry)}, path, position)
        for position, entry in enumerate(entries)
        if isinstance(entry, Mapping) and "id" in entry
    ]


def _case(data: JsonObject, path: str, position: int) -> Case:
    return Case(
        id=str(data["id"]),
        source=path,
        position=position,
        dimensions={key: as_texts(data[key]) for key in (*DIMENSIONS, "tags") if data.get(key)},
        prompt=str(data.get("prompt", "")),
        inputs={},
        must_pass=bool(data.get("must_pass")),
    )


def base_categories(cases: Iterable[Case], gate: GatePolicy) -> dict[str, Category]:
    """Return the category of each case of the base by id; one that never had any is left out."""
    found = {}
    for case in cases:
        try:
            found[case.id] = category_of(case, gate)
        except ValueError:
            continue
    return found


def category_changes(
    now: Mapping[str, str], before: Mapping[str, Category]
) -> tuple[PolicyChange, ...]:
    """Return where a golden set moves a known case to another category; it stays for this check."""
    return tuple(
        PolicyChange(path=f"category of {id_}", old=before[id_].name, new=name)
        for id_, name in now.items()
        if id_ in before and before[id_].name != name
    )


def with_lost(
    run: Run, cases: Mapping[str, Case], known: Mapping[str, Category], selection: Selection
) -> Run:
    """Return a run that counts the base's cases which the change takes out, by category.

    A case that was renamed is one that was taken out and another that is new. Only what the
    baseline measured and the selection would have measured counts.
    """
    gone = [
        known[id_]
        for id_ in run.removed
        if id_ in known and id_ in cases and selection.includes(cases[id_])
    ]
    lost = dict(sorted(Counter(category.name for category in gone).items()))
    return replace(run, lost=lost, gate=_with_categories(run.gate, gone)) if lost else run


def _with_categories(gate: GateRef, more: Iterable[Category]) -> GateRef:
    """Return a gate that has the given categories, too, sorted by name."""
    found = {category.name: category for category in (*more, *gate.categories)}
    return replace(gate, categories=tuple(found[name] for name in sorted(found)))
