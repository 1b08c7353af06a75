"""Foreign text in a comment: whatever it says, a Markdown reader finds nothing but text in it."""

import html
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalci.report.escape import (
    code_span,
    fenced,
    mark_code,
    markdown,
    markdown_html,
    one_line,
    visible,
)
from tests.report.hostile_texts import EVERY, OUR_MARKER
from tests.report.markdown_tokens import GITHUB, kinds_of, prose_of, tokens_of

READABLE = st.text(max_size=80) | st.text(
    alphabet="`|\\<>!-[]()@#*_~&;\n a\ue000\ue001", max_size=40
)
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


def cells_of(cell: str) -> list[str]:
    """Return the contents of the cells in a row that holds a cell between two others."""
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
