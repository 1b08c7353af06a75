"""What a config may not say, with the line and the way out, and without its secrets."""

import pytest

from tests.core.configs import SMALL, complaints


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
        "evalci.yaml:1: ['just', 'a list'] is not a mapping (`key: value`)"
    ]
