"""The JSON forms of runs and baselines: stable, checked, and back again unchanged."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from evalci.cli.workspace import read_run
from evalci.core.baseline import Baseline
from evalci.core.json_value import Json
from evalci.core.policy import OnInconclusive, Risk
from evalci.core.redaction import MASK, Redactor
from evalci.core.run import FileChange, Run, Standing
from evalci.core.run_file import (
    baseline_text,
    parse_baseline,
    parse_run,
    parse_trial,
    redacted,
    run_text,
    to_json,
)
from evalci.core.trial import Finish, Score, Trial
from evalci.edges.yaml_text import parse_yaml
from evalci.errors import BadInputError
from evalci.schemas import load_schema
from tests.baselines import make_baseline, make_baseline_case
from tests.calls import make_output
from tests.inputs import make_document
from tests.runs import make_carried, make_category, make_limits, make_run, make_run_case, make_trial

VERDICT: Json = {"outcome": "pass", "exit_code": 0}


def rich_run() -> Run:
    """Return a run with every kind of trial, standing and limit."""
    trials = (
        make_trial(
            composite=0.123456,
            scores=(Score(scorer="chrf", value=0.5, reason="half of it"),),
            output=make_output(
                "naïve\nline\u2028 \x85 \u0000 😀",
                resolved_model="m-2026",
                fingerprint="fp",
                finish=Finish.TRUNCATED,
                finish_reason="length",
                input_tokens=10,
                output_tokens=0,
                cost_usd=0.000123,
                latency_s=1.5,
                retries=2,
                recorded=True,
            ),
        ),
        make_trial(trial=1, composite=None, failure="no answer within 120 s"),
        make_trial(trial=2, composite=0.0, passed=False, scores=(), zeroed_by="apologises"),
    )
    limits = make_limits(risk=Risk.CRITICAL, on_inconclusive=OnInconclusive.LEANING, min_score=0.25)
    return make_run(
        make_run_case(trials=trials, must_pass=True, expected={"items": [1, 2.5, None, True]}),
        make_carried(id="a-2"),
        make_run_case((0.5,), id="a-3", standing=Standing.EDITED),
        make_run_case((), None, id="a-4", planned=3),
        categories=[make_category(limits=limits)],
        changes=(FileChange(path="p.md", old="1", new=None, affects=2, diff="-a", removed=1),),
        inputs_hashed={"data.csv": "hash"},
        selection="all",
        unselected=("a-8",),
        removed=("a-9",),
        stopped="the key was refused",
    )


def rich_baseline() -> Baseline:
    return make_baseline(
        make_baseline_case((0.1, 1.0), id="a-1"),
        make_baseline_case((0.0,), id="a-2"),
        params={"temperature": 0.2, "stop": ["\n", "é"], "seed": None},
        commit=None,
        dirty=True,
    )


def written(run: Run) -> str:
    """Return `run.json` as the command writes it."""
    return run_text({"format": run.format, **to_json(run), "verdict": VERDICT})


def altered(text: str, **changes: Any) -> Any:
    return {**json.loads(text), **changes}


def schema_errors(name: str, text: str) -> list[str]:
    return [
        e.message for e in Draft202012Validator(load_schema(name)).iter_errors(json.loads(text))
    ]


def test_a_run_comes_back_as_it_was() -> None:
    run = rich_run()

    assert parse_run(make_document(json.loads(written(run)))) == run


def test_a_baseline_comes_back_as_it_was() -> None:
    baseline = rich_baseline()

    assert parse_baseline(parse_yaml(baseline_text(baseline), "baseline.json")) == baseline


def test_a_trial_comes_back_as_it_was() -> None:
    for trial in rich_run().cases[0].trials:
        data = json.loads(json.dumps(to_json(trial)))

        assert parse_trial(data, "log.jsonl") == trial


@pytest.mark.parametrize("run", [rich_run(), make_run(make_run_case())], ids=["rich", "plain"])
def test_a_written_run_fits_its_published_schema(run: Run) -> None:
    assert schema_errors("run", written(run)) == []


@pytest.mark.parametrize("baseline", [rich_baseline(), make_baseline()], ids=["rich", "plain"])
def test_a_written_baseline_fits_its_published_schema(baseline: Baseline) -> None:
    assert schema_errors("baseline", baseline_text(baseline)) == []


@pytest.mark.parametrize("name", ["run", "baseline"])
def test_the_published_schemas_are_schemas(name: str) -> None:
    Draft202012Validator.check_schema(load_schema(name))

    assert load_schema(name)["$id"] == f"urn:evalci:schema:{name}:1"


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        pytest.param(written(rich_run()), ["a-1", "a-2", "a-3", "a-4"], id="run"),
        pytest.param(baseline_text(rich_baseline()), ["a-1", "a-2"], id="baseline"),
    ],
)
def test_every_case_is_one_line(text: str, ids: list[str]) -> None:
    lines = [line.strip().rstrip(",") for line in text.split("\n")]

    found = [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]

    assert [case["id"] for case in found] == ids


def test_keys_are_sorted_and_the_file_ends_with_a_newline() -> None:
    text = baseline_text(rich_baseline())

    head = [line for line in text.split("\n") if line.startswith(' "')]
    case = next(line.strip().rstrip(",") for line in text.split("\n") if '"a-1"' in line)

    assert text.endswith("}\n")
    assert head == [*sorted(head[:-1]), ' "cases": [']
    assert case == json.dumps(json.loads(case), sort_keys=True, ensure_ascii=False)


def test_floats_have_six_digits_and_dollars_nine() -> None:
    trial = make_trial(
        composite=1 / 3,
        scores=(Score(scorer="chrf", value=0.1 + 0.2),),
        output=make_output(cost_usd=0.0000014949, latency_s=12.3456789),
    )

    data = to_json(trial)

    assert (data["composite"], data["scores"][0]["value"]) == (0.333333, 0.3)
    assert (data["output"]["cost_usd"], data["output"]["latency_s"]) == (1.495e-06, 12.345679)


def test_values_that_are_defaults_are_left_out() -> None:
    trial = Trial(case="a-1", trial=0, composite=None)

    assert to_json(trial) == {"case": "a-1", "trial": 0, "composite": None}


def test_writing_the_same_value_twice_gives_the_same_bytes() -> None:
    assert written(rich_run()) == written(rich_run())
    assert baseline_text(rich_baseline()) == baseline_text(rich_baseline())


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(
            altered(written(rich_run()), surprise=1), "unknown key `surprise`", id="unknown key"
        ),
        pytest.param(altered(written(rich_run()), format=2), "`format`: 2 is", id="other format"),
        pytest.param(altered(written(rich_run()), cases=1), "`cases`: 1 is not", id="wrong type"),
        pytest.param(
            {k: v for k, v in json.loads(written(rich_run())).items() if k != "gate"},
            "missing key `gate`",
            id="missing key",
        ),
        pytest.param({}, "missing key `format`", id="an empty object"),
        pytest.param([], "is not a mapping", id="no object"),
        pytest.param(None, "not a mapping", id="nothing"),
    ],
)
def test_a_wrong_run_file_is_refused_in_one_line(data: Any, message: str) -> None:
    with pytest.raises(BadInputError, match=message) as caught:
        parse_run(make_document(data, "run.json"))

    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("run.json")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        pytest.param(
            altered(baseline_text(rich_baseline()), acepted={}),
            "unknown key `acepted`; did you mean `accepted`",
            id="unknown key",
        ),
        pytest.param(
            altered(baseline_text(rich_baseline()), format=2), "`format`: 2 is", id="other format"
        ),
        pytest.param(
            altered(baseline_text(rich_baseline()), cases=[]), "`cases`: is empty", id="no case"
        ),
        pytest.param({"format": 1}, "missing key `golden_set`", id="missing keys"),
        pytest.param("text", "is not a mapping", id="no object"),
    ],
)
def test_a_wrong_baseline_is_refused_in_one_line(data: Any, message: str) -> None:
    with pytest.raises(BadInputError, match=message) as caught:
        parse_baseline(make_document(data, "baselines/demo.main.json"))

    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("baselines/demo.main.json")


def test_a_baseline_score_outside_its_range_is_refused() -> None:
    text = baseline_text(make_baseline()).replace('"score": 1.0', '"score": 1.5', 1)

    with pytest.raises(BadInputError, match="score"):
        parse_baseline(parse_yaml(text, "baseline.json"))


def test_a_log_line_that_is_no_trial_is_refused() -> None:
    with pytest.raises(BadInputError, match=r"log\.jsonl: not a trial file of this version"):
        parse_trial({"case": "a-1"}, "log.jsonl")


def test_a_score_that_is_not_a_number_is_never_written() -> None:
    run = make_run(make_run_case(trials=(make_trial(composite=float("nan")),)))

    with pytest.raises(ValueError, match="JSON compliant"):
        written(run)


def test_a_run_file_with_a_score_that_is_not_a_number_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "run.json"
    text = written(make_run(make_run_case((0.5,), (1.0,))))
    place.write_text(text.replace('"composite": 0.5', '"composite": NaN'), encoding="utf-8")

    with pytest.raises(BadInputError, match=r"run\.json"):
        read_run(place)


def test_the_verdict_in_a_file_is_not_read() -> None:
    run = make_run(make_run_case())
    data = altered(written(run), verdict={"outcome": "anything"})

    assert parse_run(make_document(data)) == run


def test_a_key_in_an_answer_is_masked_before_a_report_can_cut_it() -> None:
    key = "sk-proj-" + "A1b2C3d4" * 5
    trial = make_trial(output=make_output("x" * 1_990 + key))

    clean = redacted(make_run(make_run_case(trials=(trial,))), Redactor())

    assert clean.cases[0].trials[0].output == make_output("x" * 1_990 + MASK)
