"""The JSON form of history records: one line a run, checked against a schema on reading."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar, cast

from cattrs import Converter
from cattrs.gen import make_dict_unstructure_fn, override

from evalci.core.document import Document, schema_problems
from evalci.core.history import FORMAT, CaseRecord, CategoryRecord, RunRecord
from evalci.core.json_value import Json, JsonObject, as_object, parse_json
from evalci.core.problem import Problem, raise_problems
from evalci.errors import BadInputError
from evalci.schemas import load_schema

SCORE_DIGITS = 6
USD_DIGITS = 9
T = TypeVar("T", RunRecord, CaseRecord)


def _converter() -> Converter:
    """Return a converter that leaves out what is unknown and rounds what was computed."""
    converter = Converter(omit_if_default=True, forbid_extra_keys=True)
    converter.register_unstructure_hook(float, lambda value: round(value, SCORE_DIGITS))
    dollars = override(
        unstruct_hook=lambda value: None if value is None else round(value, USD_DIGITS)
    )
    for kind in (CaseRecord, CategoryRecord):
        converter.register_unstructure_hook(
            kind,
            make_dict_unstructure_fn(
                kind, converter, _cattrs_omit_if_default=True, cost_usd=dollars
            ),
        )
    return converter


_CONVERTER = _converter()


def record_json(record: RunRecord | CaseRecord) -> dict[str, Any]:
    """Return the JSON form; keys with default values are left out."""
    data = cast("dict[str, Any]", _CONVERTER.unstructure(record))
    return {"format": FORMAT, **data} if isinstance(record, RunRecord) else data


def record_line(record: RunRecord | CaseRecord) -> str:
    """Return the JSON form on one line with sorted keys: the same bytes on every machine."""
    return line_of(record_json(record))


def line_of(data: JsonObject) -> str:
    """Return a JSON object on one line with sorted keys."""
    return json.dumps(data, sort_keys=True, ensure_ascii=False, allow_nan=False)


def parse_records(text: str, source: str) -> tuple[RunRecord, ...]:
    """Return the records in a text of one JSON object a line.

    Raises BadInputError that names file and line for what is no JSON, does not fit the schema, or
    has another format.
    """
    rows = [row for row in enumerate(text.split("\n"), 1) if row[1].strip()]
    lines = [number for number, _ in rows]
    data = [_parsed(row, source, line) for line, row in rows]
    document = Document(
        source=source, data=data, line_of=lambda path: lines[int(path[0])] if path else 0
    )
    _refuse_other_formats(document, data)
    whole: JsonObject = {"type": "array", "items": load_schema("history")}
    raise_problems(schema_problems(document, whole, data, ()))
    return tuple(structured(as_object(row), RunRecord, source) for row in data)


def _parsed(row: str, source: str, line: int) -> Json:
    try:
        return parse_json(row)
    except ValueError as exc:
        what = getattr(exc, "msg", str(exc))
        message = f"not valid JSON: {what}"
        raise BadInputError(str(Problem(source=source, line=line, message=message))) from None


def _refuse_other_formats(document: Document, data: Iterable[Json]) -> None:
    """Raise BadInputError for the records of a later version, before a schema misreads them."""
    raise_problems(
        document.problem(
            (place,),
            f"a record of format {row['format']}; this version of evalci reads {FORMAT}",
            hint="use the version that wrote it, or a newer one",
        )
        for place, row in enumerate(data)
        if isinstance(row, Mapping) and row.get("format", FORMAT) != FORMAT
    )


def structured(data: JsonObject, kind: type[T], source: str) -> T:
    """Return the record behind its JSON form; BadInputError for anything else."""
    try:
        return _CONVERTER.structure(data, kind)
    except Exception as exc:
        message = f"{source}: not a record of this version"
        raise BadInputError(message, hint="use the version of evalci that wrote it") from exc
