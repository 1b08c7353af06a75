"""The manifest of a golden set: its version and the counts its case files must agree with."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evalci.core.document import Document
from evalci.core.golden_set import Case
from evalci.core.json_value import Json, as_object
from evalci.core.problem import Problem, raise_problems

_SYNC = "run `evalci golden sync`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What `manifest.yaml` says; ``categories`` counts cases by task_type."""

    version: str
    active: int
    categories: Mapping[str, int]


def parse_manifest(document: Document) -> Manifest:
    """Return the manifest, or raise BadInputError with every problem of the file."""
    raise_problems(document.check("manifest"))
    data = as_object(document.data)
    counts = as_object(data["categories"])
    return Manifest(
        version=str(data["version"]),
        active=_count(data["active"]),
        categories={name: _count(count) for name, count in counts.items()},
    )


def _count(value: Json) -> int:
    """Return a whole number; the schema has let nothing else pass (3.0 is one)."""
    return int(value) if isinstance(value, (int, float)) else 0


def counts_by_task_type(cases: Sequence[Case]) -> dict[str, int]:
    """Return how many cases each task_type has, sorted by name."""
    return dict(sorted(Counter(case.task_type for case in cases).items()))


def disagreements(document: Document, manifest: Manifest, cases: Sequence[Case]) -> list[Problem]:
    """Return every count of the manifest that the case files do not bear out."""
    problems = []
    if manifest.active != len(cases):
        message = f"says {manifest.active}, the case files hold {len(cases)}"
        problems.append(document.problem(("active",), message, hint=_SYNC))
    counted = counts_by_task_type(cases)
    for name, count in manifest.categories.items():
        if name not in counted:
            message = f"no case has the task_type `{name}`"
            problems.append(document.problem(("categories", name), message, hint=_SYNC))
        elif counted[name] != count:
            message = f"says {count}, the case files hold {counted[name]}"
            problems.append(document.problem(("categories", name), message, hint=_SYNC))
    for name in counted.keys() - manifest.categories.keys():
        message = f"task_type `{name}` is missing, the case files hold {counted[name]}"
        problems.append(document.problem(("categories",), message, hint=_SYNC))
    return problems


def synced(text: str, cases: Sequence[Case]) -> str:
    """Return a manifest's text with `active` and `categories` counted anew.

    The two keys are rewritten where they stand, or added at the end; every other line, comments
    included, stays as it is.
    """
    counts = counts_by_task_type(cases)
    pairs = ", ".join(
        f"{json.dumps(name, ensure_ascii=False)}: {count}" for name, count in counts.items()
    )
    lines = _without_block(text.splitlines(), "categories", f"categories: {{{pairs}}}")
    lines = _without_block(lines, "active", f"active: {len(cases)}")
    return "\n".join(lines) + "\n"


def _without_block(lines: Sequence[str], key: str, replacement: str) -> list[str]:
    """Replace a top-level key, with the indented lines that belong to it, by one line."""
    kept: list[str] = []
    inside = found = False
    for line in lines:
        if line.startswith(f"{key}:"):
            kept.append(replacement)
            inside = found = True
        elif not inside or not line.startswith((" ", "\t", "}")):
            inside = inside and not line.strip()
            kept.append(line)
    return kept if found else [*kept, replacement]
