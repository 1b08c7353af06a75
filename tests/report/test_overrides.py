"""What reports say of overrides: who let what through until when, and what does not count."""

import json
from dataclasses import replace

import pytest

from evalci.core.gate import decide
from evalci.core.run import Run
from evalci.report.escape import markdown
from evalci.report.explain import render_explained
from evalci.report.json_report import render_json
from evalci.report.junit_cases import Result, run_suite
from evalci.report.outputs import step_outputs
from evalci.report.overrides import comment_words, override_lines
from evalci.report.view import ReportView, build_view, plain_text
from tests.core.overrides import HEAD, granted, in_evidence, with_overrides, worse_run
from tests.report import faces
from tests.report.hostile_texts import EVERY
from tests.report.test_injection import structure


def view_of(run: Run) -> ReportView:
    return build_view(run, decide(run))


def test_the_title_says_what_is_let_through_and_how_long() -> None:
    view = view_of(faces.overridden())

    assert plain_text(view.title) == (
        "👁 evalci: review, search would block, let through until 2026-04-01"
    )
    assert plain_text(view.headline).startswith("2 categories overridden, 1 category passed.")


def test_overridden_rows_stay_in_the_table() -> None:
    rows = view_of(faces.overridden()).rows

    assert [(row.icon, plain_text(row.category), plain_text(row.outcome)) for row in rows][:2] == [
        ("👁", "review", "overridden until 2026-04-01"),
        ("👁", "search", "overridden until 2026-04-01"),
    ]


def test_the_numbers_of_what_was_let_through_stay_on_top() -> None:
    sentences = [plain_text(line) for line in view_of(faces.overridden()).sentences]

    assert [line.split()[0] for line in sentences] == ["review", "search"]


def test_who_let_it_through_and_why_stands_below() -> None:
    first, second = (plain_text(line) for line in view_of(faces.overridden()).notes[:2])

    assert first == (
        "review is overridden until 2026-04-01 by ada at a3f81c2, in comment 41, because the new "
        "tone is worth what it costs in accuracy"
    )
    assert "by ada (as its file says, unproven) at a3f81c2, in overrides/demo.main." in second


def test_what_does_not_count_says_why_beside_what_it_should_have_let_through() -> None:
    view = view_of(faces.overridden_in_part())

    assert plain_text(view.title) == "🔴 evalci: this change makes search worse (blocking)"
    assert plain_text(view.notes[1]) == (
        "The override of search by ada in overrides/demo.main.search.0123456.yaml does not count: "
        "it ended on 2026-03-01"
    )


def test_an_override_that_nothing_needs_is_not_mentioned() -> None:
    worse = worse_run("review")
    run = with_overrides(worse_run(others=("review", "docs")), granted(worse))

    assert view_of(run).notes == ()


def test_the_last_line_says_until_when_and_what_then() -> None:
    assert plain_text(view_of(faces.overridden()).proceed) == (
        "it is let through until 2026-04-01; by then fix it, or accept it for good: "
        'evalci baseline accept --top-up --reason "…"'
    )


@pytest.mark.parametrize(
    ("run", "named"),
    [
        pytest.param(worse_run("review"), "review", id="one category"),
        pytest.param(in_evidence(worse_run("review")), "review", id="with the run as a whole"),
        pytest.param(worse_run("law and order"), '"law and order"', id="in quotes"),
        pytest.param(worse_run("review", "search"), "<category>", id="several"),
        pytest.param(faces.overridden_in_part(), "search", id="what is not let through yet"),
    ],
)
def test_the_comment_that_lets_it_through_is_ready(run: Run, named: str) -> None:
    words = plain_text(comment_words(decide(run), HEAD, run.folder))

    assert words == f", or comment /evalci override {HEAD} {named} <reason>"


def test_the_comment_names_the_project_where_it_has_a_folder() -> None:
    run = worse_run("review")

    words = plain_text(comment_words(decide(run), HEAD, "services/two"))

    assert words == f", or comment /evalci services/two: override {HEAD} review <reason>"


def test_a_must_pass_case_is_counted_as_overridden() -> None:
    view = view_of(faces.overridden_must_pass())

    assert "1 must-pass case overridden" in plain_text(view.headline)
    assert plain_text(view.title).startswith("👁 evalci: review-1 would block")


def test_a_whole_run_that_is_let_through_has_its_row() -> None:
    run = in_evidence(worse_run("review"))
    overrides = (granted(run), granted(run, category="*"))
    alone = with_overrides(run, overrides[1])

    rows = [(row.icon, row.category) for row in view_of(alone).rows]

    assert ("👁", "all cases together") in rows


def test_nothing_of_it_is_a_failure_in_junit() -> None:
    suite = run_suite(faces.overridden())

    (case,) = [c for c in suite.cases if (c.group, c.name) == ("category", "review")]
    assert case.result is Result.SKIPPED
    assert case.message.startswith("overridden until 2026-04-01 by ada (the new tone")
    assert not [c for c in suite.cases if c.result is Result.FAILURE]


def test_json_holds_every_override_and_the_outcome() -> None:
    data = json.loads(render_json(faces.overridden_in_part()))

    assert [one["refused"] for one in data["overrides"]] == ["", "it ended on 2026-03-01"]
    assert [c["outcome"] for c in data["verdict"]["categories"]] == [
        "pass",
        "overridden",
        "regression",
    ]


def test_the_outputs_of_the_step_name_no_overridden_category() -> None:
    outputs = step_outputs([faces.overridden()], [])

    assert outputs["verdict"] == "overridden"
    assert (outputs["exit-code"], outputs["regressed-categories"]) == ("0", "[]")


@pytest.mark.parametrize("as_markdown", [True, False])
def test_explain_says_that_it_is_overridden(as_markdown: bool) -> None:
    run = faces.overridden()

    text = render_explained(run, decide(run), as_markdown=as_markdown)

    assert "regression: the evidence reached the limit; " in text
    assert text.count("is overridden until") == 2


@pytest.mark.slow
@pytest.mark.parametrize("text", EVERY)
def test_no_word_of_an_override_escapes_its_place(text: str) -> None:
    assert structure(lines_of(text)) == structure(lines_of("words"))


def lines_of(text: str) -> str:
    """Return what stands below a table, as Markdown, with a text wherever an override has one."""
    run = worse_run("review", "search")
    given, other = granted(run), granted(run, category="search")
    words = replace(given, reason=text, by=text, source=text, head=text or "x")
    refused = replace(other, by=text, source=text, refused=text or "no")
    found = replace(run, overrides=(words, refused))
    return "\n".join(f"- {markdown(line)}." for line in override_lines(found, decide(found)))
