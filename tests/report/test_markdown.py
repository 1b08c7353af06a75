"""The PR comment: each face as a gold file, and what survives when it must be short.

Write the gold files anew with `EVALCI_REGOLD=1 pytest tests/report/test_markdown.py`, then read
the difference like a reviewer.
"""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from evalci.core.gate import decide
from evalci.core.run import FileChange, PolicyChange, Run, RunCase
from evalci.core.trial import Trial
from evalci.report.escape import unmarked
from evalci.report.markdown import LIMIT, MARKER, render_markdown
from evalci.report.view import ReportView, build_view
from tests.calls import make_output
from tests.report.faces import FACES, regression
from tests.runs import make_category, make_run, make_run_case

GOLD = Path(__file__).parent / "gold"


def view_of(run: Run, max_examples: int = 5) -> ReportView:
    return build_view(run, decide(run), max_examples=max_examples)


def comment(run: Run) -> str:
    return render_markdown(view_of(run))


@pytest.mark.parametrize("face", [pytest.param(name, id=name) for name in FACES])
def test_a_face_of_the_comment_reads_like_its_gold_file(face: str) -> None:
    gold = GOLD / f"{face.replace(' ', '-')}.md"

    text = comment(FACES[face]())

    if os.environ.get("EVALCI_REGOLD"):
        gold.write_text(text, encoding="utf-8")
    assert text == gold.read_text(encoding="utf-8")


def test_there_is_no_gold_file_without_a_face() -> None:
    names = {path.stem for path in GOLD.glob("*.md")}

    assert names == {face.replace(" ", "-") for face in FACES}


@pytest.mark.parametrize("face", [pytest.param(name, id=name) for name in FACES])
def test_every_face_starts_with_the_marker_and_ends_with_how_to_proceed(face: str) -> None:
    blocks = [block for block in comment(FACES[face]()).split("\n\n") if block.strip()]

    assert blocks[0].startswith(f"{MARKER}\n### ")
    assert blocks[-2].startswith("**To proceed**: ")
    assert blocks[-1].strip().startswith("<sub>")


@pytest.mark.parametrize("face", [pytest.param(name, id=name) for name in FACES])
def test_no_face_has_two_empty_lines_or_marks_left(face: str) -> None:
    text = comment(FACES[face]())

    assert "\n\n\n" not in text
    assert not set(text) & {"\ue000", "\ue001"}


def huge_case(number: int) -> RunCase:
    """Return a fallen case whose answer and expected text have 300,000 characters."""
    case = make_run_case((0.0,), id=f"huge-{number}", expected="e" * 300_000)
    return replace(case, trials=tuple(map(_long, case.trials)))


def _long(trial: Trial) -> Trial:
    return replace(trial, output=make_output("`|<!--\n" * 43_000))


def huge_run(cases: int = 9, categories: int = 1) -> Run:
    """Return a run that has everything, and much too much of it."""
    found = [replace(huge_case(n), category=f"category-{n % categories:03}") for n in range(cases)]
    changes = tuple(
        FileChange(
            path=f"prompts/{n}.md",
            old="1",
            new="2",
            affects=1,
            diff="+ `line`\n" * (33_000 if n < 2 else 1),
            added=33_000,
        )
        for n in range(60)
    )
    names = [make_category(f"category-{n:03}") for n in range(categories)]
    return make_run(*found, categories=names, changes=changes)


def test_a_comment_about_huge_texts_fits_into_githubs_limit() -> None:
    text = comment(huge_run())

    assert len(text) <= LIMIT == 60_000
    assert "**Top failing examples** (5 of 9)" in text


@pytest.mark.slow
def test_a_comment_with_hundreds_of_categories_fits() -> None:
    text = comment(huge_run(cases=900, categories=900))

    assert len(text) <= 60_000


@pytest.mark.parametrize("limit", [60_000, 20_000, 8_000, 5_000, 3_000, 2_000])
@pytest.mark.parametrize("categories", [pytest.param(1, id="one"), pytest.param(90, id="many")])
def test_marker_title_and_way_to_proceed_survive_every_limit(limit: int, categories: int) -> None:
    view = view_of(huge_run(cases=90, categories=categories))

    text = render_markdown(view, limit=limit)

    assert len(text) <= limit
    lines = text.splitlines()
    assert lines[0] == MARKER
    assert lines[1].startswith("### 🔴 evalci: this change makes `category-000`")
    assert sum(line.startswith("**To proceed**: fix it, or accept it") for line in lines) == 1


def test_a_long_reason_to_stop_survives_the_smallest_limit() -> None:
    run = make_run(make_run_case(), stopped="the model `x` cannot be reached " * 500)

    text = render_markdown(view_of(run), limit=2_000)

    assert len(text) <= 2_000
    assert "**To proceed**: run it again" in text


def test_what_is_shortened_goes_step_by_step() -> None:
    run = regression()
    view = replace(view_of(run), examples=view_of(run).examples * 3)
    full = render_markdown(view)

    steps = [full]
    while True:
        shorter = render_markdown(view, limit=len(steps[-1]) - 1)
        if shorter == steps[-1]:
            break
        steps.append(shorter)

    has = [
        (
            "Prompt diff" in step,
            "Output:" in step,
            step.count("| `review-"),
            "| Category |" in step,
        )
        for step in steps
    ]
    assert has == [
        (True, True, 4, True),
        (False, True, 4, True),
        (False, False, 4, True),
        (False, False, 3, True),
        (False, False, 0, False),
    ]


def test_a_text_at_the_limit_is_not_shortened() -> None:
    view = view_of(regression())
    full = render_markdown(view)

    assert render_markdown(view, limit=len(full)) == full
    assert render_markdown(view, limit=len(full) - 1) != full


def test_an_answer_with_our_marker_does_not_make_a_second_comment() -> None:
    case = make_run_case((0.0,), id="sly", expected=MARKER)
    trials = tuple(replace(t, output=make_output(f"{MARKER}\n```\n{MARKER}")) for t in case.trials)

    text = comment(make_run(replace(case, trials=trials)))

    assert text.count(MARKER) == 1


def test_the_same_run_gives_the_same_bytes() -> None:
    assert comment(regression()) == comment(regression())


def test_the_title_is_the_views_title() -> None:
    view = view_of(regression())

    assert unmarked(view.title) == "🔴 evalci: this change makes review worse (blocking)"
    assert "### 🔴 evalci: this change makes `review` worse (blocking)" in render_markdown(view)


@pytest.mark.parametrize("limit", [60_000, 5_000, 2_000])
def test_policy_changes_never_go_unmentioned(limit: int) -> None:
    changes = tuple(PolicyChange(path=f"gate.rules[{n}]", old="x" * 90) for n in range(400))
    view = view_of(replace(huge_run(cases=90, categories=90), policy_changes=changes))

    text = render_markdown(view, limit=limit)

    assert len(text) <= limit
    assert "**Policy changes, in force after merge**" in text
    assert "`gate.rules[0]`" in text or "- 400 changes\n" in text
