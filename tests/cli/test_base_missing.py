"""Bases that cannot decide: no history, no config, a broken one, and the first pull request."""

from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.based_desk import HALF, Propose, desk, listed, propose
from tests.cli.desk import BASELINE, BROKEN, HARMLESS, accept_baseline, run_json, write_desk
from tests.cli.history import STRICT, change, check_out_merge, commit, git

__all__ = ["desk", "propose"]


def test_a_clone_without_history_says_how_to_fetch_it(
    desk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    base = git("rev-parse", "HEAD")
    head = change(desk, {"prompts/triage.md": HARMLESS})
    merged = check_out_merge(monkeypatch, tmp_path / "event.json", base=base, head=head)
    git("branch", "pull", merged)
    shallow = tmp_path / "shallow"
    git("clone", "--quiet", "--depth", "1", "--branch", "pull", f"file://{desk}", str(shallow))
    monkeypatch.chdir(shallow)
    capsys.readouterr()

    code = run_cli(["run"])

    (line,) = capsys.readouterr().err.splitlines()
    assert code == 3
    assert "set `fetch-depth: 0` in actions/checkout" in line


def test_a_base_without_evalci_lets_the_change_decide_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "new"
    folder.mkdir()
    monkeypatch.chdir(folder)
    git("init", "--quiet", "--initial-branch", "main")
    commit("nothing yet")
    git("switch", "--quiet", "--create", "feature")
    write_desk(folder)

    code = run_cli(["run"])

    assert code == 0
    assert listed(run_json()) == {"evalci.yaml": ("", "new: its own policy decides")}


def test_a_base_whose_config_is_broken_lets_the_change_decide_and_says_so(desk: Path) -> None:
    (desk / "evalci.yaml").write_text("version: 7\n")
    commit("broken")
    change(desk, {"evalci.yaml": STRICT, "prompts/triage.md": HALF})

    code = run_cli(["run"])

    ((path, (old, new)),) = listed(run_json()).items()
    assert code == 1
    assert (path, new) == ("evalci.yaml", "decides")
    assert old.startswith("not valid: ")


@pytest.mark.parametrize(
    "ours",
    [
        pytest.param(["README.md"], id="main has no evalci at all"),
        pytest.param(["."], id="main has a golden set and no baseline"),
    ],
)
def test_the_first_pull_request_passes_and_says_how_to_accept_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ours: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    write_desk(tmp_path, {".gitignore": ".evalci/\n", "README.md": "shop\n"})
    git("init", "--quiet", "--initial-branch", "main")
    git("add", *ours)
    git("commit", "--quiet", "--message", "main")
    base = git("rev-parse", "HEAD")
    head = change(tmp_path, {"prompts/triage.md": HARMLESS})
    check_out_merge(monkeypatch, tmp_path.parent / "event.json", base=base, head=head)

    code = run_cli(["run"])

    report = Path(".evalci/runs/desk.main/report.md").read_text(encoding="utf-8")
    assert (code, run_json()["verdict"]["outcome"]) == (0, "no baseline")
    assert "**To proceed**: accept this one with" in report
    assert "it counts after the merge" in report


def test_an_accepted_first_baseline_is_in_force_for_the_next_one(
    desk: Path, propose: Propose
) -> None:
    (desk / BASELINE).unlink()
    commit("a main without a baseline")
    accept_baseline()
    commit("its first pull request brought one")
    propose({"prompts/triage.md": BROKEN})

    code = run_cli(["run"])

    assert (code, run_json()["verdict"]["outcome"]) == (1, "regression")
