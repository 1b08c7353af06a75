"""The sample for reviewers: of every kind, within their time, blind, shuffled, and repeatable."""

from collections import Counter
from random import Random
from typing import Any

import pytest

from evalci.core.answered import Answered
from evalci.core.criterion import CriterionScore
from evalci.core.hashes import content_hash
from evalci.core.json_value import parse_json
from evalci.core.review_key import key_of, key_text, parse_key
from evalci.core.review_sample import Candidate, Sample, Stratum, candidates_of, draw_sample
from evalci.core.trial import JudgedBy, Score, Trial
from evalci.errors import BadInputError
from tests.calls import make_output
from tests.cases import make_case, make_hashes
from tests.inputs import make_document
from tests.report.reviews import make_candidate, make_sample
from tests.runs import make_run, make_run_case, make_trial


def candidate(name: str, stratum: Stratum, seconds: float = 60.0) -> Candidate:
    found = make_candidate(name, stratum=stratum, seconds=seconds)
    answered = Answered(case=name, trial=0, answer=name, criteria=found.answered.criteria)
    return make_candidate(name, stratum=stratum, seconds=seconds, answered=answered)


def drawn(candidates: list[Candidate], minutes: float = 60, seed: int = 1) -> Sample:
    return draw_sample(candidates, minutes=minutes, name="run-1", dice=Random(seed))  # noqa: S311  # a draw


POOL = [candidate(f"{s.value}-{n}", s) for s in Stratum for n in range(10)]


def test_every_stratum_gets_the_same_share_of_the_time() -> None:
    sample = drawn(POOL, minutes=12)

    assert Counter(one.stratum for one in sample.candidates) == dict.fromkeys(Stratum, 3)


def test_a_short_stratum_leaves_its_time_to_the_others() -> None:
    pool = [one for one in POOL if one.stratum is Stratum.HIGH] + [POOL[0]]

    sample = drawn(pool, minutes=6)

    assert (sample.of(Stratum.HIGH), sample.of(Stratum.DISAGREEMENT)) == (5, 1)


@pytest.mark.parametrize("minutes", [1, 5, 7.5, 40])
def test_a_sample_never_takes_longer_than_the_reviewers_have(minutes: float) -> None:
    pool = [candidate(f"c{n}", Stratum.LOW, seconds=20.0 + 13 * n) for n in range(20)]

    assert drawn(pool, minutes=minutes).minutes <= minutes


def test_what_does_not_fit_makes_room_for_what_does() -> None:
    pool = [candidate("long", Stratum.LOW, seconds=900), candidate("short", Stratum.LOW)]

    assert [one.answered.case for one in drawn(pool, minutes=2).candidates] == ["short"]


def test_nothing_is_drawn_where_nothing_fits() -> None:
    assert drawn([candidate("long", Stratum.LOW, seconds=900)], minutes=2).candidates == ()


def test_the_same_dice_draw_the_same_sample_and_others_another() -> None:
    assert drawn(POOL, minutes=10) == drawn(POOL, minutes=10)
    assert drawn(POOL, minutes=10).id != drawn(POOL, minutes=10, seed=2).id


def test_the_order_does_not_give_the_stratum_away() -> None:
    orders = {
        tuple(one.stratum for one in drawn(POOL, minutes=8, seed=n).candidates) for n in range(9)
    }

    assert len(orders) > 5


def test_an_item_is_named_after_nothing_that_a_reviewer_knows() -> None:
    names = [one.answered.item for one in drawn(POOL, minutes=8).candidates]

    assert len(set(names)) == 8
    assert not any(stratum.value in name for name in names for stratum in Stratum)


def of_run(composite: float | None, text: str = "yes", **changes: Any) -> tuple[Candidate, ...]:
    return of_trials(make_trial(output=make_output(text), **{"composite": composite, **changes}))


def of_trials(*trials: Trial, only_queue: bool = False) -> tuple[Candidate, ...]:
    case = make_case(inputs={"q": "Is it?"})
    hashes = make_hashes(content=content_hash(case))
    return candidates_of(
        make_run(make_run_case(trials=trials, hashes=hashes)),
        [case],
        only_queue=only_queue,
        names=("claude-sonnet",),
        clean=lambda found: found.replace("sk-secret", "[redacted]"),
        dice=Random(1),  # noqa: S311  # a draw
    )


@pytest.mark.parametrize(
    ("composite", "stratum"),
    [
        pytest.param(0.0, Stratum.LOW, id="low"),
        pytest.param(0.34, Stratum.MIDDLE, id="middle"),
        pytest.param(0.67, Stratum.HIGH, id="high"),
        pytest.param(None, Stratum.DISAGREEMENT, id="nobody could score it"),
    ],
)
def test_an_answer_lies_in_the_third_of_its_score(
    composite: float | None, stratum: Stratum
) -> None:
    (found,) = of_run(composite, scores=())

    assert found.stratum is stratum


def test_an_answer_of_the_queue_is_a_disagreement() -> None:
    (found,) = of_run(0.0, passed=False, scores=(Score(scorer="chrf", value=0.9),))

    assert found.stratum is Stratum.DISAGREEMENT


DOUBTFUL = make_trial(trial=7, composite=0.0, scores=(Score(scorer="chrf", value=0.9),))


@pytest.mark.parametrize("only_queue", [False, True], ids=["all", "the queue"])
def test_a_case_is_reviewed_once_by_the_answer_that_needs_it(*, only_queue: bool) -> None:
    (found,) = of_trials(*(make_trial(trial=n) for n in range(7)), DOUBTFUL, only_queue=only_queue)

    assert found.answered.trial == 7


def test_the_queue_leaves_clear_cases_out() -> None:
    assert of_trials(make_trial(), only_queue=True) == ()


def test_reviewers_see_neither_who_wrote_it_nor_a_secret() -> None:
    (found,) = of_run(1.0, text="As claude-sonnet I say sk-secret.")

    assert found.material.answer == "As [model] I say [redacted]."


def test_an_empty_answer_is_not_reviewed() -> None:
    assert of_run(0.0, text=" \n") == ()


def test_longer_answers_take_longer() -> None:
    (short,), (long,) = of_run(1.0, text="word " * 10), of_run(1.0, text="word " * 190)

    assert long.seconds - short.seconds == pytest.approx(60.0)


def judged_run() -> Any:
    criterion = CriterionScore(id="complete", value=0.5)
    score = Score(scorer="judge", value=0.5, criteria=(criterion,), judge=JudgedBy(model="g/judge"))
    answered = make_trial(case="secret-a1", scores=(score,))
    elsewhere = make_trial(case="other", scores=(score,))
    return make_run(
        make_run_case(id="secret-a1", trials=(answered,)),
        make_run_case(id="other", trials=(elsewhere,)),
    )


def test_a_key_comes_back_with_what_the_judge_said_of_the_sample() -> None:
    key = key_of(make_sample(), judged_run(), "judge")

    read = parse_key(make_document(parse_json(key_text(key))))

    assert read == key
    assert [(one.place.case, one.rater, one.value) for one in read.judged] == [
        ("secret-a1", "g/judge", 0.5)
    ]


@pytest.mark.parametrize(
    ("data", "line"),
    [
        pytest.param({"format": 1}, "missing key `sample`", id="keys"),
        pytest.param([], "is not a mapping (`key: value`)", id="a list"),
        pytest.param(
            {"format": 1, "sample": "../../x", "golden_set": "", "model": "", "items": []},
            "`sample`: '../../x' is not valid here",
            id="a sample that is a path",
        ),
    ],
)
def test_another_file_is_no_key(data: Any, line: str) -> None:
    with pytest.raises(BadInputError) as caught:
        parse_key(make_document(data))

    assert line in str(caught.value)
