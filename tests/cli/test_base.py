"""The base revision decides: what a change says of its own policy counts once it is merged."""

import json
from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.based_desk import HALF, LOOSE, Propose, desk, listed, propose
from tests.cli.desk import BASELINE, BROKEN, ECHO, HARMLESS, run_json
from tests.cli.history import (
    MUST_PASS,
    be_event,
    be_pull_request,
    change,
    commit,
    git,
    start_history,
)

__all__ = ["desk", "propose"]


def zeroed(text: str) -> str:
    """Return a baseline in which every trial failed: a lower bar."""
    data = json.loads(text)
    for case in data["cases"]:
        for trial in case["trials"]:
            trial.update(score=0.0, passed=False)
    return json.dumps(data)


def test_a_loosened_gate_does_not_judge_its_own_change(propose: Propose) -> None:
    base = propose({"evalci.yaml": LOOSE, "prompts/triage.md": HALF})

    code = run_cli(["run"])

    run = run_json()
    assert code == 1
    assert run["base"] == {"commit": base, "source": "first parent of the merge commit"}
    assert listed(run) == {"gate.max_drop.pp": ("5", "100")}


def test_an_edited_baseline_does_not_judge_its_own_change(desk: Path, propose: Propose) -> None:
    lower = zeroed((desk / BASELINE).read_text(encoding="utf-8"))
    propose({BASELINE: lower, "prompts/triage.md": HALF})

    code = run_cli(["run"])

    assert code == 1
    assert listed(run_json()) == {BASELINE: ("in the base", "edited here, not used for this check")}


def test_a_removed_baseline_still_judges(propose: Propose) -> None:
    propose({BASELINE: None, "prompts/triage.md": HALF})

    assert run_cli(["run"]) == 1
    assert listed(run_json()) == {
        BASELINE: ("in the base", "removed here, not used for this check")
    }


def test_a_dropped_must_pass_still_blocks(desk: Path, propose: Propose) -> None:
    (desk / "evalci.yaml").write_text(LOOSE)
    commit("a gate that only must-pass cases hold")
    dropped = MUST_PASS.replace("\n    must_pass: true", "")
    propose({"golden/desk/cases.yaml": dropped, "prompts/triage.md": BROKEN})

    code = run_cli(["run", "--trials", "5"])

    assert code == 1
    assert listed(run_json()) == {"must_pass of triage-1": ("true", "false")}
    assert run_json()["verdict"]["must_pass"][0]["case"] == "triage-1"


def test_a_removed_must_pass_case_is_listed(propose: Propose) -> None:
    manifest = 'version: "1.0"\nactive: 3\ncategories: {reply: 2, triage: 1}\n'
    cases = MUST_PASS.replace("  - id: triage-1", "  - id: triage-9")
    cut = cases.replace(cases[cases.index("  - id: triage-9") : cases.index("  - id: tr", 90)], "")
    propose({"golden/desk/cases.yaml": cut, "golden/desk/manifest.yaml": manifest})

    run_cli(["run"])

    assert listed(run_json()) == {"must_pass of triage-1": ("true", "case removed")}


def test_a_config_that_moves_keeps_the_policy_of_the_base(propose: Propose) -> None:
    propose({"evalci.yaml": None, ".github/evalci.yaml": LOOSE, "prompts/triage.md": HALF})

    assert run_cli(["run"]) == 1
    assert listed(run_json()) == {"gate.max_drop.pp": ("5", "100")}


def test_the_head_of_a_pull_request_is_held_against_its_merge_base(
    desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fork = git("rev-parse", "HEAD")
    head = change(desk, {"prompts/triage.md": HALF})
    git("switch", "--quiet", "main")
    (desk / "evalci.yaml").write_text(LOOSE)
    base = commit("a looser gate, after the branch began")
    git("checkout", "--quiet", head)
    be_pull_request(monkeypatch, tmp_path / "event.json", sha="f" * 40, base=base, head=head)

    code = run_cli(["run"])

    assert (code, run_json()["base"]["commit"]) == (1, fork)


def test_a_merge_group_is_held_against_its_base(
    desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = git("rev-parse", "HEAD")
    head = change(desk, {"evalci.yaml": LOOSE, "prompts/triage.md": HALF})
    payload = {"merge_group": {"base_sha": base, "base_ref": "refs/heads/main"}}
    place = tmp_path / "event.json"
    be_event(monkeypatch, place, "merge_group", payload, sha=head, branch="gh-readonly-queue/x")

    code = run_cli(["run"])

    assert (code, run_json()["base"]["commit"]) == (1, base)


def test_a_push_to_the_default_branch_goes_by_its_own_files(
    desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (desk / "evalci.yaml").write_text(LOOSE)
    (desk / "prompts/triage.md").write_text(HALF)
    head = commit("merged")
    payload = {"repository": {"default_branch": "main"}}
    be_event(monkeypatch, tmp_path / "event.json", "push", payload, sha=head, branch="main")

    code = run_cli(["run"])

    assert (code, "base" in run_json()) == (0, False)


@pytest.mark.parametrize("committed", [True, False])
def test_at_a_terminal_a_branch_is_judged_like_its_pull_request(
    desk: Path, committed: bool
) -> None:
    base = git("rev-parse", "HEAD")
    git("switch", "--quiet", "--create", "feature")
    (desk / "evalci.yaml").write_text(LOOSE)
    (desk / "prompts/triage.md").write_text(HALF)
    if committed:
        commit("a change")

    code = run_cli(["run"])

    assert (code, run_json()["base"]["commit"]) == (1, base)


def test_at_a_terminal_the_default_branch_goes_by_its_own_files(desk: Path) -> None:
    (desk / "prompts/triage.md").write_text(HALF)
    assert run_cli(["run"]) == 1
    assert run_cli(["baseline", "accept", "--reason", "meant"]) == 0

    assert run_cli(["run"]) == 0


def test_answers_from_ones_own_recordings_prove_nothing(desk: Path) -> None:
    git("switch", "--quiet", "--create", "feature")
    (desk / "prompts/triage.md").write_text(HARMLESS)
    assert run_cli(["run", "--record"]) == 0

    code = run_cli(["run", "--replay"])

    assert code == 0
    assert run_json()["verdict"]["outcome"] == "unverified"


def test_answers_from_the_recordings_of_the_base_count(desk: Path) -> None:
    (desk / "prompts/triage.md").write_text(HARMLESS)
    run_cli(["run", "--record"])
    commit("recorded")
    git("switch", "--quiet", "--create", "feature")

    assert run_cli(["run", "--replay"]) == 0
    assert run_json()["verdict"]["outcome"] == "pass"


def test_a_baseline_that_the_base_outgrew_is_dated(desk: Path) -> None:
    (desk / "prompts/triage.md").write_text(HARMLESS)
    moved = commit("a prompt, merged without a new baseline")
    change(desk, {"prompts/reply.md": ECHO + "\n"})

    run_cli(["run"])

    assert run_json()["baseline"]["predates"] == moved


def test_paths_of_a_config_in_a_subfolder_are_read_from_the_base(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = tmp_path / "top"
    (top / "bot").mkdir(parents=True)
    monkeypatch.chdir(top / "bot")
    start_history(top / "bot", top=top)
    change(top / "bot", {"evalci.yaml": LOOSE, "prompts/triage.md": HALF})

    code = run_cli(["run"])

    assert (code, run_json()["folder"]) == (1, "bot")
    assert listed(run_json()) == {"gate.max_drop.pp": ("5", "100")}
