"""Ratings: what a judge or a person says of one criterion of one answer."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from evalci.core.criterion import Criterion, Level
from evalci.core.golden_set import Case
from evalci.core.hashes import digest
from evalci.core.json_value import JsonObject, as_object
from evalci.core.rubric import OWN_SCORER, Rubric, rubric_of
from evalci.core.stats.agreement import Pair
from evalci.core.trial import JudgedBy, Trial

PAIRWISE = "pairwise"
# What a person is asked where the judge compares with the reference; values are the judge's.
PAIR_LEVELS = (
    Level(score=0, means="the reference answer is better"),
    Level(score=1, means="neither is better"),
    Level(score=2, means="the answer is better"),
)
GENERAL = Criterion(id="overall", text="The answer does what the task asks for.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What is rated: one criterion of the answer of one trial of a case."""

    case: str
    trial: int
    criterion: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """One rater's value from 0 to 1 at a place; ``rater`` is a judge's model id or a person."""

    place: Place
    rater: str
    value: float


def answer_name(text: str) -> str:
    """Return a short name of an answer's text, to tell whether two ratings mean the same one.

    White space around it does not count: spreadsheets and editors change that.
    """
    return digest(text.strip())[:16]


def judge_ratings(trials: Iterable[Trial]) -> tuple[Rating, ...]:
    """Return what the judge said in some trials; criteria without a usable reply are left out."""
    return tuple(
        Rating(
            place=Place(case=trial.case, trial=trial.trial, criterion=criterion.id),
            rater=score.judge.model,
            value=criterion.value,
        )
        for trial in trials
        for score in trial.scores
        if score.judge is not None
        for criterion in score.criteria
        if criterion.value is not None
    )


def judged_by(trials: Iterable[Trial]) -> tuple[JudgedBy, ...]:
    """Return who judged some trials, score by score."""
    scores = (score for trial in trials for score in trial.scores)
    return tuple(score.judge for score in scores if score.judge is not None)


def criteria_of(case: Case) -> tuple[Criterion, ...]:
    """Return what a person or a judge is asked of a case's answers.

    The rubric of its judge, else its own criteria, else one question about the whole answer.
    """
    rubric, paired = rubric_in(case), _judge_params(case).get("mode") == PAIRWISE
    if rubric is None:
        return (GENERAL,)
    return tuple(
        replace(one, levels=PAIR_LEVELS) if paired and not one.forces_zero else one
        for one in rubric.criteria
    )


def rubric_in(case: Case) -> Rubric | None:
    """Return what a case's judge goes by, None where there is nothing to judge by."""
    try:
        return rubric_of(as_object(_judge_params(case).get("rubric", {})), case.criteria)
    except ValueError:
        return None


def _judge_params(case: Case) -> JsonObject:
    return next((spec.params for spec in case.scorers if spec.name == OWN_SCORER), {})


def pairs_of(
    mine: Iterable[Rating],
    theirs: Iterable[Rating],
    scales: Mapping[tuple[str, str], tuple[float, ...]],
) -> dict[str, tuple[Pair, ...]]:
    """Return the places that both sides rated as pairs, by criterion.

    Several raters of one side count with their mean. ``scales`` are by case and criterion.
    """
    left, right = _means(mine), _means(theirs)
    pairs: dict[str, list[Pair]] = {}
    for place, value in left.items():
        if place in right:
            scale = scales.get((place.case, place.criterion), ())
            pair = Pair(case=place.case, mine=value, theirs=right[place], scale=scale)
            pairs.setdefault(place.criterion, []).append(pair)
    return {criterion: tuple(found) for criterion, found in pairs.items()}


def scale_of(criterion: Criterion) -> tuple[float, ...]:
    """Return the values of a criterion's levels, the lowest first."""
    return tuple(sorted(criterion.value_of(level.score) for level in criterion.levels))


def _means(ratings: Iterable[Rating]) -> dict[Place, float]:
    found: dict[Place, list[float]] = {}
    for rating in ratings:
        found.setdefault(rating.place, []).append(rating.value)
    return {place: fmean(values) for place, values in found.items()}


def raters_of(ratings: Sequence[Rating]) -> tuple[str, ...]:
    """Return who rated, by name."""
    return tuple(sorted({rating.rater for rating in ratings}))


def by_rater(ratings: Iterable[Rating]) -> Iterator[tuple[str, tuple[Rating, ...]]]:
    """Yield each rater with the ratings, by name."""
    found: dict[str, list[Rating]] = {}
    for rating in ratings:
        found.setdefault(rating.rater, []).append(rating)
    for rater in sorted(found):
        yield rater, tuple(found[rater])
