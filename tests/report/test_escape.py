"""Foreign text in a comment: whatever it says, a Markdown reader finds nothing but text in it."""

import html
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from evalci.report.escape import (
    code_span,
    fenced,
    first_lines,
    listed,
    mark_code,
    markdown,
    markdown_cell,
    markdown_html,
    one_line,
    render_marked,
    units_kept,
    unmarked,
    visible,
)
from tests.report.injection import CORPUS, OUR_MARKER

EVERY = [pytest.param(text, id=name) for name, text in CORPUS.items()]
READABLE = st.text(max_size=80) | st.text(
    alphabet="`|\\<>!-[]()@#*_~&;\n a\ue000\ue001", max_size=40
)

GITHUB = MarkdownIt("gfm-like")
# GitHub links URLs and `www.`, not every word with a dot in it.
GITHUB.linkify.set({"fuzzy_link": False})  # type: ignore[union-attr]  # gfm-like always has one
ALLOWED = {
    "paragraph_open",
    "paragraph_close",
    "inline",
    "text",
    "text_special",
    "softbreak",
    "code_inline",
    "table_open",
    "table_close",
    "thead_open",
    "thead_close",
    "tbody_open",
    "tbody_close",
    "tr_open",
    "tr_close",
    "th_open",
    "th_close",
    "td_open",
    "td_close",
}


def tokens_of(source: str) -> list[Token]:
    """Return all tokens of a Markdown text, those inside others included."""
    return list(_flat(GITHUB.parse(source)))


def _flat(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from _flat(token.children or [])


def kinds_of(source: str) -> set[str]:
    return {token.type for token in tokens_of(source)}


def prose_of(source: str) -> str:
    """Return the text outside code, as a reader sees it."""
    return " ".join(t.content for t in tokens_of(source) if t.type in {"text", "text_special"})


def cells_of(cell: str) -> list[str]:
    """Return the kinds of the cells in a row that holds a cell between two others."""
    tokens = GITHUB.parse(f"| a | b | c |\n|---|---|---|\n| x | {cell} | z |\n")
    rows = [i for i, token in enumerate(tokens) if token.type == "tr_open"]
    body = tokens[rows[1] :]
    return [t.content for i, t in enumerate(body) if t.type == "inline" and i]


class _Tags(HTMLParser):
    """Collects the tags and comments of an HTML text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(f"{tag}{attrs or ''}")

    def handle_comment(self, data: str) -> None:
        self.found.append(f"comment {data}")


def tags_of(source: str) -> list[str]:
    parser = _Tags()
    parser.feed(source)
    parser.close()
    return parser.found


def mentions_nobody(prose: str) -> bool:
    """Tell whether no `@name`, `#1` or `GH-1` is left that GitHub would link."""
    inside = [prose[i + 1 : i + 2] for i, letter in enumerate(prose) if letter in "@#"]
    return not any(follower.isalnum() for follower in inside) and "GH-" not in prose


@pytest.mark.parametrize("text", EVERY)
def test_marked_data_in_a_line_of_markdown_is_one_code_span(text: str) -> None:
    source = f"before {markdown(mark_code(text))} after"

    tokens = tokens_of(source)

    assert {t.type for t in tokens} <= ALLOWED
    assert [t.type for t in tokens].count("code_inline") == 1
    assert prose_of(source).split() == ["before", "after"]


@pytest.mark.parametrize("text", EVERY)
def test_marked_data_in_a_table_stays_in_its_cell(text: str) -> None:
    cells = cells_of(markdown(mark_code(text)))

    assert (len(cells), cells[0], cells[2]) == (3, "x", "z")


@pytest.mark.parametrize("text", EVERY)
def test_a_code_span_holds_a_line_of_any_text(text: str) -> None:
    source = f"before {code_span(one_line(text))} after"

    tokens = tokens_of(source)

    assert {t.type for t in tokens} <= ALLOWED
    assert prose_of(source).split() == ["before", "after"]


@pytest.mark.parametrize("text", EVERY)
def test_unmarked_text_in_a_line_of_markdown_stays_text(text: str) -> None:
    source = f"before {markdown(visible(text))} after"

    assert kinds_of(source) <= ALLOWED - {"code_inline"}
    assert mentions_nobody(prose_of(source))


@pytest.mark.parametrize("text", EVERY)
def test_unmarked_text_in_a_table_stays_in_its_cell(text: str) -> None:
    cells = cells_of(markdown(visible(text)))

    assert (len(cells), cells[0], cells[2]) == (3, "x", "z")


@pytest.mark.parametrize("text", EVERY)
def test_a_fenced_text_is_one_block_that_holds_all_of_it(text: str) -> None:
    source = f"before\n\n{fenced(text)}\n\nafter"

    tokens = [token for token in tokens_of(source) if token.type in {"fence", "inline"}]

    assert [token.type for token in tokens] == ["inline", "fence", "inline"]
    assert [tokens[0].content, tokens[2].content] == ["before", "after"]
    assert tokens[1].info == "text"


@pytest.mark.parametrize("text", EVERY)
def test_a_fenced_text_loses_nothing_that_can_be_seen(text: str) -> None:
    block = next(token for token in tokens_of(fenced(text)) if token.type == "fence")

    assert block.content.replace("\u200b", "") == f"{visible(text)}\n"


@pytest.mark.parametrize("text", EVERY)
def test_a_summary_holds_only_our_code_tag(text: str) -> None:
    summary = markdown_html(f"Prompt diff {mark_code(text)}")

    assert tags_of(summary) == ["code"]
    assert "\n" not in summary


@pytest.mark.parametrize("text", EVERY)
def test_unmarked_text_in_a_summary_has_no_tags_and_no_mentions(text: str) -> None:
    summary = markdown_html(visible(text))

    assert tags_of(summary) == []
    assert mentions_nobody(html.unescape(summary))


@pytest.mark.parametrize("text", EVERY)
def test_a_details_block_around_a_summary_is_all_the_html_there_is(text: str) -> None:
    source = (
        f"<details><summary>{markdown_html(mark_code(text))}: output</summary>\n\n"
        f"{fenced(text)}\n\n</details>\n\nafter"
    )

    tokens = GITHUB.parse(source)

    blocks = [t for t in tokens if t.type == "html_block"]
    assert [t.type for t in tokens] == [
        "html_block",
        "fence",
        "html_block",
        "paragraph_open",
        "inline",
        "paragraph_close",
    ]
    assert tags_of("".join(t.content for t in blocks)) == ["details", "summary", "code"]


@pytest.mark.parametrize("text", EVERY)
def test_our_marker_never_comes_from_foreign_text(text: str) -> None:
    rendered = [
        markdown(mark_code(text)),
        markdown(visible(text)),
        markdown_html(mark_code(text)),
        markdown_html(visible(text)),
        code_span(one_line(text)),
        fenced(text),
    ]

    assert [form for form in rendered if OUR_MARKER in form] == []


@pytest.mark.parametrize("text", EVERY)
def test_a_visible_text_has_no_escapes_controls_or_marks(text: str) -> None:
    seen = visible(text)

    assert not set(seen) & set("\x00\x07\x1b\x7f\x85\r\u202e\u2066\u200f\u200b\ufeff\ue000\ue001")


@pytest.mark.parametrize("text", EVERY)
def test_one_line_is_one_line(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1


@given(text=READABLE)
def test_marked_data_is_one_code_span_whatever_it_says(text: str) -> None:
    source = f"before {markdown(mark_code(text))} after"

    assert kinds_of(source) <= ALLOWED
    assert prose_of(source).split() == ["before", "after"]


@given(text=READABLE)
def test_marked_data_stays_in_its_cell_whatever_it_says(text: str) -> None:
    cells = cells_of(markdown(mark_code(text)))

    assert (len(cells), cells[0], cells[2]) == (3, "x", "z")


@given(text=READABLE)
def test_unmarked_text_stays_text_whatever_it_says(text: str) -> None:
    source = f"before {markdown(visible(text))} after"

    assert kinds_of(source) <= ALLOWED - {"code_inline"}


@given(text=READABLE)
def test_a_fence_holds_whatever_it_is_given(text: str) -> None:
    tokens = GITHUB.parse(f"before\n\n{fenced(text)}\n\nafter")

    assert [t.type for t in tokens if t.type in {"inline", "fence"}] == [
        "inline",
        "fence",
        "inline",
    ]


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
