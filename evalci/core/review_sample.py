"""Draws the answers that people review: stratified, sized to their time, blind and shuffled."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random

from evalci.core.answered import Answered, answered_trials
from evalci.core.golden_set import Case
from evalci.core.hashes import digest
from evalci.core.judge_question import Material, material_of
from evalci.core.needs_review import needs_review
from evalci.core.rating import answer_name, criteria_of
from evalci.core.run import Run
from evalci.core.trial import Trial

# Silent reading of English is near 240 words a minute (Brysbaert 2019); code and doubt are slower.
WORDS_PER_MINUTE = 180
SECONDS_PER_CRITERION = 12.0
LOW, HIGH = 1 / 3, 2 / 3


class Stratum(StrEnum):
    """Which kind of answer is drawn for which reason."""

    DISAGREEMENT = "disagreement"
    LOW = "low"
    MIDDLE = "middle"
    HIGH = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An answer that may be reviewed: what a reviewer sees, in ``seconds`` of work."""

    answered: Answered
    material: Material
    stratum: Stratum
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Some answers in the order in which they are shown, each with an item name that says nothing.

    ``id`` names the sample in files that come back; ``available`` counts the candidates.
    """

    id: str
    candidates: tuple[Candidate, ...]
    available: int

    @property
    def minutes(self) -> float:
        """Return how long a review should take."""
        return sum(one.seconds for one in self.candidates) / 60

    def of(self, stratum: Stratum) -> int:
        """Return how many answers of a stratum were drawn."""
        return sum(one.stratum is stratum for one in self.candidates)


def draw_sample(
    candidates: Sequence[Candidate], *, minutes: float, name: str, dice: Random
) -> Sample:
    """Return a sample that takes at most ``minutes``, by turns from every stratum.

    ``name`` is part of the id; the same dice give the same sample. It is empty when not even the
    shortest answer fits.
    """
    pools = _pools(candidates, dice)
    left = minutes * 60
    drawn: list[Candidate] = []
    while any(pools.values()):
        for pool in pools.values():
            one = _take(pool, left)
            if one is not None:
                drawn.append(one)
                left -= one.seconds
    dice.shuffle(drawn)
    id_ = digest([name, *[one.answered.answer for one in drawn]])[:8]
    return Sample(id=id_, candidates=_named(drawn, id_), available=len(candidates))


def _pools(candidates: Sequence[Candidate], dice: Random) -> dict[Stratum, list[Candidate]]:
    pools = {stratum: [one for one in candidates if one.stratum is stratum] for stratum in Stratum}
    for pool in pools.values():
        dice.shuffle(pool)
    return pools


def _take(pool: list[Candidate], left: float) -> Candidate | None:
    """Take the next of a pool that fits; those that do not leave it, too."""
    while pool:
        one = pool.pop()
        if one.seconds <= left:
            return one
    return None


def _named(drawn: Sequence[Candidate], id_: str) -> tuple[Candidate, ...]:
    """Return candidates whose items have names that tell nothing about case, score or order."""
    return tuple(
        replace(one, answered=replace(one.answered, item=digest([id_, one.answered.case])[:10]))
        for one in drawn
    )


def candidates_of(
    run: Run,
    cases: Sequence[Case],
    *,
    names: Sequence[str],
    clean: Callable[[str], str],
    dice: Random,
    only_queue: bool = False,
) -> tuple[Candidate, ...]:
    """Return an answer of each case for review, blind: names of models are masked.

    One that needs a review goes before the others of its case; ``only_queue`` leaves out cases
    without one. ``names`` are those of the author, ``clean`` takes secrets out.
    """
    doubts = {(doubt.case, doubt.trial) for doubt in needs_review(run)}
    calm: dict[str, list[tuple[Case, Trial]]] = {}
    queue: dict[str, list[tuple[Case, Trial]]] = {}
    for _, trial, case in answered_trials(run, cases):
        kind = queue if (case.id, trial.trial) in doubts else calm
        kind.setdefault(case.id, []).append((case, trial))
    chosen = [dice.choice(found) for found in (queue if only_queue else calm | queue).values()]
    return tuple(
        _candidate(case, trial, material_of(case, _answer(trial), names=names, clean=clean), doubts)
        for case, trial in chosen
    )


def _answer(trial: Trial) -> str:
    return trial.output.text if trial.output else ""


def _candidate(
    case: Case, trial: Trial, material: Material, doubts: Collection[tuple[str, int]]
) -> Candidate:
    criteria = criteria_of(case)
    doubtful = (case.id, trial.trial) in doubts
    return Candidate(
        answered=Answered(
            case=case.id,
            trial=trial.trial,
            answer=answer_name(_answer(trial)),
            criteria=criteria,
        ),
        material=material,
        stratum=Stratum.DISAGREEMENT if doubtful else _stratum(trial.composite),
        seconds=_seconds(material, len(criteria)),
    )


def _stratum(composite: float | None) -> Stratum:
    """Return the third of the scale that a score lies in; nobody agrees on one without a score."""
    if composite is None:
        return Stratum.DISAGREEMENT
    if composite < LOW:
        return Stratum.LOW
    return Stratum.HIGH if composite > HIGH else Stratum.MIDDLE


def _seconds(material: Material, criteria: int) -> float:
    words = sum(len(part.split()) for part in (material.task, material.reference, material.answer))
    return 60 * words / WORDS_PER_MINUTE + SECONDS_PER_CRITERION * criteria
