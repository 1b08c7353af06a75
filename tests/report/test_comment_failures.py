"""The comment where a run failed: what it says then, and how long that stays."""

import pytest

from evalci.report.comment import build_sections, holds, merged_comment
from tests.report.publications import (
    NEXT_HEAD,
    keys,
    make_failure,
    make_origin,
    make_section,
    whole_failure,
)


def test_a_failed_command_leaves_no_passed_beside_it_after_a_push() -> None:
    body = merged_comment([], [make_section()])
    origin = make_origin(8, head=NEXT_HEAD)
    mine = build_sections([], [make_failure(golden_set="", model="")], origin, max_examples=5)

    comment = merged_comment([body], mine)

    assert comment.splitlines()[1].startswith("### ⚫ evalci: 1 of 2 checks is not measured")
    assert "before the last push: no regression" in comment


def test_a_failed_command_is_forgotten_once_a_newer_one_did_not_fail() -> None:
    body = merged_comment([], [*whole_failure(), make_section("other")])

    comment = merged_comment([body], [make_section(run_id=8)])

    assert keys(comment) == ["demo.main", "other"]


def test_a_failed_command_stays_beside_another_leg_of_the_same_run() -> None:
    body = merged_comment([], whole_failure())

    comment = merged_comment([body], [make_section()])

    assert keys(comment) == ["", "demo.main"]
    assert "#### ⚫ the whole check: not measured: an input is not valid" in comment


def test_the_failure_of_an_old_run_does_not_come_back() -> None:
    body = merged_comment([], [make_section(run_id=8)])

    comment = merged_comment([body], whole_failure())

    assert comment == body
    assert holds(comment, whole_failure())


def test_the_failure_of_one_project_stays_beside_a_newer_run_of_another() -> None:
    body = merged_comment([], [make_section("shop/", title="not measured")])

    comment = merged_comment([body], [make_section("desk.main", run_id=8)])

    assert keys(comment) == ["desk.main", "shop/"]
    assert "the whole check of `shop`: not measured" in comment


def test_a_failure_that_is_not_there_yet_is_missed() -> None:
    body = merged_comment([], [make_section()])

    assert not holds(body, whole_failure())


@pytest.mark.parametrize(
    ("code", "title", "proceed"),
    [
        pytest.param(None, "the run did not finish", "run it again; ", id="killed"),
        pytest.param(2, "wrong options", "correct the options that the message", id="usage"),
        pytest.param(3, "an input is not valid", "correct what the message names", id="bad input"),
        pytest.param(4, "no case has a verdict", "run it again once the cause", id="no verdict"),
        pytest.param(70, "evalci itself failed", "see the log of the step", id="a bug"),
        pytest.param(130, "the run was interrupted", "run it again; finished trials", id="^C"),
        pytest.param(99, "the run ended with exit code 99", "run it again; ", id="another code"),
    ],
)
def test_what_has_no_run_says_why_and_how_to_proceed(
    code: int | None, title: str, proceed: str
) -> None:
    mine = build_sections([], [make_failure(exit_code=code)], make_origin(), max_examples=5)

    comment = merged_comment([], mine)

    assert f"\n### ⚫ evalci: not measured: {title}\n" in comment
    assert f"\n**To proceed**: {proceed}" in comment
    assert "**There is no verdict of `demo` with `main` for `aaaaaaa`.**" in comment
    assert "```text\nevalci.yaml:5: wrong\n```" in comment


def test_only_the_first_lines_of_an_error_are_shown() -> None:
    failure = make_failure(error="\n".join(f"line {n}" for n in range(500)))

    comment = merged_comment([], build_sections([], [failure], make_origin(), max_examples=5))

    assert "line 11\n… (488 more lines)\n```" in comment
    assert "line 12\n" not in comment


def test_an_error_on_one_long_line_is_cut() -> None:
    failure = make_failure(error="x" * 100_000)

    comment = merged_comment([], build_sections([], [failure], make_origin(), max_examples=5))

    assert len(comment) < 4_000
