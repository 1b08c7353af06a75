"""The config file: what it means, what it may not say."""

from textwrap import dedent

import pytest

from evalci.core.config import Config, parse_config
from evalci.core.model_config import Price
from evalci.core.override_terms import OverridePolicy, Role
from evalci.core.policy import MaxDrop, OnInconclusive, Risk
from evalci.errors import BadInputError
from tests.inputs import document

SMALL = """\
version: 1
golden_sets: [golden/desk]
models:
  main: {id: scripted/desk}
run: {model: main}
"""


def parsed(more: str = "", *, base: str = SMALL) -> Config:
    return parse_config(document(base + dedent(more), "evalci.yaml"))


def complaints(more: str = "", *, base: str = SMALL) -> list[str]:
    with pytest.raises(BadInputError) as caught:
        parsed(more, base=base)
    return str(caught.value).splitlines()


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
    ("more", "line"),
    [
        pytest.param(
            "basline: {trials: 3}",
            "evalci.yaml:6: `basline`: unknown key `basline`; did you mean `baseline`?",
            id="an unknown key",
        ),
        pytest.param(
            "gate: {rules: [{match: {domian: a}}]}",
            "evalci.yaml:6: `gate.rules[0].match.domian`: unknown key `domian`; "
            "did you mean `domain`?",
            id="an unknown key deep inside",
        ),
        pytest.param(
            "gate: {mode: evidense}",
            "evalci.yaml:6: `gate.mode`: 'evidense' is not one of evidence, exact, threshold, "
            "entropy; did you mean `evidence`?",
            id="a mode that nobody knows",
        ),
        pytest.param(
            "composite:\n  default: {exact: 0.5, chrf: 0.4}",
            "evalci.yaml:7: `composite.default`: the weights sum to 0.9, not to 1",
            id="weights that do not sum to 1",
        ),
        pytest.param(
            "composite:\n  default: cod",
            "evalci.yaml:7: `composite.default`: no preset is named `cod`; did you mean `code`?",
            id="a preset that there is not",
        ),
        pytest.param(
            "scorers:\n  tone: {entry: acme}",
            "evalci.yaml:7: `scorers.tone.entry`: unknown key `entry`; did you mean `entry_point`?",
            id="an unknown key of a scorer",
        ),
        pytest.param(
            "baseline: {trials: 3, min_trials: 5}",
            "evalci.yaml:6: `baseline.min_trials`: 5 is more than `baseline.trials` (3)",
            id="a minimum nobody reaches",
        ),
        pytest.param(
            "override: {who: everybody}",
            "evalci.yaml:6: `override.who`: 'everybody' is not one of write, maintain, admin",
            id="a role that GitHub does not have",
        ),
        pytest.param(
            "override: {max_day: 3}",
            "evalci.yaml:6: `override.max_day`: unknown key `max_day`; did you mean `max_days`?",
            id="an unknown term of overrides",
        ),
        pytest.param(
            "gate: {max_drop: {pp: 5, relative: 0.1}}",
            "evalci.yaml:6: `gate.max_drop`: {'pp': 5, 'relative': 0.1} has too many properties; "
            "the largest drop that still passes: {pp: 5} points of the scale, "
            "or {relative: 0.05} of the baseline",
            id="a limit in two measures",
        ),
    ],
)
def test_a_problem_names_its_line_and_the_way_out(more: str, line: str) -> None:
    assert complaints(more) == [line]


@pytest.mark.parametrize(
    ("base", "line"),
    [
        pytest.param(
            SMALL.replace("model: main", "model: mian"),
            "evalci.yaml:5: `run.model`: no model config is named `mian`; did you mean `main`?",
            id="a model that is not there",
        ),
        pytest.param(
            SMALL.replace("version: 1", "version: 2"),
            "evalci.yaml:1: `version`: 2 is not valid here; the version of this file format: 1",
            id="another format",
        ),
        pytest.param(
            SMALL.replace("id: scripted/desk", "id: x/y, params: {API_KEY: sk-123456}"),
            "evalci.yaml:4: `models.main.params.API_KEY`: not allowed here; ",
            id="a key in the parameters",
        ),
        pytest.param(
            SMALL.replace("[golden/desk]", "[a/desk, b/desk]"),
            "evalci.yaml:2: `golden_sets[1]`: ",
            id="two golden sets whose baselines would be one file",
        ),
    ],
)
def test_a_broken_part_is_named(base: str, line: str) -> None:
    (found,) = complaints(base=base)

    assert found.startswith(line)


def test_a_key_where_its_name_belongs_is_refused_without_being_printed() -> None:
    pasted = "correct-horse-battery"

    (line,) = complaints(base=SMALL.replace("desk}", f"desk, api_key_env: {pasted}}}"))

    assert line.startswith("evalci.yaml:4: `models.main.api_key_env`: ")
    assert pasted not in line


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("http://me:hunter2-pass@localhost:8000/v1", id="a user and a password"),
        pytest.param("https://sk-hunter2-pass@example.com", id="a key as the user"),
        pytest.param("http:///hunter2-pass", id="no host"),
        pytest.param("localhost:8000/hunter2-pass", id="no scheme"),
    ],
)
def test_an_address_that_holds_a_secret_is_refused_without_being_printed(address: str) -> None:
    (line,) = complaints(base=SMALL.replace("desk}", f"desk, api_base: '{address}'}}"))

    assert line.startswith("evalci.yaml:4: `models.main.api_base`: what stands here is not valid")
    assert "hunter2-pass" not in line


def test_all_problems_of_a_config_come_at_once() -> None:
    lines = complaints(
        """\
        gate: {incomplete: 2, categories: [kind]}
        report: {comment: loud}
        """
    )

    assert [line.split(": ")[0] for line in lines] == ["evalci.yaml:6"] * 2 + ["evalci.yaml:7"]


def test_a_file_that_is_no_config_is_refused() -> None:
    assert complaints(base="- just\n- a list\n") == [
        "evalci.yaml:1: ['just', 'a list'] is not of type object"
    ]


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
