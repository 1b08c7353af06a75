"""A repository whose own pipeline needs a key, and what forks of it do to get at key or verdict."""

import json
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.desk import BASELINE, MANIFEST
from tests.cli.history import commit, git
from tests.github_forks import archive
from tests.inputs import make_files

KEY_NAME = "SHOP_API_KEY"
KEY = "sk-shop-0123456789abcdef"
CACHE = ".evalci/cache/answers.sqlite"
RECORDINGS = "golden/desk/recordings/main.jsonl"
SCHEMA = "golden/desk/schemas/number.json"
STOLEN = "stolen"
PIPELINE = f"""\
import json, os, sys
if "{KEY_NAME}" not in os.environ:
    sys.exit("no key")
said = json.load(sys.stdin)["messages"][-1]["content"]
print(json.dumps({{"text": said.rpartition("exactly: ")[2].strip()}}))
"""
THIEF = f"""\
import os
open("{STOLEN}", "w").write(os.environ.get("{KEY_NAME}", "nothing"))
"""
CONFIG = f"""\
version: 1
golden_sets: [golden/desk]
models:
  main: {{id: command/shop, command: ["{sys.executable}", -I, answer.py], env: [{KEY_NAME}]}}
run: {{model: main}}
baseline: {{trials: 1, min_trials: 1}}
gate: {{mode: threshold}}
"""
CASES = """\
defaults: {scorers: {exact: {}}}
cases:
  - {id: triage-1, task_type: triage, prompt: prompts/triage.md, inputs: {q: "1"}, expected: "1"}
  - {id: triage-2, task_type: triage, prompt: prompts/triage.md, inputs: {q: "2"}, expected: "2"}
  - id: reply-1
    task_type: reply
    prompt: prompts/reply.md
    inputs: {q: "3"}
    expected: "3"
    scorers: {json_schema: {schema: {file: schemas/number.json}}}
  - {id: reply-2, task_type: reply, prompt: prompts/reply.md, inputs: {q: "4"}, expected: "4"}
"""
ECHO = "Reply with exactly: {{ q }}\n"
WORSE = "Reply with exactly: no {{ q }}\n"
SHOP = {
    "evalci.yaml": CONFIG,
    "golden/desk/manifest.yaml": MANIFEST,
    "golden/desk/cases.yaml": CASES,
    SCHEMA: '{"type": "integer"}\n',
    "prompts/triage.md": ECHO,
    "prompts/reply.md": ECHO,
    "answer.py": PIPELINE,
    ".gitignore": ".evalci/\n",
}


def make_shop(folder: Path) -> str:
    """Make the repository, with recordings and a baseline on `main`; return the commit.

    The working directory must be there, and the key must be set.
    """
    make_files(folder, SHOP)
    git("init", "--quiet", "--initial-branch", "main")
    commit("the shop")
    assert run_cli(["run", "--all", "--record"]) == 0
    assert run_cli(["baseline", "accept", "--reason", "first"]) == 0
    shutil.rmtree(folder / ".evalci")
    return commit("baseline and recordings")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """What a fork changes; ``more`` does what no text file can, before the commit or after it.

    ``outcome`` is what its own job finds, empty where its files are refused.
    """

    files: Mapping[str, str]
    outcome: str = "not run"
    before: Callable[[Path], None] = lambda _: None
    after: Callable[[Path], None] = lambda _: None


def _link_prompt(folder: Path) -> None:
    (folder / "prompts/triage.md").unlink()
    (folder / "prompts/triage.md").symlink_to("/etc/passwd")


def _grow_golden_set(folder: Path) -> None:
    with (folder / "golden/desk/cases.yaml").open("r+b") as cases:
        cases.truncate(100_000_000)


def _record_own_answers(folder: Path) -> None:
    """Record what an obedient pipeline at the attacker's home says to the worse prompt."""
    honest = (folder / "answer.py").read_text(encoding="utf-8")
    flattering = PIPELINE.replace('"exactly: "', '"no "')
    (folder / "answer.py").write_text(flattering, encoding="utf-8")
    assert run_cli(["run", "--all", "--record", "--no-gate"]) == 0
    (folder / "answer.py").write_text(honest, encoding="utf-8")
    shutil.rmtree(folder / ".evalci")


def _bring_cache(folder: Path) -> None:
    _record_own_answers(folder)
    git("checkout", "--quiet", "main", "--", RECORDINGS)
    make_files(folder, {CACHE: "answers of my own"})


def _bring_trials(folder: Path) -> None:
    make_files(folder, {".evalci/runs/desk.main/log.jsonl": "{}\n"})


def _leave_credentials(folder: Path) -> None:
    """Leave a key where git ignores it, as an earlier step of the job may."""
    make_files(folder, {".evalci/left": f"{KEY}\n"})


def _zeroed() -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        data = json.loads((folder / BASELINE).read_text(encoding="utf-8"))
        for case in data["cases"]:
            for trial in case["trials"]:
                trial.update(score=0.0, passed=False)
        (folder / BASELINE).write_text(json.dumps(data), encoding="utf-8")

    return edit


ATTACKS = {
    "a pipeline that keeps the key": Attack(files={"answer.py": THIEF, "prompts/triage.md": WORSE}),
    "a modified scorer file": Attack(
        files={SCHEMA: "{}\n", "answer.py": THIEF}, outcome="unverified"
    ),
    "a config that points outside": Attack(
        files={"evalci.yaml": CONFIG.replace("golden/desk", "../outside")}, outcome=""
    ),
    "a symlinked prompt": Attack(files={}, before=_link_prompt, outcome=""),
    "a template that reads the environment": Attack(
        files={"prompts/triage.md": "Reply with exactly: {{ ''.__class__.__mro__ }}{{ q }}\n"},
        outcome="",
    ),
    "a golden set of 100 MB": Attack(files={}, after=_grow_golden_set, outcome=""),
    "a scorer in Python": Attack(
        files={
            "golden/desk/cases.yaml": CASES.replace("exact: {}", "python: {file: steal.py}"),
            "golden/desk/steal.py": THIEF,
        },
        outcome="",
    ),
    "a changed workflow": Attack(
        files={".github/workflows/evalci.yml": "on: pull_request_target\n", "answer.py": THIEF},
        outcome="unverified",
    ),
    "recordings that claim a pass": Attack(
        files={"prompts/triage.md": WORSE, "prompts/reply.md": WORSE}, before=_record_own_answers
    ),
    "a baseline edited to match": Attack(
        files={"prompts/triage.md": WORSE, "answer.py": THIEF}, before=_zeroed()
    ),
    "a poisoned cache": Attack(
        files={"prompts/triage.md": WORSE, ".gitignore": "", "answer.py": THIEF},
        before=_bring_cache,
    ),
    "trials of its own": Attack(
        files={"prompts/triage.md": WORSE, ".gitignore": ""}, before=_bring_trials, outcome=""
    ),
    "a category renamed away": Attack(
        files={
            "golden/desk/cases.yaml": CASES.replace("task_type: triage", "task_type: other"),
            "golden/desk/manifest.yaml": MANIFEST.replace("triage", "other"),
            "answer.py": THIEF,
        },
        outcome="unverified",
    ),
    "cases moved to another category": Attack(
        files={
            "golden/desk/cases.yaml": CASES.replace("task_type: triage", "task_type: reply"),
            "golden/desk/manifest.yaml": MANIFEST.replace("reply: 2, triage: 2", "reply: 4"),
            "prompts/triage.md": WORSE,
        }
    ),
    "a case that reads what a step left": Attack(
        files={
            "golden/desk/cases.yaml": CASES.replace('{q: "1"}', "{q: {file: ../../.evalci/left}}")
        },
        before=_leave_credentials,
    ),
    "every case touched": Attack(
        files={"golden/desk/cases.yaml": CASES.replace('q: "', 'q: "1'), "answer.py": THIEF}
    ),
    "a model that needs no key": Attack(
        files={
            "evalci.yaml": CONFIG.replace("command/shop", "scripted/echo")
            .replace(f'command: ["{sys.executable}", -I, answer.py], ', "")
            .replace(f", env: [{KEY_NAME}]", "")
        },
        outcome="unverified",
    ),
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository with a baseline and recordings, to be copied."""
    folder = tmp_path_factory.mktemp("shop")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv(KEY_NAME, KEY)
        make_shop(folder)
    return folder


@pytest.fixture(params=list(ATTACKS))
def attack(request: pytest.FixtureRequest) -> Attack:
    """Return each attack in turn."""
    return ATTACKS[request.param]


def artifact_of(runs: Path) -> bytes:
    """Return what the job uploads of its folder of runs."""
    files = [place for place in sorted(runs.rglob("*")) if place.is_file()]
    return archive({place.relative_to(runs).as_posix(): place.read_bytes() for place in files})
