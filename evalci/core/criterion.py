"""One thing that a judge looks for, and what it found."""

from dataclasses import dataclass

from evalci.core.json_value import Json, JsonObject, as_list, as_object, integer, number


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One step of a scale: its number, what it means, and an example of it."""

    score: int
    means: str
    example: str = ""


# The scale of a criterion that brings none of its own.
USUAL_LEVELS = (
    Level(score=0, means="not met"),
    Level(score=1, means="met in part"),
    Level(score=2, means="fully met"),
)
# The scale of a failure condition: 1 is the good end here, too.
CONDITION_LEVELS = (
    Level(score=0, means="the condition holds"),
    Level(score=1, means="the condition does not hold"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """What is judged, on which scale, and its share of the judge's score.

    A ``forces_zero`` criterion is a failure condition, with the levels 0 (it holds) and 1; it has
    no weight, and one that holds makes the whole score zero.
    """

    id: str
    text: str
    weight: float = 1.0
    levels: tuple[Level, ...] = USUAL_LEVELS
    forces_zero: bool = False

    def value_of(self, score: int) -> float:
        """Return a level's number as a value from 0 to 1."""
        scores = [level.score for level in self.levels]
        return (score - min(scores)) / (max(scores) - min(scores))


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionScore:
    """What a judge says of one criterion, from 0 to 1, with a quote of the answer as evidence.

    ``value`` None means unscored: no reply could be used, and ``reason`` says why. Of a failure
    condition 0 means that it holds.
    """

    id: str
    value: float | None
    reason: str = ""
    evidence: str = ""


def criterion_of(data: JsonObject) -> Criterion:
    """Return a criterion from its JSON form, which a schema has checked."""
    levels = tuple(map(_level, as_list(data.get("levels"))))
    return Criterion(
        id=str(data["id"]),
        text=str(data["text"]),
        weight=number(data.get("weight"), 1.0),
        levels=levels or USUAL_LEVELS,
    )


def condition_of(data: JsonObject) -> Criterion:
    """Return a failure condition from its JSON form, which a schema has checked."""
    return Criterion(
        id=str(data["id"]),
        text=str(data["text"]),
        weight=0.0,
        levels=CONDITION_LEVELS,
        forces_zero=True,
    )


def _level(raw: Json) -> Level:
    data = as_object(raw)
    return Level(
        score=integer(data["score"], 0),
        means=str(data["means"]),
        example=str(data.get("example", "")),
    )
