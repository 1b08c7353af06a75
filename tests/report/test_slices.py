"""What a report says of slices: counts in the fold, a line each, and nothing where none is."""

import json
from typing import Any

import pytest

from evalci.core.gate import decide
from evalci.core.slice import Slice, Slices
from evalci.report.escape import unmarked
from evalci.report.json_report import render_json
from evalci.report.slices import HELP, slice_counts, slice_lines
from evalci.report.terminal import render_terminal
from evalci.report.view import build_view
from tests.report import evidence_faces


def moved(drop: float, value: str = "go") -> Slice:
    return Slice(
        dimension="language",
        value=value,
        cases=12,
        trials=4,
        before=0.5,
        now=0.5 - drop,
        drop=drop,
        z=drop * 12,
        p=0.0041,
        adjusted=0.012,
    )


def slices(*drops: float, looked_at: int = 6) -> Slices:
    found = sorted(drops, reverse=True)
    return Slices(
        looked_at=looked_at, found=tuple(moved(drop, f"l{n}") for n, drop in enumerate(found))
    )


@pytest.mark.parametrize(
    ("given", "counts"),
    [
        pytest.param(slices(), "none moved beyond chance, 6 looked at", id="none"),
        pytest.param(slices(0.2), "1 worse beyond chance, 6 looked at", id="worse"),
        pytest.param(slices(-0.2, -0.3), "2 better beyond chance, 6 looked at", id="better"),
        pytest.param(slices(0.2, -0.3), "1 worse, 1 better beyond chance, 6 looked at", id="both"),
    ],
)
def test_the_fold_counts(given: Slices, counts: str) -> None:
    assert slice_counts(given) == counts


def test_a_line_says_how_a_slice_moved() -> None:
    line = unmarked(slice_lines(slices(0.2))[0])

    assert line == (
        "language=l0 worse: 0.50 → 0.30 (−20 pp, −40 %), paired p = .0041, 12 cases × 4 trials"
    )


def test_the_largest_of_each_direction_stand_first() -> None:
    lines = slice_lines(slices(0.1, 0.2, -0.1, -0.2))

    words = [unmarked(line).split(" (")[0] for line in lines[:-1]]
    assert words == [
        "language=l0 worse: 0.50 → 0.30",
        "language=l1 worse: 0.50 → 0.40",
        "language=l3 better: 0.50 → 0.70",
        "language=l2 better: 0.50 → 0.60",
    ]
    assert lines[-1] == HELP


def test_five_of_each_direction_are_enough() -> None:
    lines = slice_lines(slices(*(n / 100 for n in range(1, 8)), -0.3))

    assert [unmarked(line).split(":")[0] for line in lines[-3:]] == [
        "language=l7 better",
        "2 more slices",
        unmarked(HELP).split(":")[0],
    ]


def test_where_no_slice_was_looked_at_nothing_is_said() -> None:
    run = evidence_faces.worse()

    assert build_view(run, decide(run)).slices == ()


def test_the_terminal_lists_them_under_their_counts() -> None:
    run = evidence_faces.slices()

    text = render_terminal(build_view(run, decide(run)), width=200, colour=False)

    assert "Other slices: 1 worse, 1 better beyond chance, 6 looked at\n  - language=go wor" in text


def test_programs_get_every_number() -> None:
    found: Any = json.loads(render_json(evidence_faces.slices()))["verdict"]["slices"]

    assert found["looked_at"] == 6
    assert found["found"][0] == {
        "dimension": "language",
        "value": "go",
        "cases": 12,
        "trials": 4,
        "baseline": 0.5,
        "mean": 0.25,
        "drop": 0.25,
        "z": 2.850439,
        "p": pytest.approx(0.00411727, rel=1e-5),
        "adjusted_p": pytest.approx(0.01235181, rel=1e-5),
    }
