"""`--explain`: every number behind an outcome, and they fit together."""

import json
import math
from collections.abc import Callable
from typing import Any

import pytest

from evalci.core.gate import decide
from evalci.core.run import Run
from evalci.report.explain import explain_tables, number_text, render_explained
from evalci.report.json_report import render_json
from tests.fakes import make_run, make_run_case
from tests.report import evidence_faces as faces

EVERY = [pytest.param(face, id=name) for name, face in faces.FACES.items()]
ORDER = (
    *("n", "b", "m", "d", "se", "z", "p", "p_exact", "kappa", "mu_k"),
    *("E_uniform", "E_sparse", "E_k", "E_all", "share", "A", "limit"),
    *("margin", "detect", "u", "z_closing"),
)


def explained(run: Run) -> Any:
    return json.loads(render_json(run))["explain"]


@pytest.mark.parametrize("face", EVERY)
def test_every_category_has_every_number_in_order(face: Callable[[], Run]) -> None:
    run = face()

    _, *tables = explain_tables(run, decide(run))

    assert tables
    assert {tuple(line.name for line in table.lines) for table in tables} == {ORDER}


@pytest.mark.parametrize("face", EVERY)
def test_the_numbers_fit_together(face: Callable[[], Run]) -> None:
    found = explained(face())

    whole, weighted = found["whole"], 0.0
    for one in found["categories"]:
        assert math.isclose((one["E_uniform"] + one["E_sparse"]) / 2, one["E_k"], rel_tol=1e-6)
        assert math.isclose(one["z"] * one["se"], one["d"], abs_tol=1e-6)
        weighted += one["share"] * one["E_k"]
    assert math.isclose(0.2 * whole["E_all"] + 0.8 * weighted, whole["A"], rel_tol=1e-6)


def test_the_rule_that_fired_is_named() -> None:
    run = faces.worse()

    rules = {
        table.title.strip("\ue000\ue001"): table.rule for table in explain_tables(run, decide(run))
    }

    assert rules == {
        "all cases together": "it got worse: the overall rule fired",
        "docs": "pass: the drop to detect is ruled out",
        "refactor": "regression: the evidence reached the limit",
    }


def test_the_json_lists_each_case_that_moved_with_its_posterior() -> None:
    first = explained(faces.worse())["cases"][0]

    assert (first["change"], first["before"], first["after"]) == ("broken", 1.0, 0.0)
    assert first["p_broken"] > 0.9


def test_a_plain_limit_has_nothing_to_explain() -> None:
    run = make_run(make_run_case())

    assert explained(run) is None
    assert render_explained(run, decide(run), as_markdown=True).startswith("Nothing to explain")


def test_markdown_has_a_table_for_each_category() -> None:
    run = faces.pooled_small()

    text = render_explained(run, decide(run), as_markdown=True)

    heads = [line for line in text.splitlines() if line.startswith("#### ")]
    assert heads == ["#### all cases together", "#### `docs`", "#### `small` (`french`, `german`)"]
    assert "| `E_k` |" in text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        pytest.param(None, "–", id="unknown"),
        pytest.param(30, "30", id="a count"),
        pytest.param("1-4", "1-4", id="a span"),
        pytest.param(0.11666, "0.1167", id="four digits"),
        pytest.param(0.5, "0.5", id="no trailing zeros"),
        pytest.param(0.0, "0", id="zero"),
        pytest.param(5.18e21, "5.18e+21", id="huge"),
        pytest.param(3.35e-66, "3.35e-66", id="tiny"),
    ],
)
def test_numbers_are_printed_to_be_compared(value: float | str | None, shown: str) -> None:
    assert number_text(value) == shown
