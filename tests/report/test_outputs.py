"""The outputs of the step: numbers over several runs, empty where nobody knows."""

import json
from dataclasses import replace

import pytest

from evalci.core.publication import Failure
from evalci.core.run import Run
from evalci.report.outputs import step_outputs
from tests.calls import make_output
from tests.report import faces
from tests.report.publications import make_failure, named
from tests.runs import make_run, make_run_case


def output(name: str, *runs: Run, failures: tuple[Failure, ...] = ()) -> str:
    return step_outputs(runs, failures)[name]


def scored(now: float, before: float, cases: int, name: str = "demo") -> Run:
    return named(
        make_run(*(make_run_case((now,), (before,), id=f"c{n}") for n in range(cases))), name
    )


def priced(cost: float | None, *, recorded: bool = False) -> Run:
    case = make_run_case((1.0,))
    answer = make_output(cost_usd=cost, recorded=recorded)
    trials = tuple(replace(trial, output=answer) for trial in case.trials)
    return make_run(replace(case, trials=trials))


def test_a_case_that_was_carried_forward_cost_nothing() -> None:
    run = priced(0.5)
    carried = replace(run, cases=tuple(replace(case, carried=True) for case in run.cases))

    assert (output("calls", carried), output("cost-usd", carried)) == ("0", "0.0000")


def test_a_regression_fills_every_output() -> None:
    assert step_outputs([faces.regression()], []) == {
        "verdict": "regression",
        "exit-code": "1",
        "regressed-categories": '["review"]',
        "score": "0.8889",
        "baseline-score": "1.0000",
        "cost-usd": "0.0720",
        "calls": "36",
    }


@pytest.mark.parametrize(
    ("runs", "failures", "verdict", "code"),
    [
        pytest.param(["pass"], 0, "pass", "0", id="passed"),
        pytest.param(["pass", "improved"], 0, "improved", "0", id="improved"),
        pytest.param(["pass", "not settled"], 0, "inconclusive", "0", id="not settled"),
        pytest.param(["unverified", "improved"], 0, "unverified", "0", id="unverified"),
        pytest.param(["pass", "not measured"], 0, "not measured", "4", id="not measured"),
        pytest.param(["not measured", "regression"], 0, "regression", "1", id="a regression wins"),
        pytest.param(["must-pass only"], 0, "regression", "1", id="must pass"),
        pytest.param(["pass"], 1, "not measured", "3", id="a failure beside a pass"),
        pytest.param(["regression"], 1, "regression", "1", id="a failure beside a regression"),
        pytest.param([], 1, "not measured", "3", id="a failure alone"),
        pytest.param([], 0, "not measured", "4", id="nothing at all"),
    ],
)
def test_the_verdict_is_the_worst(runs: list[str], failures: int, verdict: str, code: str) -> None:
    found = step_outputs([faces.FACES[name]() for name in runs], [make_failure()] * failures)

    assert (found["verdict"], found["exit-code"]) == (verdict, code)


@pytest.mark.parametrize(
    ("code", "expected"),
    [pytest.param(None, "4", id="killed"), pytest.param(70, "70", id="a bug")],
)
def test_a_failure_keeps_its_code(code: int | None, expected: str) -> None:
    assert output("exit-code", failures=(make_failure(exit_code=code),)) == expected


def test_scores_weigh_every_compared_case_the_same() -> None:
    runs = [scored(0.5, 1.0, 3), scored(1.0, 1.0, 1, name="other")]

    assert output("score", *runs) == "0.6250"
    assert output("baseline-score", *runs) == "1.0000"


def test_a_run_without_a_verdict_has_no_say_in_the_score() -> None:
    runs = [scored(1.0, 1.0, 2), faces.not_measured()]

    assert output("score", *runs) == "1.0000"


@pytest.mark.parametrize("face", ["no baseline", "carried forward", "not measured"])
def test_nothing_compared_is_an_empty_score(face: str) -> None:
    run = faces.FACES[face]()

    assert (output("score", run), output("baseline-score", run)) == ("", "")


def test_categories_of_several_golden_sets_say_which() -> None:
    runs = [faces.regression(), named(faces.below_floor(), "other")]

    assert json.loads(output("regressed-categories", *runs)) == ["demo: review", "other: review"]


def test_a_category_that_two_models_made_worse_is_named_once() -> None:
    run = faces.regression()
    other = replace(run, model=replace(run.model, name="second", default=False))

    assert json.loads(output("regressed-categories", run, other)) == ["review"]


def test_categories_are_json_whatever_their_names() -> None:
    name = 'a"b\n]::set-output name=x::y'
    run = make_run(make_run_case((0.0,), category=name))

    text = output("regressed-categories", run)

    assert json.loads(text) == [name]
    assert "\n" not in text


@pytest.mark.parametrize(
    ("runs", "failures", "cost"),
    [
        pytest.param([priced(0.5), priced(0.25)], (), "0.7500", id="known"),
        pytest.param([priced(0.5), priced(None)], (), "", id="one price unknown"),
        pytest.param([priced(None, recorded=True)], (), "0.0000", id="recorded"),
        pytest.param([priced(0.5)], (make_failure(),), "0.5000", id="bad input costs nothing"),
        pytest.param([priced(0.5)], (make_failure(exit_code=None),), "", id="killed on the way"),
    ],
)
def test_the_cost_is_known_or_empty(
    runs: list[Run], failures: tuple[Failure, ...], cost: str
) -> None:
    assert output("cost-usd", *runs, failures=failures) == cost


def test_recorded_answers_are_no_calls() -> None:
    assert output("calls", priced(None, recorded=True), priced(0.1)) == "1"
