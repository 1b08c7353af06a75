"""Rubrics: what good means, as criteria with scales and conditions that force a zero."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from evalci.core.criterion import Criterion, condition_of, criterion_of
from evalci.core.document import Document, Path
from evalci.core.hashes import digest
from evalci.core.json_value import Json, JsonObject, as_list, as_object
from evalci.core.ports import Files
from evalci.core.problem import Problem, did_you_mean
from evalci.errors import BadInputError
from evalci.rubrics import NAMES, rubric_text

OWN_SCORER = "judge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rubric:
    """Everything that a judge is asked about one answer; ``hash`` covers every word of it."""

    criteria: tuple[Criterion, ...]
    hash: str

    @property
    def size(self) -> int:
        """Return how many questions it makes."""
        return len(self.criteria)


def rubric_of(file: JsonObject, own: Json) -> Rubric:
    """Return the rubric of a case: a rubric file's criteria, then the case's own ones.

    Criteria of the case that name another scorer are that scorer's business: they stand there for
    people who review, and have no weight. Raises ValueError
    when nothing is left to judge, when two criteria share an id, or when none has weight.
    """
    mine = [item for raw in as_list(own) if is_judged(item := as_object(raw))]
    conditions = [as_object(raw) for raw in as_list(file.get("fail_if"))]
    given = [as_object(raw) for raw in as_list(file.get("criteria"))] + mine
    criteria = (*map(criterion_of, given), *map(condition_of, conditions))
    if not given:
        raise ValueError("nothing to judge: give `rubric`, or `criteria` of the case")
    twice = [name for name, count in Counter(c.id for c in criteria).items() if count > 1]
    if twice:
        raise ValueError(f"criterion `{twice[0]}` stands in the rubric twice")
    if not any(criterion.weight > 0 for criterion in criteria):
        raise ValueError("every criterion has weight 0")
    content: JsonObject = {"criteria": given, "fail_if": conditions}
    return Rubric(criteria=criteria, hash=digest(content))


def is_judged(criterion: JsonObject) -> bool:
    """Tell whether a criterion of a case is the judge's, not another scorer's."""
    return criterion.get("scorer", OWN_SCORER) == OWN_SCORER


def read_rubric(name: str, folder: str, files: Files) -> tuple[JsonObject, list[Problem]]:
    """Return a rubric's data and what is wrong with it; BadInputError when it cannot be read.

    ``name`` is a path inside ``folder``, or the name of a rubric that comes with evalci.
    """
    if name in NAMES:
        document = files.parse(rubric_text(name), f"rubric {name}", 1)
    elif "/" not in name and "." not in name:
        raise BadInputError(f"no rubric is named `{name}`", hint=did_you_mean(name, NAMES))
    else:
        document = files.yaml(f"{folder}/{name}")
    problems = rubric_problems(document)
    return ({} if problems else as_object(document.data)), problems


def rubric_problems(document: Document) -> list[Problem]:
    """Return everything wrong with a rubric file."""
    problems = document.check("rubric")
    return problems or criteria_problems(document, as_object(document.data)["criteria"], ())


def criteria_problems(
    document: Document, criteria: Json, at: Path, scorers: Collection[str] = ()
) -> list[Problem]:
    """Return what no schema sees: doubled levels, unknown scorers, and idle weights.

    ``criteria`` stand below ``at`` in the document; ``scorers`` are those of the case.
    """
    problems = []
    for index, item in enumerate(map(as_object, as_list(criteria))):
        place = (*at, "criteria", index)
        levels = [as_object(level)["score"] for level in as_list(item.get("levels"))]
        if len(set(levels)) < len(levels):
            problems.append(document.problem((*place, "levels"), "two levels have one score"))
        scorer = str(item.get("scorer", OWN_SCORER))
        if not is_judged(item) and scorer not in scorers:
            message, hint = "the case has no such scorer", did_you_mean(scorer, list(scorers))
            problems.append(document.problem((*place, "scorer"), message, hint=hint))
        if not is_judged(item) and "weight" in item:
            message = f"only the judge weighs criteria, and this one is the business of `{scorer}`"
            hint = f"leave it out, or give `{scorer}` a weight"
            problems.append(document.problem((*place, "weight"), message, hint=hint))
    return problems
