"""Weights: presets, a case's own, shares of an axis, and sums that are not 1."""

from collections.abc import Mapping

import pytest

from evalci.core.composite import (
    PRESETS,
    Axis,
    Weights,
    axis_of,
    by_axis,
    composite_weights,
    shares_of,
)
from evalci.core.rubric import read_rubric, rubric_of
from evalci.scorers.registry import KINDS
from tests.fake_repository import FakeFiles

ALL: dict[str, float | None] = dict.fromkeys(["tests", "types", "security", "complexity", "judge"])
CODE: Weights = {"default": PRESETS["code"]}


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_sums_to_one(name: str) -> None:
    assert sum(PRESETS[name].values()) == pytest.approx(1.0)


def test_the_presets_are_those_of_the_manual() -> None:
    assert list(PRESETS["code"].values()) == [0.40, 0.20, 0.20, 0.10, 0.10]
    assert list(PRESETS["quality"].values()) == [0.35, 0.25, 0.25, 0.15]
    assert list(PRESETS["correctness_quality"].values()) == [0.60, 0.40]


def test_a_preset_by_name_is_its_weights() -> None:
    weights = composite_weights({"default": "code", "review": {"review": 1.0}})

    assert weights == {"default": PRESETS["code"], "review": {"review": 1.0}}


@pytest.mark.parametrize(
    ("given", "composite", "expected"),
    [
        pytest.param({"exact": None, "chrf": 0.0}, {}, {"exact": 1.0, "chrf": 0.0}, id="no preset"),
        pytest.param({"exact": 3.0, "chrf": 1.0}, {}, {"exact": 3.0, "chrf": 1.0}, id="relative"),
        pytest.param(ALL, CODE, PRESETS["code"], id="the default preset"),
        pytest.param(
            {"exact": None},
            {"default": {"exact": 0.5, "chrf": 0.5}, "triage": {"exact": 1.0}},
            {"exact": 1.0},
            id="the preset of the task type",
        ),
        pytest.param(
            {"tests": None, "compiles": None, "types": None},
            {"default": {"correctness": 0.6, "quality": 0.4}},
            {"tests": 0.3, "compiles": 0.3, "types": 0.4},
            id="an axis is shared equally",
        ),
        pytest.param(
            {"tests": None, "compiles": 0.0, "types": None},
            {"default": {"correctness": 0.6, "quality": 0.4}},
            {"tests": 0.6, "compiles": 0.0, "types": 0.4},
            id="the case's own weight goes first",
        ),
        pytest.param(
            {"tests": None, "polite": None},
            {"default": {"correctness": 0.6, "quality": 0.4}},
            {"tests": 0.6, "polite": 0.4},
            id="a scorer of the user's own has an axis, too",
        ),
    ],
)
def test_weights_that_fit(
    given: Mapping[str, float | None], composite: Weights, expected: Mapping[str, float]
) -> None:
    shares = shares_of(given, composite, "triage", {"polite": Axis.QUALITY})

    assert shares.fit
    assert shares.weights == pytest.approx(expected)


@pytest.mark.parametrize(
    ("given", "unknown", "missing", "total"),
    [
        pytest.param(
            {k: v for k, v in ALL.items() if k != "complexity"},
            (),
            ("complexity",),
            0.9,
            id="a scorer is missing",
        ),
        pytest.param({**ALL, "chrf": None}, ("chrf",), (), 1.0, id="a weight is missing"),
        pytest.param({**ALL, "chrf": 0.5}, (), (), 1.5, id="too much"),
    ],
)
def test_weights_that_do_not_fit(
    given: Mapping[str, float | None],
    unknown: tuple[str, ...],
    missing: tuple[str, ...],
    total: float,
) -> None:
    shares = shares_of(given, CODE, "generation", {})

    assert not shares.fit
    assert (shares.unknown, shares.missing) == (unknown, missing)
    assert shares.total == pytest.approx(total)


def test_an_axis_without_a_scorer_is_missing() -> None:
    shares = shares_of({"tests": None}, {"default": PRESETS["correctness_quality"]}, "a", {})

    assert shares.missing == ("quality",)


def test_every_scorer_is_on_one_axis() -> None:
    found = by_axis(KINDS, {})

    assert sorted(name for names in found.values() for name in names) == sorted(KINDS)
    assert {"types", "lint", "security", "complexity", "chrf"} <= set(found["quality"])


def test_the_config_says_on_which_axis_a_scorer_of_the_users_own_is() -> None:
    assert axis_of("polite", {"polite": Axis.QUALITY}) is Axis.QUALITY
    assert axis_of("polite", {}) is Axis.CORRECTNESS


def test_the_rubric_quality_weighs_its_criteria_like_the_preset() -> None:
    data, _ = read_rubric("quality", "golden/desk", FakeFiles({}))

    weights = {criterion.id: criterion.weight for criterion in rubric_of(data, None).criteria}

    assert weights == PRESETS["quality"]
