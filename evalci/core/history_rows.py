"""What the tables of a history hold of a run: columns to ask for, and the rest as JSON."""

import json
from collections.abc import Mapping, Sequence

from evalci.core.hashes import digest
from evalci.core.history import CaseRecord, RunRecord
from evalci.core.history_file import line_of, record_json
from evalci.core.json_value import Json, JsonObject


def profile_of(dimensions: Mapping[str, tuple[str, ...]]) -> str:
    """Return the name under which the dimensions of cases are kept once."""
    return digest({name: list(values) for name, values in dimensions.items()})


def run_row(record: RunRecord) -> dict[str, Json]:
    """Return the row of a run, its JSON without the cases."""
    head = {name: value for name, value in record_json(record).items() if name != "cases"}
    return {
        "id": record.id,
        "golden_set": record.golden_set,
        "model": record.model,
        "at": record.at,
        "trigger": record.trigger.value,
        "record": line_of(head),
    }


def case_row(run: str, case: CaseRecord) -> dict[str, Json]:
    """Return the row of a case of a run, its JSON without the dimensions."""
    body = {name: value for name, value in record_json(case).items() if name != "dimensions"}
    return {
        "run": run,
        "id": case.id,
        "category": case.category,
        "profile": profile_of(case.dimensions),
        "mean": case.mean,
        "scored": len(case.scored),
        "record": line_of(body),
    }


def objects_in(texts: Sequence[str]) -> list[JsonObject]:
    """Return the JSON objects in many cells, read at once, which is much faster; or ValueError."""
    found: list[JsonObject] = json.loads(f"[{','.join(texts)}]")
    if len(found) != len(texts) or not all(isinstance(one, dict) for one in found):
        raise ValueError("not a JSON object in each cell")
    return found


def object_in(text: str) -> JsonObject:
    """Return the JSON object in a cell; ValueError for anything else."""
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004  # as for what is no JSON at all
    return found
