"""Annotations: which lines of which prompts are blamed, how loudly, and in what words."""

from dataclasses import replace
from difflib import unified_diff
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalci.core.annotation import Annotation, AnnotationLevel
from evalci.core.gate import decide
from evalci.core.run import FileChange, PromptRef, Run
from evalci.report.annotations import build_annotations
from tests.report import faces
from tests.report.hostile_texts import EVERY
from tests.report.publications import hostile_run
from tests.runs import make_category, make_limits, make_run, make_run_case

PROMPT = "prompts/review.md"


def annotations(run: Run) -> tuple[Annotation, ...]:
    return build_annotations(run, decide(run))


def diff_of(before: str, after: str) -> str:
    """Return a diff as a run holds it."""
    return "\n".join(unified_diff(before.splitlines(), after.splitlines(), "a", "b", lineterm=""))


def places(run: Run) -> list[tuple[str, int, int]]:
    return [(a.path, a.start_line, a.end_line) for a in annotations(run)]


def changed(path: str = PROMPT, diff: str = "", **changes: str | None) -> FileChange:
    change = FileChange(path=path, old="1", new="2", affects=1, diff=diff)
    return replace(change, **changes)  # type: ignore[arg-type]  # the hashes


def fallen(*changes: FileChange, **more: Any) -> Run:
    """Return a run whose only prompt made its only category worse."""
    return replace(make_run(make_run_case((0.0,)), changes=changes), **more)


def test_a_regression_stands_at_the_changed_lines_of_its_prompt() -> None:
    found = annotations(faces.regression())

    assert found == (
        Annotation(
            path=PROMPT,
            start_line=2,
            end_line=2,
            level=AnnotationLevel.FAILURE,
            title="evalci: demo with main",
            message="review regression: fell by more than the 5 pp allowed",
        ),
    )


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param("a\nb\nc", "a\nB\nc", [(2, 2)], id="a line edited"),
        pytest.param("a\nb", "a\nx\ny\nb", [(2, 3)], id="lines added"),
        pytest.param("a\nb\nc", "a\nc", [(2, 2)], id="a line gone"),
        pytest.param("a\nb\nc", "a", [(1, 1)], id="the end gone"),
        pytest.param("a\nb", "", [(1, 1)], id="everything gone"),
        pytest.param("", "a\nb", [(1, 2)], id="everything new"),
        pytest.param("-- x\nb", "b", [(1, 1)], id="a line that looks like a header"),
        pytest.param("b", "++ x\nb", [(1, 1)], id="an added line that looks like a header"),
        pytest.param(
            "\n".join("abcdefghijklmnop"),
            "\n".join("aBcdefghijklmnoP"),
            [(2, 2), (16, 16)],
            id="two hunks",
        ),
        pytest.param("a\nb\nc\nd", "A\nb\nc\nD", [(1, 1), (4, 4)], id="two lines in a hunk"),
        pytest.param("same", "same", [(1, 1)], id="nothing known"),
    ],
)
def test_changed_lines_are_those_of_the_file_now(
    before: str, after: str, expected: list[tuple[int, int]]
) -> None:
    run = fallen(changed(diff=diff_of(before, after)))

    assert places(run) == [(PROMPT, *lines) for lines in expected]


LINES = st.lists(st.sampled_from(["a", "b", "", "- c", "+ d", "@@ -1 +1 @@"]), max_size=9)


@given(before=LINES, after=LINES)
def test_lines_stand_inside_the_file(before: list[str], after: list[str]) -> None:
    text = "\n".join(after)
    run = fallen(changed(diff=diff_of("\n".join(before), text)))

    last = max(1, len(text.splitlines()))
    assert all(1 <= first <= end <= last for _, first, end in places(run))


@given(diff=st.text() | st.text(alphabet="@-+ ,0129\n"))
def test_any_text_for_a_diff_gives_lines(diff: str) -> None:
    run = fallen(changed(diff=diff))

    assert all(1 <= first <= end for _, first, end in places(run))


def test_a_prompt_that_did_not_change_has_it_at_its_first_line() -> None:
    assert places(fallen()) == [(PROMPT, 1, 1)]


def test_the_include_that_changed_has_it() -> None:
    ref = PromptRef(path=PROMPT, hash="h", includes={"prompts/style.md": "s"}, cases=1)
    run = fallen(changed("prompts/style.md", "@@ -1 +7 @@\n-a\n+b"), prompts=(ref,))

    assert places(run) == [("prompts/style.md", 7, 7)]


def test_a_file_that_is_gone_has_nothing() -> None:
    ref = PromptRef(path=PROMPT, hash="h", includes={"prompts/style.md": "s"}, cases=1)
    run = fallen(changed("prompts/style.md", new=None), prompts=(ref,))

    assert places(run) == [(PROMPT, 1, 1)]


def test_a_changed_prompt_of_another_category_has_nothing() -> None:
    fine = make_run_case((1.0,), id="b", category="docs", prompt="prompts/docs.md")
    run = make_run(make_run_case((0.0,)), fine, changes=(changed("prompts/docs.md"),))

    assert places(run) == [(PROMPT, 1, 1)]


def test_paths_begin_at_the_top_of_the_repository() -> None:
    assert places(fallen(folder="services/desk")) == [(f"services/desk/{PROMPT}", 1, 1)]


def test_a_confirmed_must_pass_case_blames_its_prompt() -> None:
    (found,) = annotations(faces.must_pass_only())

    assert found.level is AnnotationLevel.FAILURE
    assert found.message == "must-pass case review-1 failed 5 of 5 trials"


def test_what_is_undecided_is_a_warning() -> None:
    (found,) = annotations(faces.not_settled())

    assert found.level is AnnotationLevel.WARNING
    assert found.message.startswith("review inconclusive: 0.78 is below the floor 0.80")


@pytest.mark.parametrize(
    "face",
    ["pass", "improved", "no baseline", "carried forward", "not comparable", "not measured"],
)
def test_what_blames_no_prompt_has_no_annotation(face: str) -> None:
    assert annotations(faces.FACES[face]()) == ()


def test_one_place_names_everything_that_it_made_worse() -> None:
    cases = [make_run_case((0.0,), id=f"c{n}", category=f"cat-{n}") for n in range(5)]

    (found,) = annotations(make_run(*cases))

    lines = found.message.splitlines()
    assert [line.split()[0] for line in lines[:3]] == ["cat-0", "cat-1", "cat-2"]
    assert lines[3:] == ["and 2 more"]


def test_a_failure_comes_before_a_warning_and_silences_it_at_the_same_prompt() -> None:
    names = [make_category("review"), make_category("docs", make_limits(min_score=0.9))]
    values = [(1.0, 0.0, 1.0), (1.0, 1.0, 1.0)] * 3
    docs = [
        make_run_case(now, now, id=f"d{n}", category="docs", prompt=path)
        for path in ("prompts/docs.md", PROMPT)
        for n, now in enumerate(values)
    ]
    run = make_run(make_run_case((0.0,)), *docs, categories=names)

    assert [(a.path, a.level.value) for a in annotations(run)] == [
        (PROMPT, "failure"),
        ("prompts/docs.md", "warning"),
    ]


def test_there_are_at_most_fifty() -> None:
    cases = [make_run_case((0.0,), id=f"c{n}", prompt=f"prompts/{n:03}.md") for n in range(80)]

    found = annotations(make_run(*cases))

    assert len(found) == 50
    assert found[0].path == "prompts/000.md"


@pytest.mark.parametrize("text", EVERY)
def test_names_stand_on_one_visible_line(text: str) -> None:
    (found,) = annotations(hostile_run(text))

    assert not set(found.title + found.message) & set("\x1b\u202e\r\ue000")
    assert len(found.message.splitlines()) == 1
    assert found.title.count("\n") == 0
