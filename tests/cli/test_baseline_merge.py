"""`evalci baseline merge`, by hand and as git's merge driver, in real repositories."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from evalci.cli import run_cli
from evalci.core.baseline import Baseline, BaselineCase
from evalci.core.run_file import baseline_text
from tests.baselines import make_acceptance, make_baseline, make_baseline_case
from tests.cases import make_hashes
from tests.cli.desk import BASELINE, write_desk
from tests.cli.history import commit, git
from tests.manual import MANUAL

IDS = ("triage-1", "triage-2", "reply-1", "reply-2")


def scored(id_: str, score: float, version: str) -> BaselineCase:
    """Return a case after three trials of one version of its prompt."""
    return make_baseline_case((score,) * 3, id=id_, hashes=make_hashes(f"{id_}-{version}"))


def accepted(*changed: BaselineCase, day: int = 1) -> Baseline:
    """Return a baseline of the desk in which some cases were accepted anew."""
    new = {case.id: case for case in changed}
    cases = [new.get(id_, scored(id_, 1.0, "old")) for id_ in sorted(IDS)]
    at = f"2026-03-0{day}T09:00:00+00:00"
    reason = make_acceptance(reason=f"day {day}", at=at)
    return make_baseline(*cases, golden_set="desk", accepted=reason, runs=(f"r{day}",))


def write(baseline: Baseline) -> None:
    """Put a baseline where the desk has it."""
    Path(BASELINE).parent.mkdir(exist_ok=True)
    Path(BASELINE).write_text(baseline_text(baseline), encoding="utf-8")


def means() -> dict[str, float]:
    """Return the score of each case in the working tree."""
    cases = json.loads(Path(BASELINE).read_text(encoding="utf-8"))["cases"]
    return {case["id"]: case["trials"][0]["score"] for case in cases}


def on_branch(name: str, baseline: Baseline) -> None:
    """Commit a baseline on a branch that starts at `main`."""
    git("switch", "--quiet", "--create", name, "main~0")
    write(baseline)
    commit(name)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository with a baseline on `main`; git merges baselines as the manual says."""
    monkeypatch.chdir(tmp_path)
    for name in ("NAME", "EMAIL"):
        monkeypatch.setenv(f"GIT_AUTHOR_{name}", "ada@example.org")
        monkeypatch.setenv(f"GIT_COMMITTER_{name}", "ada@example.org")
    write_desk(tmp_path)
    git("init", "--quiet", "--initial-branch", "main")
    (tmp_path / ".gitattributes").write_text(documented("[^\\n]*merge=evalci"), encoding="utf-8")
    driver = documented('git config merge.evalci.driver "([^"]+)"')
    here = driver.replace("evalci ", f"{shlex.quote(sys.executable)} -m evalci ", 1)
    git("config", "merge.evalci.driver", here)
    write(accepted())
    commit("first baseline")
    return tmp_path


def documented(pattern: str) -> str:
    """Return the one line of the manual that a pattern finds, or its group."""
    (found,) = re.findall(pattern, MANUAL)
    return str(found)


@pytest.fixture
def two_branches(repository: Path) -> Path:
    """Return the repository, on `mine`; `mine` and `theirs` each accepted a neighbouring case."""
    on_branch("theirs", accepted(scored("triage-1", 0.4, "new"), day=2))
    git("switch", "--quiet", "main")
    on_branch("mine", accepted(scored("triage-2", 0.6, "new"), day=3))
    return repository


BOTH = {"reply-1": 1.0, "reply-2": 1.0, "triage-1": 0.4, "triage-2": 0.6}


@pytest.mark.parametrize(
    "joining",
    [
        pytest.param(["merge", "--quiet", "--no-edit", "theirs"], id="merge"),
        pytest.param(
            ["merge", "--quiet", "--squash", "theirs"], id="squash", marks=pytest.mark.slow
        ),
        pytest.param(["rebase", "--quiet", "theirs"], id="rebase"),
        pytest.param(["cherry-pick", "theirs"], id="cherry-pick", marks=pytest.mark.slow),
    ],
)
def test_git_loses_nothing(two_branches: Path, joining: list[str]) -> None:
    git(*joining)

    assert means() == BOTH
    assert git("diff", "--name-only", "--diff-filter=U") == ""


def test_without_the_driver_git_would_not_know(two_branches: Path) -> None:
    (two_branches / ".gitattributes").write_text("", encoding="utf-8")
    commit("no driver")

    with pytest.raises(subprocess.CalledProcessError):
        git("merge", "--quiet", "--no-edit", "theirs")


def test_a_case_that_both_measured_is_a_conflict_for_git(repository: Path) -> None:
    on_branch("theirs", accepted(scored("triage-1", 0.4, "theirs"), day=2))
    git("switch", "--quiet", "main")
    on_branch("mine", accepted(scored("triage-1", 0.6, "mine"), day=3))

    with pytest.raises(subprocess.CalledProcessError):
        git("merge", "--quiet", "--no-edit", "theirs")

    assert git("diff", "--name-only", "--diff-filter=U") == BASELINE
    assert means()["triage-1"] == 0.6


def test_a_branch_is_joined_by_hand(two_branches: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run_cli(["baseline", "merge", "theirs"])

    assert (code, means()) == (0, BOTH)
    assert capsys.readouterr().out == f"{BASELINE}: 4 cases; commit it\n"


def test_a_conflict_by_hand_names_its_cases(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    on_branch("theirs", accepted(scored("triage-1", 0.4, "theirs"), day=2))
    git("switch", "--quiet", "main")
    on_branch("mine", accepted(scored("triage-1", 0.6, "mine"), day=3))

    code = run_cli(["baseline", "merge", "theirs"])

    assert code == 3
    assert "on both sides, ours is kept: `triage-1`" in capsys.readouterr().err


def test_a_branch_without_a_baseline_is_said(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    git("switch", "--quiet", "--create", "bare")
    (repository / BASELINE).unlink()
    commit("no baseline")
    git("switch", "--quiet", "main")

    code = run_cli(["baseline", "merge", "bare"])

    assert code == 0
    assert capsys.readouterr().out == "bare has no baseline for desk with main\n"


def test_a_baseline_that_only_they_have_is_taken(repository: Path) -> None:
    on_branch("theirs", accepted(scored("triage-1", 0.4, "new"), day=2))
    git("switch", "--quiet", "main")
    (repository / BASELINE).unlink()

    code = run_cli(["baseline", "merge", "theirs"])

    assert (code, means()["triage-1"]) == (0, 0.4)


def test_two_first_baselines_join(tmp_path: Path) -> None:
    nothing, ours, theirs = (tmp_path / name for name in ("base", "ours", "theirs"))
    nothing.touch()
    one = make_baseline(make_baseline_case(id="a-1"))
    ours.write_text(baseline_text(one), encoding="utf-8")
    theirs.write_text(baseline_text(make_baseline(make_baseline_case(id="b-1"))), encoding="utf-8")

    code = run_cli(["baseline", "merge", "--files", str(nothing), str(ours), str(theirs)])

    cases = json.loads(ours.read_text(encoding="utf-8"))["cases"]
    assert (code, [case["id"] for case in cases]) == (0, ["a-1", "b-1"])


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        pytest.param(["nowhere"], 3, "git knows no commit `nowhere`", id="an unknown branch"),
        pytest.param([], 2, "name a branch, or three files", id="neither"),
        pytest.param(
            ["main", "--files", "a", "b", "c"], 2, "name a branch, or three files", id="both"
        ),
        pytest.param(["--files", "a", "b", "c"], 3, "cannot read b", id="a file that is not there"),
        pytest.param(
            ["--files", BASELINE, "evalci.yaml", BASELINE], 3, "evalci.yaml", id="no baseline"
        ),
    ],
)
def test_what_cannot_be_joined(
    repository: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    code: int,
    message: str,
) -> None:
    before = (repository / BASELINE).read_text(encoding="utf-8")

    ended = run_cli(["baseline", "merge", *arguments])

    assert (ended, message in capsys.readouterr().err) == (code, True)
    assert (repository / BASELINE).read_text(encoding="utf-8") == before
