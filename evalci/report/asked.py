"""What a judge was asked, beside what it said: the text of a criterion, its scale, the level."""

from collections.abc import Mapping, Sequence

from evalci.core.criterion import Criterion, CriterionScore
from evalci.core.trial import Score, Trial, shortened
from evalci.report.escape import one_line

Rubrics = Mapping[str, Sequence[Criterion]]
MAX_TITLE = 60
MAX_TEXT = 400


def judged_lines(trial: Trial, rubrics: Rubrics) -> str:
    """Return what a judge said of an answer, criterion by criterion: value, reason, the quote.

    Below each stands what it was asked and on which scale, where ``rubrics`` have that.
    """
    lines = []
    for score in trial.scores:
        asked = _asked(score, rubrics)
        for one in score.criteria:
            quote = f' ("{one_line(one.evidence)}")' if one.evidence else ""
            lines.append(f"{one.id} {_value(one)}: {one_line(one.reason)}{quote}")
            lines += _asked_lines(one, score, asked.get(one.id))
    return "\n".join(lines)


def judged_reason(score: Score, rubrics: Rubrics) -> str:
    """Return the reason of a score; that of a judge with the criterion's text and the level."""
    name, colon, said = score.reason.partition(": ")
    one = next((each for each in score.criteria if each.id == name), None)
    asked = _asked(score, rubrics).get(name)
    if one is None or asked is None or not colon:
        return score.reason
    text = shortened(" ".join(asked.text.split()), MAX_TITLE)
    return f"{name} ({text}), {_level(one, asked, score) or _value(one)}: {said}"


def _asked(score: Score, rubrics: Rubrics) -> dict[str, Criterion]:
    found = rubrics.get(score.judge.rubric, ()) if score.judge else ()
    return {criterion.id: criterion for criterion in found}


def _value(one: CriterionScore) -> str:
    return "unscored" if one.value is None else f"{one.value:.2f}"


def _asked_lines(one: CriterionScore, score: Score, asked: Criterion | None) -> list[str]:
    if asked is None:
        return []
    kind = "condition" if asked.forces_zero else "criterion"
    scale = "1 better than the reference answer; 0.5 as good; 0 worse"
    if not _paired(score, asked):
        scale = "; ".join(f"{level.score} {one_line(level.means)}" for level in asked.levels)
    level = _level(one, asked, score)
    given = f" (given: {level})" * bool(level)
    return [f"  {kind}: {one_line(asked.text, MAX_TEXT)}", f"  scale: {scale}{given}"]


def _level(one: CriterionScore, asked: Criterion, score: Score) -> str:
    """Return the level that a value stands for, such as `1 of 0 to 2`; between two, their mean."""
    if one.value is None or _paired(score, asked):
        return ""
    scores = [level.score for level in asked.levels]
    low, high = min(scores), max(scores)
    return f"{low + one.value * (high - low):.3g} of {low} to {high}"


def _paired(score: Score, asked: Criterion) -> bool:
    return score.judge is not None and score.judge.pairwise and not asked.forces_zero
