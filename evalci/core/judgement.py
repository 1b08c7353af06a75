"""Joins what a judge said of each criterion, repeat by repeat, into one score with its spread."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, stdev

from evalci.core.criterion import Criterion, CriterionScore
from evalci.core.judge_reply import Reply
from evalci.core.trial import Trial

# How the reason begins where no reply came, after everything that sending again can do.
UNREACHED = "the judge could not be asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A judge's score from 0 to 1, None when it could not form one, and what it is made of.

    ``spread`` is the standard deviation of the repeats, None where fewer than two are complete.
    """

    value: float | None
    reason: str
    criteria: tuple[CriterionScore, ...]
    spread: float | None = None


def judgement_of(criteria: Sequence[Criterion], repeats: Sequence[Sequence[Reply]]) -> Judgement:
    """Return the mean of the repeats in which every criterion got a usable reply.

    ``repeats`` hold a reply for each criterion, in order. Within one repeat the score is the
    weighted mean of the criteria, or 0 when a failure condition holds.
    """
    scores = tuple(
        _criterion_score(criterion, [repeat[place] for repeat in repeats])
        for place, criterion in enumerate(criteria)
    )
    whole = [_value(criteria, repeat) for repeat in repeats]
    values = [value for value in whole if value is not None]
    return Judgement(
        value=fmean(values) if values else None,
        reason=_worst(criteria, scores) if values else _missing(criteria, repeats),
        criteria=scores,
        spread=stdev(values) if len(values) > 1 else None,
    )


def _criterion_score(criterion: Criterion, replies: Sequence[Reply]) -> CriterionScore:
    """Return the mean of the usable replies, with the words of the lowest."""
    usable = [(reply.value, reply) for reply in replies if reply.value is not None]
    if not usable:
        return CriterionScore(id=criterion.id, value=None, reason=replies[0].reason)
    _, lowest = min(usable, key=lambda pair: pair[0])
    return CriterionScore(
        id=criterion.id,
        value=fmean(value for value, _ in usable),
        reason=lowest.reason,
        evidence=lowest.evidence,
    )


def _value(criteria: Sequence[Criterion], replies: Sequence[Reply]) -> float | None:
    total, found = 0.0, 0.0
    zero = False
    for criterion, reply in zip(criteria, replies, strict=True):
        if reply.value is None:
            return None
        zero = zero or (criterion.forces_zero and reply.value == 0.0)
        total += criterion.weight
        found += criterion.weight * reply.value
    return 0.0 if zero else found / total


def _worst(criteria: Sequence[Criterion], scores: Sequence[CriterionScore]) -> str:
    """Return what cost most: a failure condition that holds, else the dearest criterion."""
    lost = [
        (criterion.forces_zero, criterion.weight * (1.0 - score.value), score)
        for criterion, score in zip(criteria, scores, strict=True)
        if score.value is not None and score.value < 1.0
    ]
    if not lost:
        return ""
    worst = max(lost, key=lambda found: found[:2])[2]
    return f"{worst.id}: {worst.reason}"


def _missing(criteria: Sequence[Criterion], repeats: Sequence[Sequence[Reply]]) -> str:
    for criterion, reply in zip(criteria, repeats[0], strict=True):
        if reply.value is None:
            return f"{criterion.id}: {reply.reason}"
    return "no repeat is complete"


def judge_unreached(trial: Trial) -> bool:
    """Tell whether an answer has no score because its judge could not be asked."""
    return any(
        score.value is None and any(one.reason.startswith(UNREACHED) for one in score.criteria)
        for score in trial.scores
    )


def judge_answered(trial: Trial) -> bool:
    """Tell whether a judge has said something of an answer, usable or not."""
    judged = [score for score in trial.scores if score.judge is not None]
    return bool(judged) and not judge_unreached(trial)
