"""The config file: what it means, what it leaves to defaults, and what it says in vain."""

import pytest

from evalci.core.model_config import Price
from evalci.core.override_terms import OverridePolicy, Role
from evalci.core.policy import MaxDrop, OnInconclusive, Risk
from tests.core.configs import SMALL, parsed


def test_a_small_config_has_sensible_defaults() -> None:
    config = parsed()

    assert config.golden_sets == ("golden/desk",)
    assert (config.model, config.models["main"].id) == ("main", "scripted/desk")
    assert (config.concurrency, config.timeout_s, config.report.max_examples) == (16, 120.0, 5)
    assert (config.baseline.dir, config.baseline.trials, config.baseline.min_trials) == (
        "baselines",
        10,
        3,
    )
    assert (config.gate.categories, config.gate.incomplete) == (("task_type",), 0.10)
    assert config.gate.default.max_drop == MaxDrop(points=0.05)
    assert config.inputs_hashed == ()


def test_a_model_config_keeps_everything_it_says() -> None:
    model = parsed(
        base="""\
        version: 1
        golden_sets: [golden/desk]
        models:
          main:
            id: openai/gpt-x
            family: gpt
            params: {temperature: 0.2}
            api_base: http://localhost:8000/v1
            api_key_env: DESK_KEY
            price: {input_per_mtok: 1, output_per_mtok: 2.5}
        run: {model: main}
        """
    ).models["main"]

    assert (model.name, model.id, model.family) == ("main", "openai/gpt-x", "gpt")
    assert model.params == {"temperature": 0.2}
    assert (model.api_base, model.api_key_env) == ("http://localhost:8000/v1", "DESK_KEY")
    assert model.price == Price(input_per_mtok=1.0, output_per_mtok=2.5)


def test_folders_lose_their_trailing_slash() -> None:
    config = parsed("baseline: {dir: kept/}", base=SMALL.replace("golden/desk", "golden/desk/"))

    assert (config.golden_sets, config.baseline.dir) == (("golden/desk",), "kept")


def test_fewer_baseline_trials_than_the_usual_minimum_lower_it() -> None:
    baseline = parsed("baseline: {trials: 2}").baseline

    assert (baseline.trials, baseline.min_trials) == (2, 2)


def test_a_rule_inherits_what_it_does_not_say() -> None:
    gate = parsed("""\
        gate:
          max_drop: {relative: 0.1}
          default: {min_score: 0.5}
          rules:
            - {match: {domain: security}, risk: critical, min_score: 0.8}
            - {match: {task_type: [a, b]}, max_drop: {pp: 8}}
        """).gate

    first, second = gate.rules
    assert gate.default.max_drop == MaxDrop(relative=0.1)
    assert (first.match, first.position) == ({"domain": ("security",)}, 0)
    assert (first.limits.risk, first.limits.min_score) == (Risk.CRITICAL, 0.8)
    assert first.limits.max_drop == MaxDrop(relative=0.1)
    assert (second.match, second.position) == ({"task_type": ("a", "b")}, 1)
    assert (second.limits.max_drop, second.limits.min_score) == (MaxDrop(points=0.08), 0.5)


@pytest.mark.parametrize(
    ("risk", "expected"),
    [
        pytest.param("risk: low", OnInconclusive.PASS, id="low"),
        pytest.param("risk: normal", OnInconclusive.NEUTRAL, id="normal"),
        pytest.param("risk: critical", OnInconclusive.LEANING, id="critical"),
        pytest.param("risk: low, on_inconclusive: fail", OnInconclusive.FAIL, id="said outright"),
    ],
)
def test_risk_decides_about_the_undecided(risk: str, expected: OnInconclusive) -> None:
    gate = parsed(f"gate: {{default: {{{risk}}}}}").gate

    assert gate.default.on_inconclusive is expected


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        pytest.param("", OverridePolicy(), id="the default"),
        pytest.param(
            "override: {who: admin, author_may: true, max_days: 5, min_reason_chars: 40}",
            OverridePolicy(who=Role.ADMIN, author_may=True, max_days=5, min_reason_chars=40),
            id="all of it",
        ),
    ],
)
def test_the_terms_of_overrides(more: str, expected: OverridePolicy) -> None:
    assert parsed(more).override == expected


@pytest.mark.parametrize(
    ("gate", "line"),
    [
        pytest.param(
            "{max_drop: {pp: 5}}", "`max_drop` has no effect in mode evidence", id="max_drop"
        ),
        pytest.param(
            "{mode: exact, looks: [1, 2]}", "`looks` has no effect in mode exact", id="looks"
        ),
        pytest.param(
            "{mode: exact, rules: [{match: {domain: law}, weight: 3}]}",
            "`weight` has no effect in mode exact",
            id="in a rule",
        ),
        pytest.param(
            "{mode: threshold, default: {detect_pp: 5}}",
            "`detect_pp` has no effect in mode threshold",
            id="in the default",
        ),
        pytest.param(
            "{default: {margin_pp: 12}}",
            "a `detect_pp` below `margin_pp` has no effect on what fails: "
            "a drop between them passes at the last look",
            id="a margin above what is looked for",
        ),
    ],
)
def test_a_setting_without_effect_is_told(gate: str, line: str) -> None:
    assert parsed(f"gate: {gate}\n").warnings == (line,)


@pytest.mark.parametrize(
    "gate",
    [
        pytest.param("{}", id="the default"),
        pytest.param("{mode: threshold, max_drop: {pp: 5}}", id="the limit of the plain rule"),
        pytest.param("{looks: [1, 2], default: {weight: 3, detect_pp: 8}}", id="evidence"),
        pytest.param("{mode: exact, default: {margin_pp: 4, detect_pp: 8}}", id="exact"),
        pytest.param("{default: {margin_pp: 10, detect_pp: 10}}", id="a margin equal to detect"),
    ],
)
def test_a_setting_that_counts_is_not_warned_of(gate: str) -> None:
    assert parsed(f"gate: {gate}\n").warnings == ()
