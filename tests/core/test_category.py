"""Which category decides about a case, and under which limits."""

import pytest

from evalci.core.category import Category, category_of, idle_rules
from evalci.core.golden_set import Case
from evalci.core.policy import GatePolicy, Limits, MaxDrop, Rule
from tests.inputs import make_case

DEFAULT = Limits(max_drop=MaxDrop(points=0.05))
STRICT = Limits(max_drop=MaxDrop(points=0.01))
LOOSE = Limits(max_drop=MaxDrop(points=0.2))


def case_in(**dimensions: tuple[str, ...]) -> Case:
    return make_case(dimensions={"task_type": ("review",), **dimensions})


def rule(limits: Limits, **match: tuple[str, ...]) -> Rule:
    return Rule(match=match, limits=limits)


def policy(*rules: Rule, categories: tuple[str, ...] = ("task_type",)) -> GatePolicy:
    return GatePolicy(default=DEFAULT, rules=rules, categories=categories)


@pytest.mark.parametrize(
    ("case", "gate", "expected"),
    [
        pytest.param(
            case_in(), policy(), Category(name="review", limits=DEFAULT), id="the task_type"
        ),
        pytest.param(
            case_in(complexity=("high",)),
            policy(categories=("task_type", "complexity")),
            Category(name="review/high", limits=DEFAULT),
            id="two dimensions make a pair",
        ),
        pytest.param(
            case_in(),
            policy(rule(STRICT, task_type=("review",))),
            Category(name="review", limits=STRICT),
            id="a rule inside the categories sets limits only",
        ),
        pytest.param(
            case_in(domain=("auth", "security")),
            policy(rule(STRICT, domain=("security",))),
            Category(name="review/security", limits=STRICT),
            id="a rule outside the categories makes one of its own",
        ),
        pytest.param(
            case_in(domain=("security",)),
            policy(rule(LOOSE, task_type=("review",)), rule(STRICT, domain=("security",))),
            Category(name="review", limits=LOOSE),
            id="the first rule that matches wins",
        ),
        pytest.param(
            case_in(domain=("docs",)),
            policy(rule(STRICT, domain=("security", "privacy"))),
            Category(name="review", limits=DEFAULT),
            id="no rule matches",
        ),
        pytest.param(
            case_in(domain=("privacy",)),
            policy(rule(STRICT, domain=("security", "privacy"))),
            Category(name="review/privacy", limits=STRICT),
            id="any of the values asked for matches",
        ),
        pytest.param(
            case_in(domain=("security",)),
            policy(rule(STRICT, domain=("security",), complexity=("high",))),
            Category(name="review", limits=DEFAULT),
            id="all dimensions asked for must match",
        ),
        pytest.param(
            case_in(tags=("canary",)),
            policy(rule(STRICT, tags=("canary",))),
            Category(name="review/canary", limits=STRICT),
            id="tags match too",
        ),
    ],
)
def test_category_of(case: Case, gate: GatePolicy, expected: Category) -> None:
    assert category_of(case, gate) == expected


@pytest.mark.parametrize(
    ("case", "cause"),
    [
        pytest.param(case_in(), "no value for `domain`", id="no value"),
        pytest.param(
            case_in(domain=("auth", "security")), "several values for `domain`", id="several values"
        ),
    ],
)
def test_a_case_without_one_value_has_no_category(case: Case, cause: str) -> None:
    with pytest.raises(ValueError, match=cause):
        category_of(case, policy(categories=("domain",)))


def test_a_rule_that_matches_no_case_is_idle() -> None:
    used, idle = rule(STRICT, domain=("security",)), rule(LOOSE, domain=("docs",))
    cases = [case_in(), case_in(domain=("security",))]

    assert idle_rules(cases, policy(used, idle)) == [idle]


def test_a_rule_behind_another_that_wins_is_not_idle() -> None:
    gate = policy(rule(STRICT, task_type=("review",)), rule(LOOSE, domain=("security",)))

    assert idle_rules([case_in(domain=("security",))], gate) == []
