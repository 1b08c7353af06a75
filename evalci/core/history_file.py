"""The JSON form of history records: one line a run, checked against a schema on reading."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar, cast

from cattrs import Converter
from cattrs.gen import make_dict_unstructure_fn, override

from evalci.core.document import Document, fits, schema_problems, shown
from evalci.core.history import FORMAT, CaseRecord, CategoryRecord, RunRecord
from evalci.core.json_value import Json, JsonObject, as_object, parse_json
from evalci.core.problem import Problem, raise_problems
from evalci.errors import BadInputError
from evalci.schemas import load_schema

SCORE_DIGITS = 6
USD_DIGITS = 9
_BATCH = 64  # rows that are checked together: a history may be larger than the memory
_NEWER = "use the version of evalci that wrote it, or a newer one"
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


def _case_of(form: Mapping[str, Any], _: object) -> CaseRecord:
    """Return a case that fits the schema the short way: a history has half a million of them."""
    dimensions = {name: tuple(values) for name, values in form.get("dimensions", {}).items()}
    return CaseRecord(**{**form, "scores": tuple(form["scores"]), "dimensions": dimensions})


_CONVERTER.register_structure_hook(CaseRecord, _case_of)


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


def checked_line(record: RunRecord) -> str:
    """Return the line of a run; BadInputError for one that nobody could read again."""
    line = record_line(record)
    parse_records(line, f"run {record.id}")
    return line


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The JSON form of a run before it was checked, and where it stands; ``line`` may be 0."""

    source: str
    line: int = 0
    data: Json


def parse_records(text: str, source: str, *, cases: bool = True) -> tuple[RunRecord, ...]:
    """Return the records in a text of one JSON object a line, also without their cases.

    Raises BadInputError that names file and line for what is no JSON, does not fit the schema, or
    has another format.
    """
    rows = (row for row in enumerate(text.split("\n"), 1) if row[1].strip())
    parsed = (Row(source=source, line=line, data=_parsed(row, source, line)) for line, row in rows)
    return tuple(records_of(parsed, cases=cases))


def records_of(rows: Iterable[Row], *, cases: bool = True) -> Iterator[RunRecord]:
    """Yield the records behind rows, also without their cases, as `parse_records` checks them."""
    rows = iter(rows)
    while batch := tuple(islice(rows, _BATCH)):
        _check(batch)
        for row in batch:
            data = as_object(row.data)
            record = structured(data if cases else {**data, "cases": ()}, RunRecord, row.source)
            _check_moment(record, row)
            yield record


def _parsed(row: str, source: str, line: int) -> Json:
    try:
        return parse_json(row)
    except ValueError as exc:
        what = getattr(exc, "msg", str(exc))
        message = f"not valid JSON: {what}"
        raise BadInputError(str(Problem(source=source, line=line, message=message))) from None


def _check(rows: Sequence[Row]) -> None:
    """Raise BadInputError for rows of another format, and for what does not fit the schema."""
    documents = [_document(row) for row in rows]
    raise_problems(
        document.problem(
            (),
            f"a record of format {shown(document.data['format'])}; this version reads {FORMAT}",
            hint=_NEWER,
        )
        for document in documents
        if isinstance(document.data, Mapping) and document.data.get("format", FORMAT) != FORMAT
    )
    schema = load_schema("history")
    if not fits({"type": "array", "items": schema}, [row.data for row in rows]):
        raise_problems(
            problem
            for document in documents
            for problem in schema_problems(document, schema, document.data, ())
        )


def _document(row: Row) -> Document:
    return Document(source=row.source, data=row.data, line_of=lambda _: row.line)


def _check_moment(record: RunRecord, row: Row) -> None:
    """Raise BadInputError for the 31st of February, which no schema knows."""
    try:
        datetime.fromisoformat(record.at)
    except ValueError:
        problem = _document(row).problem(("at",), f"{shown(record.at)} is no moment")
        raise BadInputError(str(problem)) from None


def structured(data: JsonObject, kind: type[T], source: str) -> T:
    """Return the record behind its JSON form; BadInputError for anything else."""
    try:
        return _CONVERTER.structure(data, kind)
    except Exception as exc:
        message = f"{source}: not a record of this version"
        raise BadInputError(message, hint=_NEWER) from exc
