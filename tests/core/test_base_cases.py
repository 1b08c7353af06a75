"""The base's own cases: what is known of them, and which of them a change takes out."""

from dataclasses import replace

import pytest

from evalci.core.base_cases import base_categories, category_changes, with_lost
from evalci.core.golden_set import Case
from evalci.core.plan import Selection
from evalci.core.policy import GatePolicy, Rule
from evalci.core.run import PolicyChange
from tests.inputs import make_case
from tests.runs import make_category, make_limits, make_run, make_run_case

EVERYTHING = Selection(match={})
STRICTER = Rule(match={"domain": ("security",)}, limits=make_limits(1))
GATE = GatePolicy(default=make_limits(), rules=(STRICTER,))


def case_of(id_: str, task_type: str = "review", domain: str = "misc") -> Case:
    return make_case(id=id_, dimensions={"task_type": (task_type,), "domain": (domain,)})


def test_a_case_has_the_category_that_the_gate_gives_it() -> None:
    cases = [case_of("a"), case_of("b", domain="security"), make_case(id="c", dimensions={})]

    found = base_categories(cases, GATE)

    assert {id_: category.name for id_, category in found.items()} == {
        "a": "review",
        "b": "review/security",
    }


def test_a_case_that_moves_is_listed_and_a_new_one_is_not() -> None:
    before = {"a": make_category("review"), "b": make_category("review")}

    found = category_changes({"a": "search", "b": "review", "c": "search"}, before)

    assert found == (PolicyChange(path="category of a", old="review", new="search"),)


@pytest.mark.parametrize(
    ("selection", "expected"),
    [
        pytest.param(EVERYTHING, {"review": 2, "search": 1}, id="all that the base had"),
        pytest.param(
            Selection(match={"task_type": ("search",)}), {"search": 1}, id="those of a selection"
        ),
        pytest.param(Selection(cases=frozenset({"kept"}), match={}), {}, id="none that was chosen"),
    ],
)
def test_what_a_change_takes_out(selection: Selection, expected: dict[str, int]) -> None:
    cases = {"a": case_of("a"), "b": case_of("b"), "s": case_of("s", "search")}
    run = replace(make_run(make_run_case()), removed=("a", "b", "long-gone", "s"))

    found = with_lost(run, cases, base_categories(cases.values(), GATE), selection)

    assert found.lost == expected
    assert {category.name for category in found.gate.categories} == {"review", *expected}
