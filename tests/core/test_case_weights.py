"""What the scorers of a case weigh: by the composite, by the case, and all told."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from evalci.core.composite import Weights
from evalci.core.golden_set_file import ScorerPolicy
from tests.core.case_files import PLACE, complaints, entry, only_case


def test_scorers_weigh_the_same_without_a_composite(tmp_path: Path) -> None:
    case = only_case(
        tmp_path, entry("scorers: {exact: {}, chrf: {weight: 0}, regex: {pattern: a}}")
    )

    assert [(spec.name, spec.weight) for spec in case.scorers] == [
        ("chrf", 0.0),
        ("exact", 1.0),
        ("regex", 1.0),
    ]
    assert [dict(spec.params) for spec in case.scorers] == [{}, {}, {"pattern": "a"}]


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        pytest.param({"default": {"exact": 0.75, "chrf": 0.25}}, 0.75, id="the default preset"),
        pytest.param(
            {"default": {"exact": 1.0}, "triage": {"exact": 0.5, "chrf": 0.5}},
            0.5,
            id="the preset of the task_type",
        ),
        pytest.param(
            {"default": {"correctness": 0.6, "quality": 0.4}}, 0.6, id="the weight of its axis"
        ),
    ],
)
def test_a_weight_comes_from_the_composite(
    tmp_path: Path, weights: Mapping[str, Mapping[str, float]], expected: float
) -> None:
    case = only_case(
        tmp_path, entry("scorers: {exact: {}, chrf: {}}"), ScorerPolicy(weights=weights)
    )

    assert {spec.name: spec.weight for spec in case.scorers}["exact"] == expected


def test_a_case_overrules_the_composite(tmp_path: Path) -> None:
    case = only_case(
        tmp_path,
        entry("scorers: {exact: {weight: 0.3}, chrf: {weight: 0.7}}"),
        ScorerPolicy(weights={"default": {"exact": 1.0}}),
    )

    assert [spec.weight for spec in case.scorers] == [0.7, 0.3]


@pytest.mark.parametrize(
    ("scorers", "weights", "line"),
    [
        pytest.param(
            "{exact: {}}",
            {"default": {"exact": 0.7, "chrf": 0.3}},
            "the weights sum to 0.7, not to 1; composite.default also weighs `chrf`: "
            "add it to the case, or give `weight:` in the case or in composite.default",
            id="a scorer of the preset is missing",
        ),
        pytest.param(
            "{exact: {}, chrf: {weight: 0.3}}",
            {"default": {"exact": 1.0}},
            "the weights sum to 1.3, not to 1; give `weight:` in the case or in composite.default",
            id="a weight of the case comes on top",
        ),
        pytest.param(
            "{exact: {}}",
            {"triage": {"correctness": 0.6, "quality": 0.4}},
            "the weights sum to 0.6, not to 1; composite.triage also weighs `quality`: "
            "add it to the case, or give `weight:` in the case or in composite.triage",
            id="nothing speaks of quality",
        ),
    ],
)
def test_the_weights_of_a_case_sum_to_one(
    tmp_path: Path, scorers: str, weights: Weights, line: str
) -> None:
    found = complaints(tmp_path, entry(f"scorers: {scorers}"), ScorerPolicy(weights=weights))

    assert found == [f"{PLACE}:2: `cases[0].scorers`: {line}"]


def test_a_case_that_the_composite_in_force_does_not_fit_takes_the_changes_own(
    tmp_path: Path,
) -> None:
    case = only_case(
        tmp_path,
        entry("scorers: {exact: {}, chrf: {}}"),
        ScorerPolicy(
            weights={"default": {"exact": 1.0}}, proposed={"default": {"exact": 0.5, "chrf": 0.5}}
        ),
    )

    assert [spec.weight for spec in case.scorers] == [0.5, 0.5]


def test_a_change_does_not_weigh_a_case_that_the_composite_in_force_fits(tmp_path: Path) -> None:
    case = only_case(
        tmp_path,
        entry("scorers: {exact: {}, chrf: {}}"),
        ScorerPolicy(
            weights={"default": {"exact": 0.9, "chrf": 0.1}},
            proposed={"default": {"exact": 0.5, "chrf": 0.5}},
        ),
    )

    assert [(spec.name, spec.weight) for spec in case.scorers] == [("chrf", 0.1), ("exact", 0.9)]


def test_a_scorer_that_the_composite_does_not_know_needs_a_weight(tmp_path: Path) -> None:
    lines = complaints(
        tmp_path,
        entry("scorers: {exact: {}, chrf: {}}"),
        ScorerPolicy(weights={"default": {"exact": 1.0}}),
    )

    assert lines == [
        (
            f"{PLACE}:2: `cases[0].scorers.chrf`: `chrf` has no weight in `composite`; "
            "give it `weight:` in the case or in composite.default"
        )
    ]


def test_a_task_type_without_weights_names_the_preset_that_is_nearest(tmp_path: Path) -> None:
    lines = complaints(
        tmp_path, entry("scorers: {exact: {}}"), ScorerPolicy(weights={"traige": {"exact": 1.0}})
    )

    assert lines == [
        (
            f"{PLACE}:2: `cases[0].scorers.exact`: `exact` has no weight in `composite`; there is "
            "neither composite.triage nor composite.default; did you mean `traige`?"
        )
    ]


def test_scorers_that_all_weigh_nothing_gate_nothing(tmp_path: Path) -> None:
    lines = complaints(tmp_path, entry("scorers: {exact: {weight: 0}, chrf: {weight: 0}}"))

    assert lines == [
        f"{PLACE}:2: `cases[0].scorers`: every scorer has weight 0, so nothing is gated"
    ]
