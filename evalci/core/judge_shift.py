"""How far a judge has moved since answers were frozen."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeShift:
    """How far the judge alone moved a category, in points of 1, by frozen answers judged again.

    ``error`` is its standard error, ``answers`` how many told.
    """

    category: str
    points: float
    error: float
    answers: int
