"""The report as JSON: it fits its schema, and says the numbers of the verdict."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from evalci.core.gate import decide
from evalci.core.run import FileChange, Run
from evalci.core.run_file import run_text, to_json
from evalci.core.verdict import Outcome
from evalci.report.formats import render
from evalci.report.json_report import render_json
from evalci.report.verdict_json import verdict_json
from evalci.schemas import load_schema
from tests.calls import make_output
from tests.report import faces
from tests.runs import make_run, make_run_case, make_trial

EVERY_FACE = [pytest.param(face, id=name) for name, face in faces.FACES.items()]


def report(run: Run) -> Any:
    return json.loads(render_json(run))


def errors_of(schema: Any, data: Any) -> list[str]:
    return [error.message for error in Draft202012Validator(schema).iter_errors(data)]


@pytest.mark.parametrize("face", EVERY_FACE)
def test_the_report_fits_its_published_schema(face: Callable[[], Run]) -> None:
    assert errors_of(load_schema("report"), report(face())) == []


@pytest.mark.parametrize("face", EVERY_FACE)
def test_the_verdict_written_with_a_run_fits_the_schema(face: Callable[[], Run]) -> None:
    run = face()
    data = {**to_json(run), "format": run.format, "verdict": verdict_json(decide(run))}

    written = json.loads(run_text(data))

    assert errors_of(load_schema("run"), written) == []
    assert errors_of(load_schema("report")["properties"]["verdict"], written["verdict"]) == []


def test_the_schema_knows_every_outcome() -> None:
    verdict = load_schema("report")["properties"]["verdict"]["properties"]

    assert set(verdict["outcome"]["enum"]) == {outcome.value for outcome in Outcome}


@pytest.mark.parametrize(
    ("face", "outcome", "blocking", "code"),
    [
        pytest.param(faces.regression, "regression", True, 1, id="regression"),
        pytest.param(faces.must_pass_only, "regression", True, 1, id="must-pass only"),
        pytest.param(faces.not_measured, "not measured", False, 4, id="not measured"),
        pytest.param(faces.not_settled, "inconclusive", False, 0, id="not settled"),
        pytest.param(faces.no_baseline, "no baseline", False, 0, id="no baseline"),
        pytest.param(faces.carried_forward, "unchanged", False, 0, id="carried forward"),
        pytest.param(faces.improved, "improved", False, 0, id="improved"),
        pytest.param(faces.passed, "pass", False, 0, id="pass"),
    ],
)
def test_the_verdict_names_outcome_and_exit_code(
    face: Callable[[], Run], outcome: str, blocking: bool, code: int
) -> None:
    verdict = report(face())["verdict"]

    assert (verdict["outcome"], verdict["blocking"], verdict["exit_code"]) == (
        outcome,
        blocking,
        code,
    )


def test_numbers_have_six_digits() -> None:
    category = report(make_run(make_run_case((1 / 3,), (2 / 3,))))["verdict"]["categories"][0]

    assert (
        category["baseline"],
        category["mean"],
        category["drop"],
        category["relative_drop"],
    ) == (
        0.666667,
        0.333333,
        0.333333,
        0.5,
    )


def test_a_must_pass_failure_is_listed() -> None:
    assert report(faces.must_pass_only())["verdict"]["must_pass"] == [
        {"case": "review-1", "failed": 5, "trials": 5, "confirmed": True, "overridden": False}
    ]


def test_changes_are_listed_without_their_diffs() -> None:
    change = FileChange(path="p.md", old=None, new="b", affects=1, diff="+ a", added=1)

    changes = report(make_run(make_run_case(), changes=(change,)))["changes"]

    assert changes == [{"path": "p.md", "old": None, "new": "b", "affects": 1}]


@pytest.mark.parametrize(
    ("prices", "calls", "cost", "unpriced"),
    [
        pytest.param([0.25, 0.5], 2, 0.75, 0, id="all known"),
        pytest.param([0.25, None], 2, None, 1, id="one unknown makes the sum unknown"),
        pytest.param([], 0, 0, 0, id="no calls"),
    ],
)
def test_cost_is_null_as_soon_as_a_price_is_unknown(
    prices: list[float | None], calls: int, cost: float | None, unpriced: int
) -> None:
    trials = tuple(make_trial(output=make_output(cost_usd=price)) for price in prices)
    case = replace(make_run_case(()), trials=trials)

    data = report(make_run(case))

    assert (data["calls"], data["cost_usd"], data["unpriced_calls"]) == (calls, cost, unpriced)


def test_recorded_answers_are_no_calls() -> None:
    trial = make_trial(output=make_output(recorded=True))

    assert report(make_run(replace(make_run_case(()), trials=(trial,))))["calls"] == 0


def test_the_report_is_stable_readable_text() -> None:
    run = make_run(make_run_case(category="prüfung"))

    text = render(run, "json")

    assert text == render_json(run)
    assert text.endswith("}\n")
    assert "prüfung" in text
    assert list(json.loads(text)) == sorted(json.loads(text))
