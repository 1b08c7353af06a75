"""The HTML page: each face as a gold file, what it never asks of a browser, and its structure.

Write the gold files anew with `EVALCI_REGOLD=1 pytest tests/report/test_html.py`. They hold the
page without its style, which is the same in all of them and would drown every difference.
"""

import base64
import hashlib
import os
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from evalci.core.publication import Failure
from evalci.core.run import Run
from evalci.report.failures import failure_proceed, failure_title
from evalci.report.html import render_html
from tests.calls import make_output
from tests.report.faces import FACES, no_baseline, not_measured, passed, policy_changed, regression
from tests.report.page import Node, page_of
from tests.runs import make_run, make_run_case

GOLD = Path(__file__).parent / "gold"
EVERY = [pytest.param(name, id=name) for name in FACES]
CRASH = Failure(golden_set="shop", model="main", exit_code=3, error="no such file: `a.md`\nb")


def page(*runs: Run, failures: tuple[Failure, ...] = ()) -> Node:
    return page_of(render_html(runs, failures))


def without_style(text: str) -> str:
    text = re.sub("<style>.*?</style>", "<style></style>", text, flags=re.DOTALL)
    return re.sub("'sha256-[^']*'", "'sha256-'", text)


def texts(nodes: list[Node]) -> list[str]:
    return [" ".join(node.text.split()) for node in nodes]


@pytest.mark.parametrize("face", EVERY)
def test_a_face_of_the_page_reads_like_its_gold_file(face: str) -> None:
    gold = GOLD / f"{face.replace(' ', '-')}.html"

    text = without_style(render_html([FACES[face]()]))

    if os.environ.get("EVALCI_REGOLD"):
        gold.write_text(text, encoding="utf-8")
    assert text == gold.read_text(encoding="utf-8")


def test_there_is_no_gold_page_without_a_face() -> None:
    names = {path.stem for path in GOLD.glob("*.html")}

    assert names == {face.replace(" ", "-") for face in FACES}


@pytest.mark.parametrize("face", EVERY)
def test_a_page_asks_a_browser_for_nothing(face: str) -> None:
    nodes = page(FACES[face]()).walk()

    fetching = {"script", "link", "img", "iframe", "object", "embed", "base", "form", "video"}
    assert {node.tag for node in nodes} & fetching == set()
    assert [n for n in nodes if {"src", "style", "srcset", "background"} & set(n.attributes)] == []
    assert [n for n in nodes if any(name.startswith("on") for name in n.attributes)] == []


def test_the_policy_allows_the_pages_own_style_and_nothing_else() -> None:
    found = page(regression())

    (policy,) = [
        node.attributes["content"]
        for node in found.all("meta")
        if node.attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    (style,) = found.all("style")
    digest = base64.b64encode(hashlib.sha256(style.text.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )


def test_the_style_names_no_address() -> None:
    (style,) = page(regression()).all("style")

    assert re.findall(r"url\(|@import|//|</", style.text) == []


@pytest.mark.parametrize("face", EVERY)
def test_headings_go_down_one_step_at_a_time(face: str) -> None:
    one = page(FACES[face]())
    two = page(FACES[face](), passed())

    for found in (one, two):
        levels = [int(node.tag[1]) for node in found.all("h1", "h2", "h3", "h4", "h5", "h6")]
        steps = [after - before for before, after in pairwise(levels)]
        assert (levels[0], levels.count(1), max(steps, default=0)) == (1, 1, 1)


@pytest.mark.parametrize("face", EVERY)
def test_every_cell_that_heads_others_says_which(face: str) -> None:
    heads = page(FACES[face]()).all("th")

    assert heads
    assert {node.attributes["scope"] for node in heads} == {"col", "row"}


def test_the_page_names_its_language_its_width_and_both_colour_schemes() -> None:
    found = page(regression())

    meta = {
        node.attributes.get("name"): node.attributes.get("content") for node in found.all("meta")
    }
    assert found.children[0].attributes == {"lang": "en"}
    assert meta["viewport"] == "width=device-width, initial-scale=1"
    assert meta["color-scheme"] == "light dark"


def test_the_verdict_comes_first_and_then_how_to_proceed() -> None:
    (main,) = page(regression()).all("main")

    told = texts(main.all("h1", "h2", "p"))
    assert told[1].endswith("This change makes review worse (blocking)")
    assert told[2].startswith("1 category regressed")
    assert told[3].startswith("To proceed: fix it")
    assert told[4] == "Categories"


def test_several_runs_stand_in_one_page_the_worst_first() -> None:
    found = page(passed(), not_measured(), regression(), no_baseline())

    assert texts(found.all("h1")) == [
        "evalci, 4 checks: 1 blocking, 1 not measured, 1 without a baseline, 1 without a regression"
    ]
    assert [title.split()[1] for title in texts(found.all("h2"))] == ["This", "Not", "No", "No"]


def test_the_list_of_several_runs_leads_to_each() -> None:
    found = page(passed(), regression())

    goals = [node.attributes["href"] for node in found.all("a")]
    ids = [f"#{node.attributes['id']}" for node in found.all("h2")]
    assert goals == ids == ["#check-1", "#check-2"]


@pytest.mark.parametrize("code", [2, 3, 4, 70, 130, None])
def test_what_did_not_come_to_a_run_is_told_with_its_error(code: int | None) -> None:
    failure = replace(CRASH, exit_code=code)

    found = page(passed(), failures=(failure,))

    first = found.all("section")[0]
    words = failure_title(failure).removeprefix("not measured: ")
    assert texts(first.all("h2")) == [f"– Not measured: {words}"]
    assert texts(first.all("pre")) == ["no such file: `a.md` b"]
    assert texts(first.all("p"))[1] == f"To proceed: {failure_proceed(failure)}."


def test_a_command_that_failed_as_a_whole_is_a_page() -> None:
    found = page(failures=(Failure(golden_set="", model="", exit_code=None, error=""),))

    assert texts(found.all("h1")) == ["– Not measured: the run did not finish"]
    assert texts(found.all("p"))[0] == "evalci · the whole command"
    assert found.all("pre") == []


def test_edits_of_the_policy_are_listed() -> None:
    found = page(policy_changed())

    assert "Policy changes, in force after merge" in texts(found.all("h2"))
    assert "baselines/demo.main.json 1.00 → 0.20" in texts(found.all("li"))


def test_nothing_at_all_is_a_page() -> None:
    assert texts(page().all("h1")) == ["evalci: nothing was checked"]


def test_a_page_shows_more_examples_than_a_comment_and_counts_the_rest() -> None:
    cases = [make_run_case((0.0,), id=f"case-{n:02}") for n in range(60)]

    found = page(make_run(*cases))

    assert len(found.all("article")) == 50
    assert "Top failing examples (50 of 60)" in texts(found.all("h2"))


def test_a_first_empty_line_of_an_answer_is_kept() -> None:
    case = make_run_case((0.0,), id="a")
    trials = tuple(replace(t, output=make_output("\n\nlate")) for t in case.trials)

    text = render_html([make_run(replace(case, trials=trials))])

    assert '<pre dir="auto">\n\n\nlate</pre>' in text  # a parser drops the first line end


def test_a_moment_that_is_none_is_shown_as_it_is() -> None:
    run = passed()

    found = page(replace(run, provenance=replace(run.provenance, started_at="<b>soon")))

    assert "measured <b>soon at 0123456" in texts(found.all("p"))[-1]


def test_the_same_run_gives_the_same_page() -> None:
    assert render_html([regression()]) == render_html([regression()])
