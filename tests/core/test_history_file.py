"""The JSON form of the history: stable, checked line by line, and back again unchanged."""

import json
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import pytest

from evalci.core.history import (
    CaseRecord,
    CategoryRecord,
    JudgeRecord,
    ReferenceRecord,
    RunRecord,
)
from evalci.core.history_demo import demo_history
from evalci.core.history_file import parse_records, record_json, record_line
from evalci.errors import BadInputError
from evalci.schemas import load_schema
from tests.records import make_case_record, make_category_record, make_record

SCHEMA = load_schema("history")
PROPERTIES = SCHEMA["properties"]


def refusal(**changes: Any) -> str:
    """Return the error that a second line with some keys changed ends in."""
    good = record_json(make_record())
    with pytest.raises(BadInputError) as caught:
        parse_records(f"{json.dumps(good)}\n{json.dumps({**good, **changes})}\n", "h.jsonl")
    return str(caught.value)


def test_what_was_written_is_read_again() -> None:
    record = make_record(
        judge=JudgeRecord(id="judge", resolved=("judge-1",)),
        anchor=ReferenceRecord(accepted_at="2026-01-01T00:00:00+00:00"),
        cases=(make_case_record((None, 0.25), cost_usd=1e-9),),
        categories=(make_category_record(axes={"quality": 0.5}, judge_shift=-0.1),),
    )

    assert parse_records(record_line(record), "h.jsonl") == (record,)


def test_cases_can_be_left_out() -> None:
    (found,) = parse_records(record_line(make_record()), "h.jsonl", cases=False)

    assert found == make_record(cases=())


def test_the_invented_history_is_valid() -> None:
    records = demo_history(datetime(2026, 11, 16, 6, tzinfo=UTC))[:2]

    found = parse_records("\n".join(map(record_line, records)), "h.jsonl")

    assert [record.id for record in found] == [record.id for record in records]


def test_empty_lines_do_not_count() -> None:
    assert parse_records("\n\n", "h.jsonl") == ()


def test_numbers_are_rounded_and_dollars_keep_their_digits() -> None:
    line = record_line(make_case_record((1 / 3,), cost_usd=1.23456789012e-4))

    assert '"scores": [0.333333]' in line
    assert '"cost_usd": 0.000123457' in line


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({"format": 2}, "a record of format 2; this version", id="a later format"),
        pytest.param({"at": "yesterday"}, "`at`: 'yesterday'", id="no moment"),
        pytest.param({"at": "2026-07-06T06:00:00+02:00"}, "`at`", id="a moment elsewhere"),
        pytest.param({"at": "2026-02-31T06:00:00+00:00"}, "is no moment", id="no day"),
        pytest.param({"golden_set": "../up"}, "`golden_set`", id="a path for a name"),
        pytest.param({"trigger": "push "}, "is not one of", id="an unknown trigger"),
        pytest.param({"model_id": "x" * 100_000}, "is too long", id="a text without end"),
        pytest.param({"x" * 100_000: 1}, "`xxx", id="a key without end"),
        pytest.param({"output": "text"}, "unknown key `output`", id="a text"),
        pytest.param({"categories": [{}]}, "missing key", id="a category without its name"),
        pytest.param(
            {"cases": [{**record_json(make_case_record()), "scores": ["1"]}]},
            "`cases[0].scores[0]`",
            id="a score that is a text",
        ),
    ],
)
def test_a_bad_row_is_named_by_file_and_line(changes: dict[str, Any], message: str) -> None:
    said = refusal(**changes)

    assert said.startswith("h.jsonl:2: ")
    assert message in said
    assert len(said) <= 1000


def test_a_line_that_is_no_json_is_named_too() -> None:
    with pytest.raises(BadInputError, match=r"h\.jsonl:2: not valid JSON"):
        parse_records("\n{half", "h.jsonl")


@pytest.mark.parametrize(
    ("kind", "known"),
    [
        pytest.param(RunRecord, PROPERTIES, id="run"),
        pytest.param(
            CategoryRecord, PROPERTIES["categories"]["items"]["properties"], id="category"
        ),
        pytest.param(CaseRecord, PROPERTIES["cases"]["items"]["properties"], id="case"),
        pytest.param(JudgeRecord, PROPERTIES["judge"]["anyOf"][1]["properties"], id="judge"),
        pytest.param(ReferenceRecord, PROPERTIES["anchor"]["anyOf"][1]["properties"], id="anchor"),
    ],
)
def test_the_schema_knows_every_field(kind: Any, known: dict[str, Any]) -> None:
    assert set(known) == {field.name for field in fields(kind)}
