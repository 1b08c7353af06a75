"""Overrides that stand in the repository: one YAML file each, below `overrides/`."""

import json
import re

from evalci.core.document import Document
from evalci.core.hashes import short
from evalci.core.json_value import as_object
from evalci.core.override_terms import Override
from evalci.core.problem import raise_problems

FOLDER = "overrides"
_KEYS = (
    *("golden_set", "model", "category", "reason", "by"),
    *("granted_at", "until", "head", "digest"),
)
HEAD = "# Written by `evalci override add`: holds while the same is asked and scored."


def is_override(path: str) -> bool:
    """Tell whether a path is that of an override."""
    return path.startswith(f"{FOLDER}/") and path.endswith((".yaml", ".yml"))


def override_path(override: Override) -> str:
    """Return where an override is kept; the same regression has the same place."""
    words = f"{override.golden_set}.{override.model}.{override.category}"
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", words)[:80].strip("-.")
    return f"{FOLDER}/{name}.{short(override.digest)}.yaml"


def override_text(override: Override) -> str:
    """Return the file of an override, which `parse_override` reads."""
    lines = [f"{key}: {_quoted(getattr(override, key))}" for key in _KEYS]
    return "\n".join((HEAD, *lines, ""))


def _quoted(text: str) -> str:
    """Return a text in double quotes, as YAML reads it; what cannot be seen is written out."""
    return json.dumps(text, ensure_ascii=not text.isprintable())


def parse_override(document: Document, path: str) -> Override:
    """Return the override in a file; BadInputError for anything else."""
    raise_problems(document.check("override"))
    data = as_object(document.data)
    return Override(**{key: str(data[key]) for key in _KEYS}, source=path)
