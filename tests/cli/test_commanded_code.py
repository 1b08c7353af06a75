"""What of a fork runs after `/evalci run`: none of its code, and no attack ends green."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.commands import Talk, confirmed, make_talk, ready_line
from tests.cli.desk import GATELESS, HARMLESS, write_desk
from tests.cli.forked import KEY, KEY_NAME, STOLEN, Attack, attack, shop
from tests.cli.history import STRICT, commit, git
from tests.cli.job import Job
from tests.cli.reading_desk import REPLY, talk_about
from tests.inputs import make_files

__all__ = ["attack", "shop"]

CODE = """\
defaults: {output: {protocol: code, file: solution.py}, scorers: {tests: {files: [test_a.py]}}}
cases:
  - {id: a, task_type: gen, prompt: prompts/reply.md, inputs: {q: "x = 1"}}
"""
UNISOLATED = {
    "evalci.yaml": STRICT + "sandbox: {engine: local}\n",
    "golden/desk/cases.yaml": CODE,
    "golden/desk/manifest.yaml": 'version: "1.0"\nactive: 1\ncategories: {gen: 1}\n',
    "golden/desk/test_a.py": "def test_a():\n    import solution\n",
}
OWN_SCORER = GATELESS + "scorers: {tone: {file: golden/desk/tone.txt}}\n"


def talk_about_new(
    folder: Path, files: Mapping[str, str], monkeypatch: pytest.MonkeyPatch, job: Job
) -> Talk:
    """Return a conversation about a desk without a baseline, which is the working directory."""
    write_desk(folder, files)
    monkeypatch.chdir(folder)
    git("init", "--quiet", "--initial-branch", "main")
    return make_talk(folder, job, commit("the desk"), folder)


def test_beside_the_keys_no_code_of_a_fork_is_run(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    job: Job,
    capsys: pytest.CaptureFixture[str],
) -> None:
    files = {**UNISOLATED, ".gitignore": ".evalci/\n"}
    talk = talk_about_new(tmp_path / "shop", files, monkeypatch, job)
    head = talk.propose({REPLY: HARMLESS})

    answer = talk.ask(f"/evalci run {head}")
    laid = {"head": head, "taken": [REPLY], "left_out": [], "complete": True}
    make_files(talk.folder, {".evalci/head.json": json.dumps(laid)})
    code = run_cli(["run", "--no-gate", "--head", head])

    assert "runs it beside the keys" in answer
    assert (code, talk.steps) == (3, set())
    assert "runs it beside the keys" in capsys.readouterr().err


def test_a_scorer_stays_the_base_s_whatever_its_file_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, job: Job
) -> None:
    tone = "golden/desk/tone.txt"
    files = {"evalci.yaml": OWN_SCORER, tone: "def score(given): ...\n"}
    talk = talk_about_new(tmp_path / "shop", files, monkeypatch, job)
    head = talk.propose({REPLY: HARMLESS, tone: "def score(given):\n    return {'value': 1}\n"})

    confirmed(talk, head)

    assert git("status", "--porcelain", "--", "golden", "prompts") == f"M {REPLY}"


@pytest.mark.slow
def test_no_attack_that_a_maintainer_starts_meets_the_key_or_ends_green(
    attack: Attack, shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, job: Job
) -> None:
    monkeypatch.setenv(KEY_NAME, KEY)
    talk = talk_about(shop, tmp_path / "desk", monkeypatch, job)
    git("switch", "--quiet", "--create", "feature")
    make_files(talk.folder, attack.files)
    attack.before(talk.folder)
    attack.after(talk.folder)
    head = talk.propose_commit(commit("trust me"))

    listed = talk.ask(f"/evalci run {head}")
    if "/evalci run" in listed:
        talk.ask(ready_line(listed))
        run_cli(["run", "--no-gate", "--head", head])
        talk.job.publish("--head", head)

    left = [place for place in Path(".evalci/runs").rglob("*") if place.is_file()]
    assert set(talk.job.checks.values()) <= {"neutral", "failure", "action_required"}
    assert not Path(STOLEN).exists()
    assert [place for place in left if KEY.encode() in place.read_bytes()] == []
