"""No text from a model, a prompt, a branch or a name leaves the place where a report puts it.

Each report with a hostile text in every place has the same structure as with a harmless word
there: the same headings, lists, cells, tags and elements, and nothing that GitHub makes live.
"""

import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import replace
from functools import cache

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from evalci.core.gate import decide
from evalci.core.publication import Origin
from evalci.core.run import Run
from evalci.report.baselines import baseline_diff_lines, baseline_lines
from evalci.report.check_run import build_check_reports
from evalci.report.comment import build_sections, merged_comment
from evalci.report.delimiters import read_sections
from evalci.report.escape import visible
from evalci.report.html import render_html
from evalci.report.json_report import render_json
from evalci.report.junit import render_junit
from evalci.report.markdown import LIMIT, render_markdown
from evalci.report.terminal import render_terminal
from evalci.report.view import build_view
from tests.report.hostile_texts import CORPUS, OUR_MARKER
from tests.report.injection import HARMLESS, PLACES, Taint
from tests.report.markdown_tokens import flat
from tests.report.page import Node, page_of, shape_of

# A text of which nothing is left is a missing text, and a report then has a line less.
HOSTILE = {name: text for name, text in CORPUS.items() if visible(text).strip()}
EVERY = [pytest.param(text, id=name) for name, text in HOSTILE.items()]
# Those that reach furthest, for a look at each place alone.
SHARP = (
    *("end of everything", "our section", "every line end"),
    *("odd backticks", "table that ends early", "math"),
)
GITHUB = MarkdownIt("gfm-like", {"breaks": True})
GITHUB.linkify.set({"fuzzy_link": False})  # type: ignore[union-attr]  # gfm-like always has one
TEXT = {"text", "text_special"}
# What GitHub makes live in text outside code; each would notify, link, draw or count.
LIVE = {
    "mention": r"@\w",
    "issue": r"#\d|\bgh-\d",
    "commit": r"\b[0-9a-f]{7,40}\b",
    "address": r"\w://|\bwww\.|mailto:|xmpp:",
    "short code": r":[\w+-]+:",
    "math": r"\$\$|\$\S[^$]*\S\$(?!\d)",
    "footnote": r"\[\^",
    "alert": r"\[!\w+\]",
    "task": r"\[[ x]\] ",
}
ORIGIN = Origin(head="a" * 40, run_id=7, run_url="https://github.com/o/r/actions/runs/7")
CONTROLS = "\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff"


def structure(source: str) -> list[str]:
    """Return the kinds of all tokens of a Markdown text, with the tags in its HTML."""
    return [_kind(token) for token in flat(GITHUB.parse(source)) if token.type not in TEXT]


def _kind(token: Token) -> str:
    if token.type in {"html_block", "html_inline"}:
        return f"{token.type} {re.findall(r'<!--|-->|</?[a-z]+', token.content)}"
    return f"{token.type} {token.info}" if token.type == "fence" else token.type


def live(source: str) -> dict[str, int]:
    """Count what GitHub would make live in the text outside code."""
    found = {}
    paragraphs = [token for token in GITHUB.parse(source) if token.type == "inline"]
    for name, pattern in LIVE.items():
        texts = [_prose(token) for token in paragraphs]
        found[name] = sum(len(re.findall(pattern, text, re.IGNORECASE)) for text in texts)
    return found


def _prose(inline: Token) -> str:
    """Return the text of a paragraph with a sign that is no letter where code stands."""
    return "".join(t.content if t.type in TEXT else "·" for t in inline.children or [])


def delimiters(source: str) -> int:
    """Count what opens a comment; what closes one is text until then."""
    return source.count("<!--")


def comments(taint: Taint) -> dict[str, str]:
    """Return the comment of each run by itself, and the body of each check run."""
    runs = taint.runs()
    found = {
        name: render_markdown(build_view(run, decide(run), max_examples=5))
        for name, run in runs.items()
    }
    for name, report in zip(
        [*runs, "one", "all"],
        build_check_reports(tuple(runs.values()), taint.failures()),
        strict=True,
    ):
        found[f"check {name}"] = report.summary
    return found


@cache
def comments_with(text: str) -> dict[str, str]:
    """Return the comments in which a text stands in every place."""
    return comments(Taint(text))


def merged(taint: Taint) -> str:
    """Return the comment of two runs and a failure, published a second time over the first."""
    runs = [_numbered(run, n) for n, run in enumerate(taint.runs().values()) if n < 2]
    failures = taint.failures()[:1]
    mine = build_sections(runs, failures, ORIGIN, max_examples=1)
    return merged_comment([merged_comment([], mine)], ())


def _numbered(run: Run, number: int) -> Run:
    name = f"{run.golden_set.name}-{number}"
    return replace(run, golden_set=replace(run.golden_set, name=name))


def html_shape(page: Node) -> list[str]:
    """Return the elements of a page; how many lines a diff has is up to the diff."""
    for pre in page.all("pre"):
        if pre.attributes.get("class") == "diff":
            kinds = {"added", "removed", "place", "kept"}
            assert {n.attributes.get("class") for n in pre.children} <= kinds
            assert {(n.tag, len(n.children)) for n in pre.children} <= {("span", 0)}
            pre.children.clear()
    return shape_of(page)


def xml_shape(source: str) -> list[str]:
    root = ET.fromstring(source)  # noqa: S314  # our own text
    return [f"{element.tag} {sorted(element.attrib)}" for element in root.iter()]


CALM = Taint(HARMLESS)
CALM_COMMENTS, CALM_MERGED = comments(CALM), merged(CALM)
CALM_STRUCTURES = {name: structure(text) for name, text in CALM_COMMENTS.items()}
CALM_LIVE = {name: live(text) for name, text in CALM_COMMENTS.items()}


@pytest.mark.slow
def test_there_are_enough_texts_and_each_place_is_shown_somewhere() -> None:
    def shown(place: str) -> bool:
        taint = Taint("zebra", [place])
        runs = tuple(taint.runs().values())
        texts = [*comments(taint).values(), render_html(runs), render_junit(runs)]
        return any("zebra" in text for text in texts)

    assert len(HOSTILE) >= 60
    assert {place for place in PLACES if not shown(place)} == {"folder"}


@pytest.mark.slow
@pytest.mark.parametrize("text", EVERY)
def test_every_comment_keeps_its_structure(text: str) -> None:
    found = comments_with(text)

    assert {name: structure(source) for name, source in found.items()} == CALM_STRUCTURES


@pytest.mark.parametrize("text", EVERY)
def test_nothing_in_a_comment_comes_alive(text: str) -> None:
    found = comments_with(text)

    assert {name: live(source) for name, source in found.items()} == CALM_LIVE


@pytest.mark.parametrize("text", EVERY)
def test_no_comment_has_a_delimiter_or_a_marker_more(text: str) -> None:
    found = comments_with(text)

    counts = {name: delimiters(source) for name, source in found.items()}
    assert counts == {name: delimiters(source) for name, source in CALM_COMMENTS.items()}
    assert max(source.count(OUR_MARKER) for source in found.values()) == 1


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES)
def test_a_place_alone_lets_nothing_out(place: str) -> None:
    wrong = [
        f"{name}: {report}"
        for name in SHARP
        for report, source in comments(Taint(CORPUS[name], [place])).items()
        if (structure(source), live(source)) != (CALM_STRUCTURES[report], CALM_LIVE[report])
    ]

    assert wrong == []


@pytest.mark.slow
@pytest.mark.parametrize("text", EVERY)
def test_a_merged_comment_keeps_its_sections_and_their_structure(text: str) -> None:
    found = merged(Taint(text))

    assert len([*read_sections(found)]) == len([*read_sections(CALM_MERGED)]) == 3
    assert delimiters(found) == delimiters(CALM_MERGED)
    assert live(found) == live(CALM_MERGED)
    if len(found) < LIMIT / 2:  # near the limit, the comment gives up details
        # The order of the sections goes by their names.
        assert Counter(structure(found)) == Counter(structure(CALM_MERGED))


@pytest.mark.slow
@pytest.mark.parametrize("text", EVERY)
def test_the_page_keeps_its_elements(text: str) -> None:
    def shape(taint: Taint) -> list[str]:
        return html_shape(page_of(render_html(tuple(taint.runs().values()), taint.failures())))

    assert shape(Taint(text)) == shape(CALM)


@pytest.mark.slow
@pytest.mark.parametrize("text", EVERY)
def test_the_xml_keeps_its_elements(text: str) -> None:
    def shape(taint: Taint) -> list[str]:
        return xml_shape(render_junit(tuple(taint.runs().values()), taint.failures()))

    assert shape(Taint(text)) == shape(CALM)


@pytest.mark.slow
@pytest.mark.parametrize("text", EVERY)
def test_page_and_xml_hold_no_control_and_fit_into_a_file(text: str) -> None:
    taint = Taint(text)
    runs = tuple(taint.runs().values())

    for source in (render_html(runs, taint.failures()), render_junit(runs, taint.failures())):
        assert re.findall(f"[{CONTROLS}]", source.replace("\t", " ")) == []
        assert source.encode()


@pytest.mark.slow
@pytest.mark.parametrize("text", EVERY)
def test_the_terminal_shows_text_and_nothing_else(text: str) -> None:
    for run in Taint(text).runs().values():
        view = build_view(run, decide(run))

        plain = render_terminal(view, width=120, colour=False)
        colours = re.sub(r"\x1b\[[0-9;]*m", "", render_terminal(view, width=120, colour=True))

        assert re.findall(f"[{CONTROLS}]", plain + colours) == []


@pytest.mark.parametrize("text", EVERY)
def test_a_baseline_is_shown_with_one_line_a_fact(text: str) -> None:
    def shown(taint: Taint) -> tuple[int, int]:
        baseline, categories = taint.baseline(), {taint.at("case id"): taint.at("category")}
        lines = baseline_lines(baseline, categories)
        difference = baseline_diff_lines(None, baseline, categories, ref="HEAD")
        text = visible("\n".join([*lines, *difference]))
        assert re.findall(f"[{CONTROLS}]", text) == []
        return len(text.splitlines()), len(lines)

    assert shown(Taint(text)) == shown(CALM)


@pytest.mark.slow
@pytest.mark.parametrize("text", EVERY)
def test_the_numbers_for_programs_stay_json(text: str) -> None:
    for run in Taint(text).runs().values():
        source = render_json(run)

        assert json.loads(source)["golden_set"]["name"].encode(errors="replace")
        assert source.encode()
