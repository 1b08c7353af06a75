"""Places in answers: as people write them, as JSON, and what is no place at all."""

import pytest

from evalci.core.golden_set import Protocol
from evalci.core.location import Location, first_location, locations_in, remarks_of


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
        pytest.param("`app.py`, line 12", at("app.py", 12), id="a line after a quoted path"),
        pytest.param("**app.py** on line 12", at("app.py", 12), id="on line"),
        pytest.param("app.py at lines 12–14", at("app.py", 12, 14), id="at lines"),
        pytest.param("app.py (line 12)", at("app.py", 12), id="a line in brackets"),
        pytest.param("app.py (12-14): leaks", at("app.py", 12, 14), id="numbers in brackets"),
        pytest.param("app.py (3 findings)", at("app.py"), id="a number of other things"),
        pytest.param("app.py L12", at("app.py", 12), id="L and line"),
        pytest.param("app.py: line 12", at("app.py", 12), id="colon and line"),
        pytest.param("Line 12 of `app.py` leaks", at("app.py", 12), id="the line first"),
        pytest.param("| `app.py` | 12 | leaks |", at("app.py", 12), id="cells of a table"),
        pytest.param("a.py:20-12", at("a.py", 12, 20), id="a range backwards"),
        pytest.param("Input/output is raw: see app.py:12", at("app.py", 12), id="a slash before"),
        pytest.param("As in Node.js, e.g. app.py:12", at("app.py", 12), id="a name with a dot"),
        pytest.param("It is in app.py.", at("app.py"), id="the end of a sentence"),
        pytest.param("Odd, e.g. this", None, id="an abbreviation"),
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

    assert [remark.locations for remark in remarks] == [(at("a.py", 3),), (at("b.py", 4),)]
    assert remarks[0].text == "1. a.py:3 leaks\n   a file"


def test_without_a_list_each_paragraph_is_a_remark_that_is_not_listed() -> None:
    remarks = remarks_of(Protocol.TEXT, "Nice work.\n\nBut a.py:3 leaks.\n")

    assert [(r.locations, r.listed) for r in remarks] == [((), False), ((at("a.py", 3),), False)]


def test_a_text_names_every_place_in_it_and_those_with_a_line_first() -> None:
    text = "Both input/output in util.py:3 and app.py:12, util.py:3 above all"

    assert locations_in(text) == (at("util.py", 3), at("app.py", 12), at("input/output"))


def test_lines_that_each_begin_with_a_path_are_a_remark_each() -> None:
    remarks = remarks_of(Protocol.TEXT, "Here:\n\nb.py:3\n`a.py:10` leaks\n\nAll in\na.py:7\n")

    assert [r.locations for r in remarks] == [
        (),
        (at("b.py", 3),),
        (at("a.py", 10),),
        (at("a.py", 7),),
    ]


def test_a_row_of_a_table_is_a_remark_and_its_head_is_none() -> None:
    text = "| File | Line |\n|:---|---:|\n| a.py | 3 |\n| b.py | 4 |\n"

    remarks = remarks_of(Protocol.TEXT, text)

    assert [remark.locations for remark in remarks] == [(at("a.py", 3),), (at("b.py", 4),)]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param('[{"file": "a.py", "lines": [3, 5], "message": "leaks"}]', id="a list"),
        pytest.param('{"n": 1, "findings": [{"path": "a.py", "lines": [3, 5]}]}', id="an object"),
        pytest.param('```json\n["a.py:3-5"]\n```', id="texts in a fence"),
        pytest.param('[{"file": "a.py", "line": "3-5"}]', id="lines as text"),
        pytest.param('[{"file_path": "a.py", "lines": ["3", "5"]}]', id="a list of texts"),
        pytest.param('[{"filename": "a.py", "start_line": 3, "end_line": 5}]', id="start and end"),
        pytest.param('[{"file": "a.py:3-5", "line": null}]', id="lines in the path"),
    ],
)
def test_json_names_places(answer: str) -> None:
    assert [r.locations for r in remarks_of(Protocol.JSON, answer)] == [(at("a.py", 3, 5),)]


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
        pytest.param(at("app/db.py", 1, 50), 0, True, id="a wide range"),
        pytest.param(at("app/db.py", 1, 99_999), 0, False, id="the whole file as a range"),
    ],
)
def test_lines_that_touch(found: Location, slack: int, touches: bool) -> None:
    assert at("app/db.py", 10, 15).touches(found, slack=slack) is touches


def test_a_location_without_lines_is_met_by_any_line_of_its_file() -> None:
    assert at("app/db.py").touches(at("app/db.py", 99))


def test_what_is_looked_for_may_be_wide() -> None:
    assert at("app/db.py", 1, 400).touches(at("app/db.py", 1, 420))
