"""Which category a case belongs to, and what that category is held to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from evalci.core.golden_set import Case
from evalci.core.policy import GatePolicy, Limits, Rule
from evalci.core.problem import did_you_mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A named group of cases with the limits that its deltas are held to."""

    name: str
    limits: Limits


def category_of(case: Case, policy: GatePolicy) -> Category:
    """Return the one primary category that decides about a case.

    Its name joins the values of `gate.categories`; the first rule that matches sets the limits,
    and when that rule asks for a dimension outside `gate.categories`, the matched values are
    appended, so that its cases are a category of their own (`review/security`).
    Raises ValueError when the case has no value, or several, for a dimension of the name.
    """
    parts = [_only_value(case, dimension) for dimension in policy.categories]
    rule = next((rule for rule in policy.rules if case.matches(rule.match)), None)
    if rule is None:
        return Category(name="/".join(parts), limits=policy.default)
    parts += _outside(case, rule, policy.categories)
    return Category(name="/".join(parts), limits=rule.limits)


def _only_value(case: Case, dimension: str) -> str:
    values = case.dimensions.get(dimension, ())
    if len(values) != 1:
        many = "several values" if values else "no value"
        raise ValueError(f"{many} for `{dimension}`, which `gate.categories` uses")
    return values[0]


def _outside(case: Case, rule: Rule, categories: Sequence[str]) -> list[str]:
    return [
        next(value for value in values if value in case.dimensions[dimension])
        for dimension, values in rule.match.items()
        if dimension not in categories
    ]


def idle_rules(cases: Iterable[Case], policy: GatePolicy) -> list[Rule]:
    """Return the rules that match no case at all."""
    waiting = list(policy.rules)
    for case in cases:
        if not waiting:
            break
        waiting = [rule for rule in waiting if not case.matches(rule.match)]
    return waiting


def meant(match: Mapping[str, Sequence[str]], cases: Sequence[Case]) -> str:
    """Return what a match that fits no case may have meant, empty when nothing is near.

    It speaks of the first dimension of which no case has a value that is asked for.
    """
    for dimension, values in match.items():
        known = {value for case in cases for value in case.dimensions.get(dimension, ())}
        if not known:
            return f"no case has a `{dimension}`"
        if known.isdisjoint(values):
            return did_you_mean(values[0], sorted(known))
    return "each of its values is there, but no case has them together"
