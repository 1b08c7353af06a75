"""Answers that people and judges rate, and how labels become ratings of them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from evalci.core.criterion import Criterion
from evalci.core.golden_set import Case
from evalci.core.hashes import content_hash
from evalci.core.label import Label
from evalci.core.problem import Problem, did_you_mean, raise_problems
from evalci.core.rating import Place, Rating, answer_name, criteria_of, rubric_in, scale_of
from evalci.core.run import Run, RunCase
from evalci.core.trial import Trial


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One answer of a run: where it comes from, the name of its text, and what is asked of it.

    ``item`` is its name in a sample, empty outside of one.
    """

    case: str
    trial: int
    answer: str
    criteria: tuple[Criterion, ...]
    item: str = ""

    def place(self, criterion: str) -> Place:
        """Return the place of one of its criteria."""
        return Place(case=self.case, trial=self.trial, criterion=criterion)


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """The ratings that some labels make; ``unmatched`` are labels of answers that are not there.

    ``nameless`` are those that name a case and not its text: it may have been another then.
    """

    ratings: tuple[Rating, ...]
    unmatched: int = 0
    nameless: int = 0


def answered_trials(run: Run, cases: Iterable[Case]) -> Iterator[tuple[RunCase, Trial, Case]]:
    """Yield each trial of a run that has an answer, as long as case and rubric are what they were.

    What was judged by another rubric says nothing about this one.
    """
    known = {case.id: case for case in cases}
    for measured in run.cases:
        case = known.get(measured.id)
        if case is None or content_hash(case) != measured.hashes.content:
            continue
        rubric = rubric_in(case)
        now = rubric.hash if rubric else ""
        for trial in measured.trials:
            judged = {score.judge.rubric for score in trial.scores if score.judge is not None}
            if trial.output is not None and trial.output.text.strip() and judged <= {now}:
                yield measured, trial, case


def answered_in(run: Run, cases: Iterable[Case]) -> tuple[Answered, ...]:
    """Return the answers of a run, as long as their cases and rubrics are what they were."""
    return tuple(
        Answered(
            case=case.id,
            trial=trial.trial,
            answer=answer_name(trial.output.text if trial.output else ""),
            criteria=criteria_of(case),
        )
        for _, trial, case in answered_trials(run, cases)
    )


def scales_in(answers: Iterable[Answered]) -> dict[tuple[str, str], tuple[float, ...]]:
    """Return the values that the scale of each criterion has, by case and criterion."""
    return {(one.case, c.id): scale_of(c) for one in answers for c in one.criteria}


def labelled(labels: Sequence[Label], answers: Sequence[Answered]) -> Labelled:
    """Return the ratings that labels make of some answers.

    BadInputError lists the labels with an unknown item or criterion, a score that is not on the
    scale, and those of one reviewer that contradict each other. A label of a case or answer that
    is not among ``answers`` is unmatched: runs come and go.
    """
    found = _Answers(answers)
    ratings: dict[tuple[str, Place], Rating] = {}
    problems: list[Problem] = []
    unmatched = nameless = 0
    for label in labels:
        if label.score is None:
            continue
        answer = found.of(label)
        if answer is None and label.case:
            unmatched += 1
            continue
        rating = _rating(label, answer)
        if isinstance(rating, Problem):
            problems.append(rating)
        elif ratings.setdefault((rating.rater, rating.place), rating) != rating:
            problems.append(label.problem(_twice(label)))
        nameless += not label.item and not label.answer
    raise_problems(problems)
    return Labelled(ratings=tuple(ratings.values()), unmatched=unmatched, nameless=nameless)


def _twice(label: Label) -> str:
    return f"`{label.reviewer}` has given `{label.criterion}` another score already"


class _Answers:
    """Finds the answer that a label means."""

    def __init__(self, answers: Sequence[Answered]) -> None:
        self._by_item = {one.item: one for one in answers if one.item}
        self._by_case: dict[str, list[Answered]] = {}
        for one in sorted(answers, key=lambda answer: answer.trial):
            self._by_case.setdefault(one.case, []).append(one)

    def of(self, label: Label) -> Answered | None:
        if label.item and (self._by_item or not label.case):
            return self._by_item.get(label.item)
        found = self._by_case.get(label.case, [])
        if label.answer:
            # The same text is the same answer, whichever trial of which run gave it.
            names = {label.answer, answer_name(label.answer)}
            found = [one for one in found if one.answer in names]
        elif label.trial is not None:
            found = [one for one in found if one.trial == label.trial]
        return found[0] if found else None


def _rating(label: Label, answer: Answered | None) -> Rating | Problem:
    if answer is None:
        return label.problem(f"no item `{label.item}` in this sample")
    criteria = {criterion.id: criterion for criterion in answer.criteria}
    criterion = criteria.get(label.criterion)
    if criterion is None or label.score is None:
        hint = did_you_mean(label.criterion, list(criteria))
        return label.problem(f"no criterion `{label.criterion}` of this answer", hint=hint)
    levels = sorted(level.score for level in criterion.levels)
    if label.score not in levels:
        scale = ", ".join(map(str, levels))
        message = f"{label.score} is not on the scale of `{criterion.id}` ({scale})"
        return label.problem(message)
    value = criterion.value_of(label.score)
    return Rating(place=answer.place(criterion.id), rater=label.reviewer, value=value)


def placed(labels: Iterable[Label], answers: Iterable[Answered]) -> tuple[Label, ...]:
    """Return labels that also say which case, trial and text their item is."""
    known = {one.item: one for one in answers}
    return tuple(
        replace(label, case=one.case, trial=one.trial, answer=one.answer)
        if (one := known.get(label.item)) is not None
        else label
        for label in labels
    )
