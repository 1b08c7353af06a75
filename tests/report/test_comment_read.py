"""What of a comment is read again: our own sections, whatever else somebody made of it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalci.report.comment import (
    NOTHING,
    build_sections,
    holds,
    merged_comment,
)
from evalci.report.delimiters import END, delimited, read_sections
from evalci.report.markdown import MARKER
from evalci.report.outcomes import ICONS
from tests.report.hostile_texts import EVERY
from tests.report.markdown_tokens import tokens_of
from tests.report.publications import (
    LIMIT,
    URL,
    hostile_run,
    keys,
    make_failure,
    make_origin,
    make_section,
)

ONE = merged_comment([], [make_section("a"), make_section("b")])


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        pytest.param("", [], id="nothing"),
        pytest.param(MARKER, [], id="the marker only"),
        pytest.param(NOTHING, [], id="no section"),
        pytest.param(ONE, ["a", "b"], id="as we wrote it"),
        pytest.param(ONE.replace("\n", "\r\n"), ["a", "b"], id="edited in a browser"),
        pytest.param(ONE[: ONE.rindex(END) - 9], ["a"], id="cut in half"),
        pytest.param(ONE.replace(END, "", 1), ["b"], id="no end"),
        pytest.param(f"{END}\n{ONE}", ["a", "b"], id="an end too many"),
        pytest.param(ONE + ONE, ["a", "b"], id="twice the same"),
        pytest.param(ONE.replace('{"key":"a"', '{"key":"a'), ["b"], id="no JSON"),
        pytest.param(ONE.replace('"key":"a",', ""), ["b"], id="no key"),
        pytest.param(ONE.replace('"key":"a"', '"key":["a"]'), ["b"], id="a key that is no text"),
        pytest.param(ONE.replace('"run_id":7', '"run_id":"7"', 1), ["b"], id="a text for a number"),
        pytest.param(ONE.replace('"run_id":7', '"run_id":true', 1), ["b"], id="true for a number"),
        pytest.param(ONE.replace('"attempt":1', '"attempt":-1', 1), ["b"], id="below zero"),
        pytest.param(ONE.replace('"run_id":7', f'"run_id":{"9" * 30}', 1), ["b"], id="too large"),
        pytest.param(
            ONE.replace('"run_id":7', f'"run_id":{"9" * 5000}', 1), ["b"], id="much too large"
        ),
        pytest.param(ONE.replace('"run_id":7', '"run_id":NaN', 1), ["b"], id="no number"),
        pytest.param(
            ONE.replace('"attempt":1', f'"attempt":{"[" * 9000}{"]" * 9000}', 1), ["b"], id="deep"
        ),
        pytest.param(ONE.replace('"title":"no', '"title":"\\ud83d no'), ["a", "b"], id="half pair"),
        pytest.param(ONE.replace('"icon":"🟢"', '"icon":"🤖"'), ["a", "b"], id="unknown icon"),
        pytest.param(ONE.replace('"event":"', '"other":1,"event":"'), ["a", "b"], id="more keys"),
        pytest.param(ONE.replace("well", "well " * 60_000, 1), ["a", "b"], id="300,000 characters"),
        pytest.param("<!-- evalci:section {" * 15_000, [], id="many beginnings"),
        pytest.param("<!-- evalci:line {}} --> {" * 11_000, [], id="many lines"),
    ],
)
def test_of_what_a_comment_held_the_readable_part_is_kept(body: str, kept: list[str]) -> None:
    comment = merged_comment([body], [make_section("mine")])

    assert keys(comment) == [*kept, "mine"]
    assert len(comment) <= LIMIT
    assert comment.count(MARKER) == 1


@pytest.mark.parametrize("icon", dict.fromkeys(ICONS.values()))
def test_a_section_of_another_publisher_keeps_its_icon(icon: str) -> None:
    theirs = merged_comment([], [make_section("theirs", icon=icon)])

    comment = merged_comment([theirs], [make_section("mine")])

    assert f"#### {icon} `theirs`" in comment


@given(
    body=st.text(max_size=400) | st.text(alphabet='<!->evalci:sctionld{}"key \n[]:,1', max_size=400)
)
def test_no_body_is_too_strange(body: str) -> None:
    comment = merged_comment([body, f"{MARKER}\n{body}"], [make_section()])

    assert holds(comment, [make_section()])


@given(cut=st.integers(0, len(ONE)), junk=st.text(max_size=20))
def test_a_body_may_be_broken_anywhere(cut: int, junk: str) -> None:
    comment = merged_comment([ONE[:cut] + junk + ONE[cut:]], [make_section("mine")])

    assert set(keys(comment)) >= {"mine"}
    assert len(comment) <= LIMIT


@pytest.mark.slow
@pytest.mark.parametrize("text", EVERY)
def test_no_data_forges_a_delimiter_or_a_heading(text: str) -> None:
    failure = make_failure(golden_set=text or "x", model=text, error=f"{text}\n{END}\n{text}")
    origin = make_origin(head=text, run_url=f"https://github.com/{text}", event=text)
    mine = build_sections([hostile_run(text)], [failure], origin, max_examples=5)
    other = make_section("other", head=mine[0].head)

    comment = merged_comment([merged_comment([], mine)], [other])

    tokens = tokens_of(comment)
    assert sorted(keys(comment)) == sorted({mine[0].key, mine[1].key, "other"})
    assert [t.tag for t in tokens if t.type == "heading_open"].count("h3") == 1
    assert sum(t.type == "heading_open" for t in tokens) == len(keys(comment)) + 1
    assert comment.count("<!--") == 1 + 2 * len(keys(comment))
    assert not [t for t in tokens if t.type == "image"]
    # The only link is that to the log; a reader escapes what no address can hold.
    links = {str(t.attrGet("href")) for t in tokens if t.type == "link_open"}
    assert len(links) <= 1
    assert all(link.startswith("https://github.com/") for link in links)
    assert holds(comment, [*mine, other])


@pytest.mark.parametrize("text", EVERY)
def test_a_section_is_read_as_it_was_written(text: str) -> None:
    origin = make_origin(head=text)
    mine = build_sections([hostile_run(text)], [], origin, max_examples=5)

    read = list(read_sections(merged_comment([], mine)))

    assert read == [replace(mine[0], shorter=())]


def test_a_delimiter_ends_where_we_end_it() -> None:
    section = make_section('--> <!-- "--" ---', title="-->", proceed="--!>", run_url=URL)

    first = delimited(section, "# x", "y").splitlines()[0]

    assert first.count("--") == 2
    assert first.count("<") == first.count(">") == 1


def test_the_text_of_another_publisher_starts_no_comment_of_its_own() -> None:
    body = ONE.replace("All of a is well", f"{MARKER} <!-- half")

    comment = merged_comment([body], [make_section("mine")])

    assert comment.count(MARKER) == 1
    assert "half" in comment
