"""Answers that nobody got: the model refused, or a content filter stopped it."""

from enum import StrEnum
from typing import assert_never

from evalci.core.trial import FILTERED, REFUSAL, Finish, Output

_FILTERS = frozenset({"content_filter", "safety", "recitation"})


class Refusal(StrEnum):
    """Who would not answer, as far as the vendor tells them apart; a baseline notes these words."""

    MODEL = "refused"
    FILTER = "filtered"


def refusal_of(output: Output) -> Refusal | None:
    """Return who would not answer, None for an answer."""
    if output.finish is not Finish.REFUSED:
        return None
    filtered = (output.finish_reason or "").casefold() in _FILTERS
    return Refusal.FILTER if filtered else Refusal.MODEL


def refusal_words(refusal: Refusal) -> str:
    """Return why the trial of a refusal is zero."""
    match refusal:
        case Refusal.MODEL:
            return REFUSAL
        case Refusal.FILTER:
            return FILTERED
        case _:
            assert_never(refusal)
