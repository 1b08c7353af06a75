"""What a fork gets past `/evalci run`: no file of the job, no key, and no check that is not due."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.commands import PROMPT, Talk, confirmed, make_talk, measured, ready_line
from tests.cli.desk import (
    BROKEN,
    GATELESS,
    HARMLESS,
    MANIFEST,
    accept_baseline,
    write_desk,
)
from tests.cli.forked import ATTACKS, KEY, KEY_NAME, STOLEN, Attack, make_shop
from tests.cli.history import MUST_PASS, STRICT, commit, git
from tests.cli.job import Job
from tests.inputs import make_files

REPLY = "prompts/reply.md"
RULES = "lib/rules.rst"
FACTS = "lib/facts.py"
# Triage includes a file that is no text of the pull request's, and reads another one.
READING = MUST_PASS.replace(
    "inputs: {q: billing}", "inputs: {q: billing}\n    context_files: [../../lib/facts.py]"
)
DESK = {
    "evalci.yaml": STRICT,
    "golden/desk/cases.yaml": READING,
    PROMPT: "{% include 'lib/rules.rst' %}\n",
    RULES: "Reply with exactly: {{ q }}\n",
    FACTS: "x = 1\n",
    "src/app.py": "x = 1\n",
    ".npmrc": "always-auth=true\n",
    ".gitignore": ".evalci/\n.env\n",
}


@pytest.fixture(scope="module")
def desk_that_reads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a desk with a baseline, whose cases read files of the whole repository."""
    folder = tmp_path_factory.mktemp("desk") / "shop"
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        write_desk(folder, DESK)
        git("init", "--quiet", "--initial-branch", "main")
        commit("the desk")
        accept_baseline()
        commit("first baseline")
    shutil.rmtree(folder / ".evalci")
    return folder


def talk_about(folder: Path, place: Path, monkeypatch: pytest.MonkeyPatch, job: Job) -> Talk:
    """Return a conversation about a copy of a desk, which is the working directory."""
    shutil.copytree(folder, place, symlinks=True)
    monkeypatch.chdir(place)
    return make_talk(place, job, git("rev-parse", "HEAD"), place)


@pytest.fixture
def talk(desk_that_reads: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, job: Job) -> Talk:
    return talk_about(desk_that_reads, tmp_path / "shop", monkeypatch, job)


# What is measured is what would be merged


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param(RULES, BROKEN, id="an include"),
        pytest.param(FACTS, "x = 2\n", id="a context file"),
        pytest.param("evalci.yaml", STRICT.replace("pp: 5", "pp: 100"), id="the config"),
        pytest.param("baselines/desk.main.json", "{}", id="the baseline"),
        pytest.param(".github/workflows/evalci.yml", "on: push\n", id="a workflow"),
    ],
)
def test_what_stays_the_base_s_is_named_and_not_green(talk: Talk, path: str, text: str) -> None:
    head = talk.propose({REPLY: HARMLESS, path: text})

    listed = talk.ask(f"/evalci run {head}")
    talk.ask(ready_line(listed))
    measured(talk, head)

    assert talk.job.checks == {"evalci / desk": "neutral"}
    assert path in listed
    assert f"not measured: {path}" in talk.job.comments[-1]


def test_what_the_cases_do_not_read_is_no_reason_for_doubt(talk: Talk) -> None:
    files = {REPLY: HARMLESS, "src/app.py": "x = 2\n", "README.md": "new\n", ".editorconfig": ""}
    head = talk.propose(files)

    confirmed(talk, head)
    measured(talk, head)

    assert talk.job.checks == {"evalci / desk": "success"}


def test_a_worse_prompt_still_fails_whatever_stays_the_base_s(talk: Talk) -> None:
    head = talk.propose({REPLY: BROKEN, RULES: BROKEN})

    confirmed(talk, head)
    measured(talk, head)

    assert talk.job.checks == {"evalci / desk": "failure"}
    assert RULES in talk.job.comments[-1]


def test_a_case_in_another_category_is_held_to_its_own(talk: Talk) -> None:
    cases = READING.replace("task_type: triage", "task_type: reply")
    manifest = 'version: "1.0"\nactive: 4\ncategories: {reply: 4}\n'
    head = talk.propose(
        {
            "golden/desk/cases.yaml": cases,
            "golden/desk/manifest.yaml": manifest,
            PROMPT: "Reply with exactly: {{ 'wrong' if q == 'shipping' else q }}\n",
        }
    )

    confirmed(talk, head)
    run = measured(talk, head)

    assert {case["id"]: case["category"] for case in run["cases"]}["triage-2"] == "triage"
    assert talk.job.checks == {"evalci / desk": "failure"}
    assert "category of triage-2" in talk.job.comments[-1]


# What a case reads


SECRET = "hunter2pass"  # noqa: S105  # a made-up one
LEAK = """
  - id: leak-1
    task_type: reply
    prompt: prompts/reply.md
    inputs: {q: {file: %s}}
    expected: x
"""
ONE_MORE = MANIFEST.replace("active: 4", "active: 5").replace("reply: 2", "reply: 3")


@pytest.mark.parametrize(
    ("path", "files"),
    [
        pytest.param(
            ".env",
            {"golden/desk/cases.yaml": READING + LEAK % "../../.env"},
            id="what git ignores",
        ),
        pytest.param(
            "notes.json",
            {"golden/desk/cases.yaml": READING + LEAK % "../../notes.json"},
            id="what a step left",
        ),
        pytest.param(
            ".npmrc",
            {"golden/desk/cases.yaml": READING + LEAK % "../../.npmrc"},
            id="what a step has written into",
        ),
        pytest.param(
            ".env",
            {REPLY: "{% include '.env' %}\n", "golden/desk/manifest.yaml": MANIFEST},
            id="an include",
        ),
        pytest.param(
            "rubric.yaml",
            {
                "golden/desk/cases.yaml": READING
                + (LEAK % "cases.yaml").rstrip()
                + "\n    scorers: {judge: {rubric: ../../rubric.yaml, weight: 1}}\n"
            },
            id="a rubric",
        ),
    ],
)
def test_a_case_reads_no_file_that_a_step_left(
    talk: Talk, path: str, files: Mapping[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    head = talk.propose({"golden/desk/manifest.yaml": ONE_MORE, **files})
    make_files(talk.folder, {path: f"password: {SECRET}\n"})

    confirmed(talk, head)
    code = run_cli(["run", "--no-gate", "--head", head])

    seen = capsys.readouterr()
    assert code == 3
    assert "the commit has no such file as it lies here" in seen.err
    assert SECRET not in "".join([*talk.job.comments, seen.out, seen.err])


def test_a_case_may_read_what_the_repository_holds(talk: Talk) -> None:
    cases = READING + (LEAK % "../../src/app.py").replace("expected: x", "expected: 'x = 1'")
    head = talk.propose({"golden/desk/manifest.yaml": ONE_MORE, "golden/desk/cases.yaml": cases})

    confirmed(talk, head)
    run = measured(talk, head)

    (trial, *_) = run["cases"][-1]["trials"]
    assert trial["output"]["text"].strip() == "x = 1"


def test_without_the_text_no_head_is_measured(
    talk: Talk, capsys: pytest.CaptureFixture[str]
) -> None:
    head = talk.propose({REPLY: HARMLESS})

    code = run_cli(["run", "--head", head])

    assert code == 3
    assert f"the text of `{head}` does not lie over this checkout" in capsys.readouterr().err


# What runs


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


def test_beside_the_keys_no_code_of_a_fork_is_run(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    job: Job,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path / "shop"
    monkeypatch.chdir(tmp_path)
    write_desk(folder, {**UNISOLATED, ".gitignore": ".evalci/\n"})
    monkeypatch.chdir(folder)
    git("init", "--quiet", "--initial-branch", "main")
    talk = make_talk(folder, job, commit("the desk"), folder)
    head = talk.propose({REPLY: HARMLESS})

    answer = talk.ask(f"/evalci run {head}")
    laid = {"head": head, "taken": [REPLY], "left_out": [], "complete": True}
    make_files(folder, {".evalci/head.json": json.dumps(laid)})
    code = run_cli(["run", "--no-gate", "--head", head])

    assert "runs it beside the keys" in answer
    assert (code, talk.steps) == (3, set())
    assert "runs it beside the keys" in capsys.readouterr().err


OWN_SCORER = GATELESS + "scorers: {tone: {file: golden/desk/tone.txt}}\n"


def test_a_scorer_stays_the_base_s_whatever_its_file_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, job: Job
) -> None:
    folder = tmp_path / "shop"
    tone = "golden/desk/tone.txt"
    write_desk(folder, {"evalci.yaml": OWN_SCORER, tone: "def score(given): ...\n"})
    monkeypatch.chdir(folder)
    git("init", "--quiet", "--initial-branch", "main")
    talk = make_talk(folder, job, commit("the desk"), folder)
    head = talk.propose({REPLY: HARMLESS, tone: "def score(given):\n    return {'value': 1}\n"})

    confirmed(talk, head)

    assert git("status", "--porcelain", "--", "golden", "prompts") == f"M {REPLY}"


# The corpus of attacks, started by a maintainer who looked at nothing


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository whose own pipeline needs a key, with a baseline, to be copied."""
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
