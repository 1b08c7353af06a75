"""What a judge was asked stands beside what it said."""

from dataclasses import replace

import pytest

from evalci.core.criterion import Criterion, CriterionScore, Level, condition_of
from evalci.core.gate import decide
from evalci.core.trial import JudgedBy, Score
from evalci.core.withheld import without_texts
from evalci.report.asked import MAX_TITLE, judged_lines, judged_reason
from evalci.report.markdown import render_markdown
from evalci.report.view import build_view
from tests.runs import make_run, make_run_case, make_trial

BY = JudgedBy(model="gemini/judge", rubric="r1")
RIGHT = Criterion(id="right", text="The answer is right.")
TEN = Criterion(
    id="right", text="All of it.", levels=(Level(score=1, means="no"), Level(score=5, means="yes"))
)
HOLDS = "0 the condition holds; 1 the condition does not hold"
MADE_UP = condition_of({"id": "right", "text": "It makes things up."})


def made(value: float | None, *, by: JudgedBy = BY) -> Score:
    """Return what a judge gave for the criterion `right`."""
    one = CriterionScore(id="right", value=value, reason="as told", evidence="Rome")
    return Score(scorer="judge", value=value, reason="right: as told", criteria=(one,), judge=by)


@pytest.mark.parametrize(
    ("criterion", "score", "expected"),
    [
        pytest.param(
            RIGHT,
            made(0.5),
            [
                'right 0.50: as told ("Rome")',
                "  criterion: The answer is right.",
                "  scale: 0 not met; 1 met in part; 2 fully met (given: 1 of 0 to 2)",
            ],
            id="the usual scale",
        ),
        pytest.param(
            TEN,
            made(0.625),
            [
                'right 0.62: as told ("Rome")',
                "  criterion: All of it.",
                "  scale: 1 no; 5 yes (given: 3.5 of 1 to 5)",
            ],
            id="a mean between two levels",
        ),
        pytest.param(
            RIGHT,
            made(0.5, by=replace(BY, pairwise=True)),
            [
                'right 0.50: as told ("Rome")',
                "  criterion: The answer is right.",
                "  scale: 1 better than the reference answer; 0.5 as good; 0 worse",
            ],
            id="a comparison",
        ),
        pytest.param(
            MADE_UP,
            made(1, by=replace(BY, pairwise=True)),
            [
                'right 1.00: as told ("Rome")',
                "  condition: It makes things up.",
                f"  scale: {HOLDS} (given: 1 of 0 to 1)",
            ],
            id="a condition is never compared",
        ),
        pytest.param(
            RIGHT,
            made(None),
            [
                'right unscored: as told ("Rome")',
                "  criterion: The answer is right.",
                "  scale: 0 not met; 1 met in part; 2 fully met",
            ],
            id="unscored",
        ),
    ],
)
def test_a_reader_sees_what_was_asked(
    criterion: Criterion, score: Score, expected: list[str]
) -> None:
    found = judged_lines(make_trial(scores=(score,)), {"r1": (criterion,)})

    assert found.splitlines() == expected


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        pytest.param(made(0.5), "right (The answer is right.), 1 of 0 to 2: as told", id="a level"),
        pytest.param(
            made(0.5, by=replace(BY, pairwise=True)),
            "right (The answer is right.), 0.50: as told",
            id="a comparison",
        ),
        pytest.param(
            made(0.5, by=replace(BY, rubric="unknown")), "right: as told", id="another rubric"
        ),
        pytest.param(
            Score(scorer="exact", value=0.0, reason="right: no"), "right: no", id="no judge"
        ),
        pytest.param(
            replace(made(0.0), reason="the answer is empty"), "the answer is empty", id="no name"
        ),
    ],
)
def test_the_reason_of_a_score_says_which_criterion_that_is(score: Score, expected: str) -> None:
    assert judged_reason(score, {"r1": (RIGHT,)}) == expected


def test_a_long_criterion_is_cut_in_the_reason_and_whole_below() -> None:
    long = replace(RIGHT, text="It " + "is right, " * 20)
    rubrics = {"r1": (long,)}

    reason = judged_reason(made(0.5), rubrics)

    assert f"{long.text[: MAX_TITLE - 1]}…" in reason
    assert long.text.strip() in judged_lines(make_trial(scores=(made(0.5),)), rubrics)


def test_a_report_shows_it_and_a_private_one_does_not() -> None:
    trial = make_trial(composite=0.0, scores=(made(0.0),))
    case = replace(make_run_case((0.0,)), trials=(trial,))
    run = make_run(case, rubrics={"r1": (RIGHT,)})

    shown = render_markdown(build_view(run, decide(run)))
    withheld = without_texts(run)

    assert "right (The answer is right.), 0 of 0 to 2" in shown
    assert "  scale: 0 not met; 1 met in part; 2 fully met (given: 0 of 0 to 2)" in shown
    assert "The answer is right" not in render_markdown(build_view(withheld, decide(withheld)))
    assert withheld.rubrics == {}


def test_what_a_file_says_of_a_scale_does_not_break_a_report() -> None:
    flat = replace(RIGHT, levels=(Level(score=1, means="`a`\n# b"), Level(score=1, means="c")))

    assert "given: 1 of 1 to 1" in judged_lines(make_trial(scores=(made(0.5),)), {"r1": (flat,)})
