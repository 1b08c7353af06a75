"""Takes secrets out of a trial before anybody keeps it."""

from dataclasses import replace
from typing import Any

from evalci.core.redaction import Redactor
from evalci.core.trial import SCORE_DIGITS, USD_DIGITS, JudgedBy, Score, Trial, shortened


def clean_trial(trial: Trial, redactor: Redactor) -> Trial:
    """Return a trial without secrets: redacted whole, and only then cut to length.

    An answer loses known values only, until it is scored and written. Numbers get the digits of
    `run.json`, so that what is decided now is what the file says.
    """
    changes: dict[str, Any] = {}
    scores = [_clean_score(score, redactor) for score in trial.scores]
    if any(new is not old for new, old in zip(scores, trial.scores, strict=True)):
        changes["scores"] = tuple(scores)
    if trial.output is not None and redactor.known(trial.output.text) != trial.output.text:
        changes["output"] = replace(trial.output, text=redactor.known(trial.output.text))
    if trial.composite is not None and (composite := _rounded(trial.composite)) != trial.composite:
        changes["composite"] = composite
    if trial.failure:
        changes["failure"] = shortened(redactor.text(trial.failure), 300)
    return replace(trial, **changes) if changes else trial


def _clean_score(score: Score, redactor: Redactor) -> Score:
    if score.judge is not None:
        score = _clean_judgement(score, score.judge, redactor)
    value = None if score.value is None else _rounded(score.value)
    reason = score.reason and shortened(redactor.text(score.reason), 200)
    if (value, reason) == (score.value, score.reason):
        return score
    return replace(score, value=value, reason=reason)


def _clean_judgement(score: Score, by: JudgedBy, redactor: Redactor) -> Score:
    """Return a judge's score whose criteria hold no secrets; quotes and reasons are cut."""
    usd = round(by.spend.usd, USD_DIGITS)
    return replace(
        score,
        judge=replace(by, spend=replace(by.spend, usd=usd)),
        spread=None if score.spread is None else _rounded(score.spread),
        criteria=tuple(
            replace(
                found,
                value=None if found.value is None else _rounded(found.value),
                reason=shortened(redactor.text(found.reason), 200),
                evidence=shortened(redactor.text(found.evidence), 200),
            )
            for found in score.criteria
        ),
    )


def _rounded(value: float) -> float:
    return round(value, SCORE_DIGITS)
