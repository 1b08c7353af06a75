"""How words and numbers are written where a report puts them: cut, joined, marked and listed."""

import pytest

from evalci.report.escape import (
    code_span,
    first_lines,
    listed,
    mark_code,
    markdown_cell,
    one_line,
    render_marked,
    units_kept,
    unmarked,
    visible,
)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        pytest.param("\x1b[31mred\x1b[0m", "red", id="colour"),
        pytest.param("\x1b]8;;http://e.org\x07click\x1b]8;;\x07", "click", id="a terminal link"),
        pytest.param("a\r\nb\rc", "a\nb\nc", id="line ends"),
        pytest.param("a\tb", "a\tb", id="a tab stays"),
        pytest.param("a\u202eb", "a\ufffdb", id="a change of direction"),
        pytest.param("\ue000a\ue001", "\ufffda\ufffd", id="our marks"),
        pytest.param("naïve 日本 👍", "naïve 日本 👍", id="ordinary text"),
    ],
)
def test_visible_shows_what_a_reader_may_see(text: str, seen: str) -> None:
    assert visible(text) == seen


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param(" a \n\n b\t c ", "a b c", id="white space is joined"),
        pytest.param("x" * 10, "x" * 10, id="at the limit"),
        pytest.param("x" * 11, "x" * 9 + "…", id="above the limit"),
    ],
)
def test_one_line_joins_and_cuts(text: str, line: str) -> None:
    assert one_line(text, 10) == line


@pytest.mark.parametrize(
    ("text", "span"),
    [
        pytest.param("a", "`a`", id="plain"),
        pytest.param("a`b", "``a`b``", id="a backtick inside"),
        pytest.param("`a", "`` `a ``", id="a backtick in front"),
        pytest.param("a|b", "`a\\|b`", id="a pipe"),
    ],
)
def test_a_code_span_is_written_like_github_wants_it(text: str, span: str) -> None:
    assert code_span(text) == span


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        pytest.param("−22.2 pp (−22.2 %)", "−22.2\u00a0pp (−22.2\u00a0%)", id="units"),
        pytest.param("0.78 (0.35–1.00)", "0.78 (0.35–\u20601.00)", id="a range"),
        pytest.param("Cases × trials", "Cases\u00a0×\u00a0trials", id="a product"),
        pytest.param("5 pppp – 3 sides", "5 pppp – 3 sides", id="words"),
    ],
)
def test_numbers_in_a_table_stay_with_their_units(text: str, kept: str) -> None:
    assert units_kept(text) == kept


def test_data_in_a_table_is_left_as_it_is() -> None:
    assert markdown_cell(f"{mark_code('5 pp')} 5 pp") == "`5 pp` 5\u00a0pp"


def test_a_marked_string_is_rendered_piece_by_piece() -> None:
    text = f"a {mark_code('b')} c {mark_code('d')}"

    rendered = render_marked(text, code=lambda data: f"<{data}>", plain=str.upper)

    assert rendered == "A <b> C <d>"


def test_a_marked_string_is_plain_without_its_marks() -> None:
    assert unmarked(f"model {mark_code('a*b')} moved") == "model a*b moved"


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        pytest.param([], "", id="none"),
        pytest.param(["a", "b", "c"], "a, b, c", id="as many as fit"),
        pytest.param(["a", "b", "c", "d", "e"], "a, b, c and 2 more", id="too many"),
    ],
)
def test_a_row_of_names_says_how_many_are_left_out(names: list[str], shown: str) -> None:
    assert listed(names) == shown


def test_lines_that_are_cut_say_how_many_are_left_out() -> None:
    assert first_lines(["a", "b", "c"], 2) == ("a", "b", "and 1 more")
    assert first_lines(["a", "b"], 2) == ("a", "b")
