"""A new name is no way around a baseline: what a change renames is held against the old one."""

from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.based_desk import Propose, desk, propose
from tests.cli.desk import BASELINE, BROKEN, MANIFEST, accept_baseline, run_json, write_desk
from tests.cli.history import MUST_PASS, STRICT, commit

__all__ = ["desk", "propose"]

OTHER_MODEL = STRICT.replace("main: {id", "other: {id").replace("model: main", "model: other")
TWO_MODELS = STRICT.replace("models:\n", "models:\n  other: {id: scripted/echo}\n")
OTHER_SET = STRICT.replace("golden/desk", "golden/help")
MOVED_SET = {
    "golden/desk/cases.yaml": None,
    "golden/desk/manifest.yaml": None,
    "golden/help/cases.yaml": MUST_PASS,
    "golden/help/manifest.yaml": MANIFEST,
}
SLOW = pytest.mark.slow


@pytest.mark.parametrize(
    ("files", "name"),
    [
        pytest.param({"evalci.yaml": OTHER_MODEL}, "desk.other", id="the model config"),
        pytest.param(
            {"evalci.yaml": OTHER_SET, **MOVED_SET},
            "help.main",
            id="the golden set",
            marks=SLOW,
        ),
        pytest.param(
            {
                "evalci.yaml": OTHER_MODEL.replace("golden/desk", "golden/help"),
                **MOVED_SET,
                BASELINE: None,
            },
            "help.other",
            id="both, with the baseline removed",
        ),
    ],
)
@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        pytest.param({}, (0, "unchanged"), id="and nothing else", marks=SLOW),
        pytest.param({"prompts/triage.md": BROKEN}, (1, "regression"), id="and makes it worse"),
    ],
)
def test_a_change_renames(
    propose: Propose,
    files: dict[str, str | None],
    name: str,
    prompt: dict[str, str],
    expected: tuple[int, str],
) -> None:
    propose({**files, **prompt})

    code = run_cli(["run"])

    run = run_json(name)
    assert (code, run["verdict"]["outcome"]) == expected
    assert {
        "path": "baseline",
        "old": BASELINE,
        "new": f"baselines/{name}.json, which is missing: rename the file, too",
    } in run["policy_changes"]


def test_a_baseline_that_is_renamed_too_waits_for_the_merge(desk: Path, propose: Propose) -> None:
    moved = {BASELINE: None, "baselines/help.main.json": (desk / BASELINE).read_text()}
    propose({"evalci.yaml": OTHER_SET, **MOVED_SET, **moved})

    run_cli(["run"])

    said = {"path": "baseline", "old": BASELINE}
    said["new"] = "baselines/help.main.json, not used for this check"
    assert said in run_json("help.main")["policy_changes"]


@SLOW
def test_a_renamed_golden_set_keeps_the_flags_of_the_base(desk: Path, propose: Propose) -> None:
    loose = STRICT.replace("{pp: 5}", "{pp: 100}")
    (desk / "evalci.yaml").write_text(loose)
    commit("a gate that only must-pass cases hold")
    dropped = MUST_PASS.replace("\n    must_pass: true", "")
    files = {"evalci.yaml": loose.replace("golden/desk", "golden/help"), **MOVED_SET}
    propose({**files, "golden/help/cases.yaml": dropped, "prompts/triage.md": BROKEN})

    code = run_cli(["run", "--trials", "5"])

    assert code == 1
    assert run_json("help.main")["verdict"]["must_pass"][0]["case"] == "triage-1"


@SLOW
def test_a_model_beside_the_usual_one_begins_without_a_baseline(propose: Propose) -> None:
    propose({"evalci.yaml": TWO_MODELS, "prompts/triage.md": BROKEN})

    code = run_cli(["run", "--model", "other"])

    assert (code, run_json("desk.other")["verdict"]["outcome"]) == (0, "no baseline")


def two_models(desk: Path) -> str:
    """Accept a second model that is worse, and return a config in which it is the usual one."""
    swapped = TWO_MODELS.replace("model: main", "model: other")
    write_desk(desk, {"evalci.yaml": swapped, "prompts/triage.md": BROKEN})
    accept_baseline()
    write_desk(desk, {"evalci.yaml": TWO_MODELS})
    commit("two models, the second one worse")
    return swapped


def test_the_name_of_a_worse_model_lowers_no_bar(desk: Path, propose: Propose) -> None:
    swapped = two_models(desk)
    propose({"evalci.yaml": swapped, "prompts/triage.md": BROKEN})

    code = run_cli(["run"])

    assert (code, run_json("desk.other")["baseline"]["path"]) == (1, BASELINE)


@SLOW
def test_a_model_beside_the_usual_one_is_held_against_its_own_baseline(
    desk: Path, propose: Propose
) -> None:
    two_models(desk)
    propose({"prompts/triage.md": BROKEN})

    code = run_cli(["run", "--model", "other"])

    assert (code, run_json("desk.other")["baseline"]["path"]) == (0, "baselines/desk.other.json")


@SLOW
def test_a_run_held_against_another_name_is_accepted_once_all_is_measured(
    propose: Propose, capsys: pytest.CaptureFixture[str]
) -> None:
    propose({"evalci.yaml": OTHER_MODEL})
    run_cli(["run"])

    carried = run_cli(["baseline", "accept", "--reason", "renamed"])
    said = capsys.readouterr().err
    run_cli(["run", "--all"])
    measured = run_cli(["baseline", "accept", "--reason", "renamed"])

    assert (carried, measured) == (3, 0)
    assert "run it again, with --all where the baseline had another name" in said
