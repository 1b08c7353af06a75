"""`--explain`: every number behind an outcome, and they fit together."""

import json
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from evalci.core.gate import decide
from evalci.core.policy import Mode
from evalci.core.run import Run
from evalci.report.explain import explain_tables, number_text, render_explained
from evalci.report.explained_lines import Number
from evalci.report.json_report import render_json
from tests.report import evidence_faces as faces
from tests.report.faces import below_floor, regression
from tests.runs import make_carried

EVERY = [
    pytest.param(face, id=name)
    for name, face in faces.FACES.items()
    if face().gate.mode is Mode.EVIDENCE
]
ORDER = (
    *("n", "b", "m", "d", "se", "z", "p", "p_exact", "kappa", "mu_k"),
    *("E_uniform", "E_sparse", "E_k", "E_all", "share", "A", "limit"),
    *("margin", "detect", "u", "z_closing"),
)


EXACT_ORDER = (
    *("n", "b", "m", "d", "se", "z", "p", "p_exact"),
    *("p_holm", "p_rise_holm", "alpha", "margin", "detect", "u"),
)


def entropy() -> Run:
    run = faces.worse()
    return replace(run, gate=replace(run.gate, mode=Mode.ENTROPY))


def values_of(run: Run, title: str) -> dict[str, Number]:
    (table,) = [t for t in explain_tables(run, decide(run)) if title in t.title]
    return {line.name: line.value for line in table.lines}


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


@pytest.mark.parametrize(
    "face", [pytest.param(faces.exact, id="exact"), pytest.param(entropy, id="entropy")]
)
def test_a_fixed_design_is_explained_by_its_adjusted_p_and_not_by_evidence(
    face: Callable[[], Run],
) -> None:
    run = face()

    _, *tables = explain_tables(run, decide(run))

    assert {tuple(line.name for line in table.lines) for table in tables} == {EXACT_ORDER}


def test_the_adjusted_p_is_what_decides_a_fixed_design() -> None:
    run = faces.exact()

    fell, stayed = values_of(run, "refactor"), values_of(run, "docs")

    assert isinstance(fell["p_exact"], float)
    assert fell["p_holm"] == pytest.approx(2 * fell["p_exact"])
    assert stayed["p_holm"] == stayed["p_exact"]
    assert fell["alpha"] == 0.05


def test_a_fixed_design_says_that_no_overall_rule_decides() -> None:
    run = faces.exact()

    whole, *_ = explain_tables(run, decide(run))

    assert whole.rule == "none in this mode: each category decides for itself"
    assert {"A", "E_all", "limit"}.isdisjoint(line.name for line in whole.lines)


def test_the_entropy_controller_is_explained() -> None:
    whole = values_of(entropy(), "all cases together")

    assert (whole["max_sd"], whole["min_confidence"], whole["max_runs"]) == (0.03, 0.9, 5)


def test_a_plain_limit_is_explained_by_the_means_and_the_limit() -> None:
    run = regression()

    text = render_explained(run, decide(run), as_markdown=False)

    assert text.splitlines()[:2] == ["docs", "  rule: pass: no drop of more than 5 pp seen"]
    assert list(values_of(run, "review")) == ["n", "m", "before", "now", "d", "d_relative", "limit"]
    assert explained(run) is None


def test_a_floor_is_explained_by_the_bound_of_the_mean() -> None:
    found = values_of(below_floor(), "review")

    assert (found["mean_now"], found["high"], found["floor"]) == (0.0, 0.0, 0.7)


def test_without_a_comparable_case_there_is_nothing_to_explain() -> None:
    run = faces.evidence_run(make_carried())

    text = render_explained(run, decide(run), as_markdown=True)

    assert text == "Nothing to explain: no case was compared with the baseline.\n"


def test_a_bound_beyond_the_scale_is_printed_as_the_whole_scale() -> None:
    run = faces.evidence_run(*faces.cases("review", (5, (0.0,), faces.ALWAYS)))

    assert values_of(run, "review")["u"] == 1.0


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
