"""The key of a sample: which answer each item is, and what the judge said of it."""

import json
from dataclasses import dataclass
from typing import cast

from cattrs import Converter

from evalci.core.answered import Answered
from evalci.core.calibration import DIGITS
from evalci.core.document import Document
from evalci.core.json_value import JsonObject
from evalci.core.problem import raise_problems
from evalci.core.rating import Rating, judge_ratings, judged_by
from evalci.core.review_sample import Sample
from evalci.core.run import Run
from evalci.errors import BadInputError

FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewKey:
    """What stays behind when a sample goes out to reviewers.

    ``judged`` are the judge's ratings of the same answers, ``judge`` the name of its model config,
    empty where nobody judged. ``rubrics`` and ``resolved`` are those of the ratings. ``available``
    counts the answers from which the sample was drawn, by turns from every stratum.
    """

    sample: str
    golden_set: str
    model: str
    items: tuple[Answered, ...]
    judge: str = ""
    judged: tuple[Rating, ...] = ()
    rubrics: tuple[str, ...] = ()
    resolved: tuple[str, ...] = ()
    available: int = 0
    format: int = FORMAT


def key_of(sample: Sample, run: Run, judge: str) -> ReviewKey:
    """Return the key of a sample that was drawn from a run."""
    items = tuple(one.answered for one in sample.candidates)
    trials = [trial for case in run.cases for trial in case.trials]
    drawn = {(item.case, item.trial) for item in items}
    by = judged_by(trial for trial in trials if (trial.case, trial.trial) in drawn)
    places = {item.place(criterion.id) for item in items for criterion in item.criteria}
    return ReviewKey(
        sample=sample.id,
        golden_set=run.golden_set.name,
        model=run.model.name,
        items=items,
        judge=judge,
        available=sample.available,
        judged=tuple(rating for rating in judge_ratings(trials) if rating.place in places),
        rubrics=tuple(sorted({one.rubric for one in by})),
        resolved=tuple(sorted({name for one in by for name in one.resolved})),
    )


def _converter() -> Converter:
    converter = Converter(omit_if_default=True, forbid_extra_keys=True)
    converter.register_unstructure_hook(float, lambda value: round(value, DIGITS))
    return converter


_CONVERTER = _converter()


def key_text(key: ReviewKey) -> str:
    """Return the file of a key."""
    data = cast("JsonObject", {**_CONVERTER.unstructure(key), "format": key.format})
    return json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def parse_key(document: Document) -> ReviewKey:
    """Return the key in a file; BadInputError for anything else."""
    raise_problems(document.check("review_key"))
    try:
        return _CONVERTER.structure(document.data, ReviewKey)
    except Exception as exc:
        message = f"{document.source}: not a key of `evalci review sample`"
        raise BadInputError(message, hint="draw the sample again") from exc
