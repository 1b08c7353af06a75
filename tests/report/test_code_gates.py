"""The gates of code answers in a report: which ones are named, and how shares are written."""

import json

import pytest

from evalci.core.gate import decide
from evalci.core.gate_rates import gate_rates
from evalci.core.run import Run
from evalci.report.code_gates import gates_summary, percent
from evalci.report.escape import unmarked
from evalci.report.json_report import render_json
from evalci.report.markdown import render_markdown
from evalci.report.terminal import render_terminal
from evalci.report.view import build_view
from tests.report.gate_faces import ALL, code_case, code_gates
from tests.runs import make_run, make_run_case

TYPES = 3
LINT = 4


def summary(run: Run) -> str:
    return unmarked(gates_summary(gate_rates(run)))


def markdown(run: Run, limit: int = 60_000) -> str:
    return render_markdown(build_view(run, decide(run)), limit=limit)


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        pytest.param(0.0, "0 %", id="none"),
        pytest.param(0.001, "1 %", id="hardly any"),
        pytest.param(0.734, "73 %", id="some"),
        pytest.param(0.999, "99 %", id="nearly all"),
        pytest.param(1.0, "100 %", id="all"),
    ],
)
def test_a_share_is_rounded_but_never_to_all_or_none(share: float, expected: str) -> None:
    assert percent(share) == expected


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        pytest.param((ALL,), (ALL,), "an answer passes 5.0 of 5", id="all pass"),
        pytest.param(
            (2, ALL), (ALL, ALL), "an answer passes 5.0 → 3.5 of 5: tests 100 % → 50 %", id="fewer"
        ),
        pytest.param(
            (LINT, ALL), (LINT, ALL), "an answer passes 4.5 of 5: lint 50 %", id="as before"
        ),
        pytest.param(
            (ALL, ALL), (TYPES, ALL), "an answer passes 4.0 → 5.0 of 5: types 50 % → 100 %", id="up"
        ),
        pytest.param((TYPES,), None, "an answer passes 3.0 of 5: types 0 %", id="no baseline"),
    ],
)
def test_the_summary_names_the_gates_that_answers_fail_at(
    now: tuple[int, ...], before: tuple[int, ...] | None, expected: str
) -> None:
    assert summary(make_run(code_case("a", now, before))) == expected


def test_a_report_without_code_has_no_gates() -> None:
    run = make_run(make_run_case())

    assert "Code gates" not in markdown(run)
    assert json.loads(render_json(run))["gates"] is None


def test_a_terminal_shows_each_gate() -> None:
    run = code_gates()

    text = render_terminal(build_view(run, decide(run)), width=120, colour=False)

    assert "  - tests 87 % → 73 %, fails first 13 % → 27 %\n" in text


def test_programs_read_the_rates() -> None:
    gates = json.loads(render_json(code_gates()))["gates"]

    assert (gates["gates"], gates["passed"], gates["baseline_passed"]) == (5, 4.111111, 4.511111)
    assert gates["rates"][2] == {
        "gate": "tests",
        "cases": 15,
        "baseline": 0.866667,
        "rate": 0.733333,
        "fails_first": 0.266667,
        "baseline_fails_first": 0.133333,
    }


def test_a_comment_without_room_drops_the_gates() -> None:
    assert "Code gates" not in markdown(code_gates(), limit=900)
