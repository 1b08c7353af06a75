"""The published JSON Schemas (draft 2020-12) of every file format, by name."""

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def load_schema(name: str) -> dict[str, Any]:
    """Return the schema ``<name>.json`` of this package; the result is shared, do not change it."""
    text = files(__package__).joinpath(f"{name}.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema
