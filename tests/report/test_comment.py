"""The comment of several publishers: who wins, in what order, and what is worth one."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from evalci.core.gate import decide
from evalci.report.comment import Section, build_sections, holds, merged_comment, worth_a_comment
from evalci.report.delimiters import read_sections
from evalci.report.markdown import MARKER, render_markdown
from evalci.report.overrides import comment_words
from evalci.report.view import build_view
from tests.report import faces
from tests.report.faces import FACES
from tests.report.publications import (
    HEAD,
    NEXT_HEAD,
    keys,
    later,
    make_origin,
    make_section,
    named,
    sections_of,
    shown,
    whole_failure,
)
from tests.runs import make_run, make_run_case


@pytest.mark.parametrize("face", [pytest.param(name, id=name) for name in FACES])
def test_a_single_section_reads_like_the_report_of_its_run(face: str) -> None:
    run = FACES[face]()
    verdict = decide(run)
    view = build_view(run, verdict)
    ready = comment_words(verdict, HEAD, "") if verdict.blocking else ""

    comment = merged_comment([], sections_of(run))

    expected = render_markdown(replace(view, proceed=f"{view.proceed}{ready}"))
    assert shown(comment) == expected.strip("\n")
    assert comment.startswith(f"{MARKER}\n<!-- evalci:section ")


def test_two_legs_end_with_one_comment_whoever_is_first() -> None:
    one = sections_of(named(faces.regression(), "one"))
    two = sections_of(named(faces.passed(), "two"))

    first = merged_comment([merged_comment([], one)], two)
    second = merged_comment([merged_comment([], two)], one)

    assert first == second
    assert keys(first) == ["one.main", "two.main"]
    assert "### 🔴 evalci: 1 of 2 checks blocks\n" in first


def test_several_sections_have_one_heading_and_one_each() -> None:
    comment = merged_comment([], sections_of(faces.passed(), named(faces.regression(), "other")))

    headings = [line for line in comment.splitlines() if line.startswith("#")]
    assert headings == [
        "### 🔴 evalci: 1 of 2 checks blocks",
        "#### 🔴 `other.main`: this change makes `review` worse (blocking)",
        "#### 🟢 `demo.main`: no regression: no category fell by more than its limit",
    ]


@pytest.mark.parametrize(
    ("icons", "heading"),
    [
        pytest.param("🟢🟢🟢", "🟢 evalci: all 3 checks pass", id="all pass"),
        pytest.param("🔴🟢🔴", "🔴 evalci: 2 of 3 checks block", id="two block"),
        pytest.param("🔴🔴", "🔴 evalci: all 2 checks block", id="all block"),
        pytest.param("🔴⚫", "🔴 evalci: 1 of 2 checks blocks", id="blocking is worse"),
        pytest.param("🟢⚫🟡", "⚫ evalci: 1 of 3 checks is not measured", id="not measured"),
        pytest.param("🟢🟡🟡", "🟡 evalci: 2 of 3 checks are not settled", id="not settled"),
        pytest.param("🟢⚪", "⚪ evalci: 1 of 2 checks is unverified", id="unverified"),
        pytest.param("🟢🔵", "🔵 evalci: 1 of 2 checks has no baseline yet", id="no baseline"),
    ],
)
def test_the_heading_says_in_words_what_is_worst(icons: str, heading: str) -> None:
    mine = [make_section(f"s{n}.main", icon=icon) for n, icon in enumerate(icons)]

    comment = merged_comment([], mine)

    assert comment.splitlines()[1] == f"### {heading}"


def test_sections_stand_worst_first_then_by_key() -> None:
    mine = [make_section(key, icon=icon) for key, icon in zip("dcba", "🟢🔴⚫🔴", strict=True)]

    assert keys(merged_comment([], mine)) == ["a", "c", "b", "d"]


def test_a_publisher_replaces_its_own_sections_and_keeps_the_others() -> None:
    body = merged_comment([], [make_section("mine"), make_section("theirs")])

    comment = merged_comment([body], [make_section("mine", icon="🔴", text="It fell.")])

    texts = {section.key: section.text for section in read_sections(comment)}
    assert texts == {"mine": "It fell.", "theirs": make_section("theirs").text}


def test_several_comments_of_ours_become_one() -> None:
    bodies = [merged_comment([], [make_section(key)]) for key in ("a", "b", "a")]

    assert keys(merged_comment(bodies, [make_section("c")])) == ["a", "b", "c"]


@pytest.mark.parametrize(
    "newer",
    [
        pytest.param({"run_id": 8}, id="a later run"),
        pytest.param({"attempt": 2}, id="another attempt"),
        pytest.param({"run_id": 8, "head": NEXT_HEAD}, id="a later push"),
    ],
)
def test_a_job_that_finishes_late_overwrites_nothing_newer(newer: dict[str, Any]) -> None:
    old, new = make_section(text="It passed."), replace(make_section(text="It fell."), **newer)

    comment = merged_comment([merged_comment([], [new])], [old])

    assert comment == merged_comment([], [new])
    assert holds(comment, [old])


def test_a_section_from_before_the_last_push_is_a_line() -> None:
    body = merged_comment([], [make_section("old.main", title="no regression: all is `fine`")])

    comment = merged_comment([body], [later(make_section("new.main"))])

    heading = "### 🟢 evalci: 1 of 2 checks passes, 1 not measured since the last push"
    line = "- ⚪ `old.main`: measured at `aaaaaaa`, before the last push: no regression: all is"
    assert shown(comment).splitlines()[1] == heading
    assert f"{line} `fine`" in shown(comment).splitlines()
    assert "All of old.main is well" not in comment


def test_a_section_of_mine_from_before_the_last_push_is_a_line_too() -> None:
    body = merged_comment([], [later(make_section("new.main"))])

    comment = merged_comment([body], [make_section("late.main")])

    assert "`late.main`: measured at `aaaaaaa`, before the last push" in comment
    assert "All of late.main is well" not in comment


def test_a_line_becomes_a_section_again_when_it_is_measured_again() -> None:
    body = merged_comment([], [make_section("a"), make_section("b")])
    body = merged_comment([body], [later(make_section("b"))])

    comment = merged_comment([body], [later(make_section("a"))])

    assert comment == merged_comment([], [later(make_section("a")), later(make_section("b"))])


def test_two_projects_with_the_same_names_share_no_section() -> None:
    run = make_run(make_run_case((1.0,)))
    body = merged_comment([], sections_of(run))

    comment = merged_comment([body], sections_of(replace(run, folder="services/shop")))

    assert keys(comment) == ["demo.main", "services/shop/demo.main"]


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        pytest.param(sections_of(faces.carried_forward()), False, id="all carried forward"),
        pytest.param(sections_of(faces.passed()), True, id="something was measured"),
        pytest.param(sections_of(faces.no_baseline()), True, id="no baseline"),
        pytest.param(
            sections_of(faces.carried_forward(), named(faces.regression(), "other")),
            True,
            id="one of two",
        ),
        pytest.param(
            sections_of(
                replace(
                    faces.carried_forward(), policy_changes=faces.policy_changed().policy_changes
                )
            ),
            True,
            id="a policy change",
        ),
        pytest.param(
            sections_of(replace(faces.carried_forward(), removed=("gone-1",))), True, id="a change"
        ),
        pytest.param(
            sections_of(replace(faces.carried_forward(), unverified="own recordings")),
            True,
            id="unverified",
        ),
        pytest.param(
            sections_of(replace(faces.carried_forward(), stopped="no key")), True, id="stopped"
        ),
        pytest.param(whole_failure(), True, id="a failure"),
        pytest.param((), False, id="nothing at all"),
    ],
)
def test_a_comment_is_worth_it_when_something_changed(
    sections: Sequence[Section], expected: bool
) -> None:
    assert worth_a_comment(sections) is expected


def test_a_private_comment_holds_no_prompt_and_no_answer() -> None:
    run = faces.regression()

    text = merged_comment(
        [], build_sections([run], (), make_origin(), max_examples=5, private=True)
    )

    assert not [w for w in ("Looks good", "leaks", "Be brief", "Prompt diff") if w in text]
    assert "| `review-1` | broken: 3/3 → 0/3 |  |" in text


def test_the_number_of_examples_is_the_callers() -> None:
    mine = build_sections([faces.FACES["evidence worse"]()], (), make_origin(), max_examples=1)

    assert "**Top failing examples** (1 of 4)" in mine[0].text
