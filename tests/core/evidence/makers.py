"""Makers of cases for the evidence gate, and the shortest ways to a decision."""

from collections.abc import Mapping, Sequence

from evalci.core.evidence.decision import CategoryDecision, Decision, Ending
from evalci.core.evidence.options import CategoryRule, Options
from evalci.core.evidence.table import CaseTrials
from evalci.core.evidence.weigh import weigh

Scores = Sequence[float | None]
STABLE = (1,) * 10


def make_trials(
    baseline: Scores, candidate: Scores, *, id: str = "a-1", category: str = "a"
) -> CaseTrials:
    return CaseTrials(
        id=id, category=category, baseline=tuple(baseline), candidate=tuple(candidate)
    )


def cases_like(
    n: int, baseline: Scores, candidate: Scores, *, category: str = "a", start: int = 0
) -> list[CaseTrials]:
    """Return equal cases of one category with ids of their own."""
    return [
        make_trials(baseline, candidate, id=f"{category}-{i}", category=category)
        for i in range(start, start + n)
    ]


def weighed(
    cases: Sequence[CaseTrials],
    *,
    options: Options | None = None,
    rules: Mapping[str, CategoryRule] | None = None,
    ending: Ending = Ending.CAP,
    earlier: Decision | None = None,
) -> Decision:
    """Return the decision on cases; categories without a rule get the default one."""
    every = {case.category: CategoryRule() for case in cases} | dict(rules or {})
    return weigh(cases, every, options or Options(), ending=ending, earlier=earlier)


def only(decision: Decision) -> CategoryDecision:
    """Return the one category of a decision."""
    (category,) = decision.categories
    return category


def category_of(decision: Decision, name: str) -> CategoryDecision:
    """Return what decided a category that must be there."""
    found = decision.of(name)
    assert found is not None
    return found


def noisy(n: int, *, category: str = "a", candidate: Scores = (1, 0)) -> list[CaseTrials]:
    """Return cases that pass half of the time, too noisy to settle much."""
    return cases_like(n, (1, 0) * 5, candidate, category=category)
