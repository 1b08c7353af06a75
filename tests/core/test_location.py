"""Places in answers: as people write them, as JSON, and what is no place at all."""

import pytest

from evalci.core.golden_set import Protocol
from evalci.core.location import Location, first_location, remarks_of


def at(file: str, first: int | None = None, last: int | None = None) -> Location:
    return Location(file=file, first=first, last=first if last is None else last)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("app/db.py:12", at("app/db.py", 12), id="path and line"),
        pytest.param("`app/db.py:12-20` leaks", at("app/db.py", 12, 20), id="a range"),
        pytest.param("see app/db.py#L3-L9", at("app/db.py", 3, 9), id="a link's anchor"),
        pytest.param("in db.py, line 7: none", at("db.py", 7), id="in words"),
        pytest.param("in db.py lines 7 to 9", at("db.py", 7, 9), id="a range in words"),
        pytest.param("./src/a.ts is odd", at("./src/a.ts"), id="no line"),
        pytest.param("src/Makefile:4", at("src/Makefile", 4), id="a file without an extension"),
        pytest.param("This is fine. Or so.", None, id="prose"),
        pytest.param("version 1.25 at 10:30", None, id="numbers"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_the_place_that_a_text_names(text: str, expected: Location | None) -> None:
    assert first_location(text) == expected


def test_an_item_of_a_list_is_a_remark_and_its_preamble_is_none() -> None:
    text = "Two findings:\n\n1. a.py:3 leaks\n   a file\n- b.py:4 too\n"

    remarks = remarks_of(Protocol.TEXT, text)

    assert [remark.location for remark in remarks] == [at("a.py", 3), at("b.py", 4)]
    assert remarks[0].text == "1. a.py:3 leaks\n   a file"


def test_without_a_list_each_paragraph_is_a_remark_that_is_not_listed() -> None:
    remarks = remarks_of(Protocol.TEXT, "Nice work.\n\nBut a.py:3 leaks.\n")

    assert [(r.location, r.listed) for r in remarks] == [(None, False), (at("a.py", 3), False)]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param('[{"file": "a.py", "lines": [3, 5], "message": "leaks"}]', id="a list"),
        pytest.param('{"n": 1, "findings": [{"path": "a.py", "lines": [3, 5]}]}', id="an object"),
        pytest.param('```json\n["a.py:3-5"]\n```', id="texts in a fence"),
    ],
)
def test_json_names_places(answer: str) -> None:
    assert [r.location for r in remarks_of(Protocol.JSON, answer)] == [at("a.py", 3, 5)]


def test_what_should_be_json_and_is_not_has_no_remarks() -> None:
    assert remarks_of(Protocol.JSON, "- a.py:3") == ()


@pytest.mark.parametrize(
    ("found", "slack", "touches"),
    [
        pytest.param(at("app/db.py", 12), 0, True, id="inside"),
        pytest.param(at("db.py", 12), 0, True, id="the end of the path"),
        pytest.param(at("app/db.py", 20, 30), 0, False, id="beyond"),
        pytest.param(at("app/db.py", 16), 1, True, id="within the slack"),
        pytest.param(at("app/db.py"), 5, False, id="the file alone"),
        pytest.param(at("other/db.py", 12), 0, False, id="another file"),
        pytest.param(at("b.py", 12), 0, False, id="the end of a name"),
    ],
)
def test_lines_that_touch(found: Location, slack: int, touches: bool) -> None:
    assert at("app/db.py", 10, 15).touches(found, slack=slack) is touches


def test_a_location_without_lines_is_met_by_any_line_of_its_file() -> None:
    assert at("app/db.py").touches(at("app/db.py", 99))
