"""The decision against the reference values of the gate's specification."""

from typing import Any

import pytest

from evalci.core.evidence.decision import Decision, Ending
from evalci.core.evidence.options import CategoryRule, Options
from evalci.core.evidence.table import CaseTrials
from evalci.core.evidence.weigh import weigh
from tests.gate_reference import near, reference

# name in the reference -> name in a category's decision
NUMBERS = {
    "n": "cases",
    "drop": "drop",
    "se": "se",
    "z": "z",
    "p": "p",
    "evidence": "evidence",
    "upper": "upper",
    "detect": "detect",
}
GATE = reference("gate")


def decided(given: Any) -> Decision:
    options = given["options"]
    home = {case: name for name, ids in given["groups"].items() for case in ids}
    rules = {
        name: CategoryRule(
            margin=options.get("margins", {}).get(name, 0.03),
            detect=options["detect"],
            weight=options.get("weights", {}).get(name, 1.0),
            graded=options.get("graded", False),
        )
        for name in given["groups"]
    }
    cases = [
        CaseTrials(
            id=case,
            category=home[case],
            baseline=tuple(trials),
            candidate=tuple(given["candidate"].get(case, ())),
        )
        for case, trials in given["baseline"].items()
    ]
    ending = Ending.CAP if given["final"] else Ending.MORE
    return weigh(cases, rules, Options(), ending=ending)


@pytest.mark.parametrize(("given", "expected", "tolerance"), GATE)
def test_the_verdict(given: Any, expected: Any, tolerance: float) -> None:
    assert decided(given).verdict == expected["verdict"]


@pytest.mark.parametrize(("given", "expected", "tolerance"), GATE)
def test_the_status_of_each_category(given: Any, expected: Any, tolerance: float) -> None:
    found = {category.name: category.status.value for category in decided(given).categories}

    assert found == {name: row["status"] for name, row in expected["categories"].items()}


@pytest.mark.parametrize(("given", "expected", "tolerance"), GATE)
def test_the_numbers_of_each_category(given: Any, expected: Any, tolerance: float) -> None:
    decision = decided(given)

    for category in decision.categories:
        row = expected["categories"][category.name]
        found = {name: getattr(category, field) for name, field in NUMBERS.items()}
        assert found == near({name: row[name] for name in NUMBERS}, tolerance)
        assert category.kappa == near(expected["kappa"][category.name], tolerance)


@pytest.mark.parametrize(("given", "expected", "tolerance"), GATE)
def test_the_numbers_of_the_whole_run(given: Any, expected: Any, tolerance: float) -> None:
    whole = decided(given).whole

    assert whole is not None
    assert whole.statistic == near(expected["A"], tolerance)
    assert whole.evidence == near(expected["E_all"], tolerance)
    assert whole.drop == near(expected["overall_drop"], tolerance)
    assert whole.prior_mean == near(expected["mu"], tolerance)
    assert whole.regressed == expected["overall_regression"]
