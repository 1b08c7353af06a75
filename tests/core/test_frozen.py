"""Frozen answers, and what a judge who sees them again says of itself."""

from dataclasses import replace

import pytest

from evalci.core.frozen import (
    FrozenAnswer,
    frozen_answers,
    frozen_run,
    frozen_text,
    has_moved,
    held_together,
    judge_shifts,
    parse_frozen,
    unguarded,
)
from evalci.core.judge_shift import JudgeShift
from evalci.core.run import RunCase, Standing
from evalci.core.trial import JudgedBy, Score
from evalci.errors import BadInputError
from tests.calls import make_output
from tests.runs import make_run, make_run_case, make_trial

LINE = '{"format": 1, "case": "a", "harness": "h", "score": 0.7, "text": ""}'


def judged_case(value: float, *, id: str = "a-1", text: str = "It is Rome.") -> RunCase:
    """Return a case whose one answer a judge gave a score."""
    score = Score(scorer="judge", value=value, judge=JudgedBy(model="openai/judge"))
    trial = make_trial(case=id, composite=value, scores=(score,), output=make_output(text=text))
    return replace(make_run_case((value,), id=id), trials=(trial,))


def test_only_answers_that_a_judge_saw_are_frozen() -> None:
    run = make_run(judged_case(0.5), make_run_case((1.0,), id="a-2"))

    (answer,) = frozen_answers(run)

    assert (answer.case, answer.score, answer.text) == ("a-1", 0.5, "It is Rome.")


def test_a_file_is_read_as_it_was_written() -> None:
    answers = frozen_answers(make_run(judged_case(0.5), judged_case(1.0, id="a-2")))

    text = frozen_text(answers, clean=lambda text: text)

    assert parse_frozen(text, "main.jsonl") == answers


def test_no_secret_is_frozen() -> None:
    answers = frozen_answers(make_run(judged_case(0.5, text="the key is sk-1")))

    assert "sk-1" not in frozen_text(answers, clean=lambda text: text.replace("sk-1", "***"))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("{", "main.jsonl:1: not valid JSON", id="no JSON"),
        pytest.param('\n{"format": 1, "case": "a"}', "main.jsonl:2", id="a key is missing"),
        pytest.param('{"format": 2}', "main.jsonl:1", id="another format"),
        pytest.param(f"{LINE}\n{LINE}", "main.jsonl:2: a second answer to `a`", id="a case twice"),
        pytest.param(
            '{"format": 1, "case": "a", "harness": "h", "score": 7, "text": ""}',
            "main.jsonl:1",
            id="a score out of range",
        ),
    ],
)
def test_a_bad_line_is_named(text: str, line: str) -> None:
    with pytest.raises(BadInputError) as caught:
        parse_frozen(text, "main.jsonl")

    assert line in str(caught.value)


def test_only_answers_that_are_scored_as_they_were_are_judged_again() -> None:
    run = make_run(judged_case(0.5), judged_case(0.5, id="a-2"))
    first, second = frozen_answers(run)

    asked = frozen_run(run, [first, replace(second, harness="another rubric")])

    assert [(case.id, case.planned, case.trials) for case in asked.cases] == [("a-1", 1, ())]


@pytest.mark.parametrize("now", [0.4, 0.0])
def test_a_shift_is_that_of_the_judged_cases_over_all(now: float) -> None:
    run = make_run(judged_case(0.8), judged_case(0.8, id="a-2"), make_run_case((1.0,), id="a-3"))
    again = make_run(judged_case(now), judged_case(now, id="a-2"))

    (shift,) = judge_shifts(run, frozen_answers(run), again)

    assert shift.points == pytest.approx((now - 0.8) * 2 / 3)
    assert shift.error == pytest.approx(0.0)
    assert (shift.category, shift.answers) == ("review", 2)


def test_a_judge_who_agrees_on_average_only_has_an_error() -> None:
    run = make_run(judged_case(0.5), judged_case(0.5, id="a-2"))
    again = make_run(judged_case(0.4), judged_case(0.6, id="a-2"))

    (shift,) = judge_shifts(run, frozen_answers(run), again)

    assert shift.points == pytest.approx(0.0)
    assert shift.error == pytest.approx(0.1)


def test_an_answer_without_a_score_now_says_nothing() -> None:
    run = make_run(judged_case(0.5))
    silent = replace(judged_case(0.5), trials=(make_trial(composite=None),))

    assert judge_shifts(run, frozen_answers(run), make_run(silent)) == ()


def test_one_answer_alone_says_little() -> None:
    run = make_run(judged_case(0.5))

    (shift,) = judge_shifts(
        run,
        [FrozenAnswer(case="a-1", harness="h", score=0.5, text="It is Rome.")],
        make_run(judged_case(0.4)),
    )

    assert shift.error == pytest.approx(0.5)


def test_a_further_pass_asks_for_every_answer_again() -> None:
    run = make_run(judged_case(0.5))

    (case,) = frozen_run(run, frozen_answers(run), times=2).cases

    assert case.planned == 2


SHIFT = JudgeShift(category="review", points=-0.3, error=0.05, answers=4)


@pytest.mark.parametrize(
    ("harness", "shifts", "standing"),
    [
        pytest.param("h", (SHIFT,), Standing.COMPARABLE, id="another version, and how far off"),
        pytest.param("h", (), Standing.RESCORED, id="another version"),
        pytest.param("other", (SHIFT,), Standing.RESCORED, id="another rubric"),
    ],
)
def test_what_a_shift_makes_comparable_again(
    harness: str, shifts: tuple[JudgeShift, ...], standing: Standing
) -> None:
    case = make_run_case((0.5,), (0.8,))
    assert case.baseline is not None
    hashes = replace(case.baseline.hashes, harness=harness)
    moved = replace(
        case,
        hashes=replace(case.hashes, harness="h"),
        baseline=replace(case.baseline, hashes=hashes),
        standing=Standing.RESCORED,
    )

    (found,) = held_together(make_run(moved), shifts).cases

    assert found.standing is standing


@pytest.mark.parametrize(("points", "moved"), [(-0.3, True), (0.3, True), (0.1, False)])
def test_a_judge_has_moved_beyond_its_noise(points: float, moved: bool) -> None:
    run = replace(make_run(judged_case(0.5)), judge_shifts=(replace(SHIFT, points=points),))

    assert has_moved(run) is moved


def test_a_category_whose_judge_nobody_holds_to_account_is_unguarded() -> None:
    run = make_run(judged_case(0.5), make_run_case((1.0,), id="a-2", category="triage"))

    assert unguarded(run) == {"review"}
    assert unguarded(replace(run, judge_shifts=(SHIFT,))) == frozenset()
