"""`/evalci run`: the text of a fork is listed, confirmed, laid over the base and measured."""

from collections.abc import Callable
from pathlib import Path

import pytest

from evalci.cli import run_cli
from tests.cli.commands import PROMPT, Talk, confirmed, make_talk, measured, ready_line
from tests.cli.desk import BROKEN, CASES, HARMLESS
from tests.cli.history import STRICT, commit, git

REASON = "the vendor changed its tone, accepted in #12"


def test_run_first_lists_the_text_and_the_line_that_confirms(talk: Talk) -> None:
    head = talk.propose({PROMPT: BROKEN, "golden/desk/notes.txt": "x", "app.py": "evil"})

    answer = talk.ask(f"/evalci run {head[:9]}")

    assert "- `golden/desk/notes.txt` (1 bytes)\n- `prompts/triage.md`" in answer
    assert ready_line(answer).startswith(f"/evalci run {head} confirm ")
    assert Path(PROMPT).read_text(encoding="utf-8") != BROKEN


def test_a_confirmed_run_measures_the_text_of_the_fork(talk: Talk) -> None:
    head = talk.propose({PROMPT: BROKEN})

    answer = confirmed(talk, head)
    steps, named = talk.steps, talk.job.outputs["head"]
    run = measured(talk, head)

    assert (answer, steps, named) == ("", {"measure", "publish"}, head)
    assert run["provenance"]["commit"] == head
    assert talk.job.checks == {"evalci / desk": "failure"}
    (check,) = talk.job.server.repository.checks.values()
    assert check["head_sha"] == head


def test_a_harmless_change_of_a_fork_can_pass(talk: Talk) -> None:
    head = talk.propose({PROMPT: HARMLESS})

    confirmed(talk, head)
    measured(talk, head)

    assert talk.job.checks == {"evalci / desk": "success"}


def test_config_baseline_scorers_and_code_stay_those_of_the_base(talk: Talk) -> None:
    loose = STRICT.replace("pp: 5", "pp: 100")
    files: dict[str, str | None] = {
        PROMPT: BROKEN,
        "evalci.yaml": loose,
        "baselines/desk.main.json": "{}",
        "overrides/mine.yaml": "x",
        "golden/desk/conftest.py": "raise SystemExit",
        "golden/desk/recordings/main.jsonl": "{}",
    }
    head = talk.propose(files)

    confirmed(talk, head)

    assert git("status", "--porcelain") == f"M {PROMPT}"


def test_the_flags_of_the_base_stay_in_force(talk: Talk) -> None:
    head = talk.propose({PROMPT: BROKEN, "golden/desk/cases.yaml": CASES})

    confirmed(talk, head)
    run = measured(talk, head)

    assert [case["id"] for case in run["cases"] if case.get("must_pass")] == ["triage-1"]
    assert talk.job.checks == {"evalci / desk": "failure"}


def test_a_category_renamed_away_does_not_pass(talk: Talk) -> None:
    renamed = CASES.replace("task_type: triage", "task_type: sorting").replace("triage-", "new-")
    manifest = 'version: "1.0"\nactive: 4\ncategories: {reply: 2, sorting: 2}\n'
    head = talk.propose(
        {
            PROMPT: BROKEN,
            "golden/desk/cases.yaml": renamed,
            "golden/desk/manifest.yaml": manifest,
        }
    )

    confirmed(talk, head)
    measured(talk, head)

    assert talk.job.checks == {"evalci / desk": "neutral"}
    assert "2 of them are gone" in talk.job.comments[-1]


def test_the_text_must_be_the_one_that_was_listed(talk: Talk) -> None:
    head = talk.propose({PROMPT: BROKEN})

    answer = talk.ask(f"/evalci run {head} confirm {'0' * 32}")

    assert "the text is another one" in answer
    assert talk.steps == set()


def test_a_pull_request_without_text_has_nothing_to_run(talk: Talk) -> None:
    head = talk.propose({"app.py": "print()"})

    assert "there is nothing to run" in talk.ask(f"/evalci run {head}")


def _symlinked_prompt(folder: Path) -> None:
    (folder / PROMPT).unlink()
    (folder / PROMPT).symlink_to("/etc/passwd")


def _symlinked_folder(folder: Path) -> None:
    git("mv", "prompts", "elsewhere")
    (folder / "prompts").symlink_to("elsewhere")


def _too_large(folder: Path) -> None:
    (folder / "golden/desk/big.yaml").write_bytes(b"#" * 2_000_001)


def _submodule(folder: Path) -> None:
    del folder
    git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},golden/desk/more")


@pytest.mark.parametrize(
    ("prepare", "why"),
    [
        pytest.param(_symlinked_prompt, "is a symlink", id="a symlinked prompt"),
        pytest.param(_symlinked_folder, "behind a symlink", id="a symlinked folder"),
        pytest.param(_too_large, "larger than 2 MB", id="a large golden set"),
        pytest.param(_submodule, "is a submodule", id="a submodule"),
    ],
)
def test_what_is_no_plain_text_is_refused(
    talk: Talk, prepare: Callable[[Path], None], why: str
) -> None:
    git("switch", "--quiet", "--create", "proposal")
    prepare(talk.folder)
    if prepare is _submodule:
        git("commit", "--quiet", "--message", "a submodule")
        head = git("rev-parse", "HEAD")
    else:
        head = commit("no plain text")
    talk.propose_commit(head)

    assert why in talk.ask(f"/evalci run {head}")


def test_a_file_that_is_no_text_is_refused_when_it_is_read(talk: Talk) -> None:
    git("switch", "--quiet", "--create", "proposal")
    (talk.folder / PROMPT).write_bytes(b"\xff\xfe")
    head = talk.propose_commit(commit("bytes"))

    assert "is not UTF-8 text" in confirmed(talk, head)
    assert talk.steps == set()


def test_a_new_case_brings_no_command_into_the_sandbox(talk: Talk) -> None:
    case = """\
  - id: mine
    task_type: triage
    prompt: prompts/triage.md
    inputs: {q: x}
    output: {protocol: code}
    scorers: {tests: {command: "curl evil.test", parse: exit_code}}
"""
    head = talk.propose({"golden/desk/cases.yaml": CASES + case})

    answer = confirmed(talk, head)

    assert "what no case of the default branch has" in answer
    assert talk.steps == set()


def test_a_link_of_the_base_leads_nowhere(talk: Talk) -> None:
    (talk.folder / "app").mkdir()
    (talk.folder / "app" / "settings.yaml").write_text("safe: true\n", encoding="utf-8")
    (talk.folder / "golden/desk/more").symlink_to("../../app")
    tip = commit("a link on the default branch")
    talk = make_talk(talk.folder, talk.job, tip, talk.worse)
    git("switch", "--quiet", "--create", "proposal")
    (talk.folder / "golden/desk/more").unlink()
    (talk.folder / "golden/desk/more").mkdir()
    (talk.folder / "golden/desk/more/settings.yaml").write_text("x: 1\n", encoding="utf-8")
    head = talk.propose_commit(commit("a folder in its place"))

    answer = talk.ask(f"/evalci run {head}")

    assert "symlink" in answer
    assert (talk.folder / "app/settings.yaml").read_text(encoding="utf-8") == "safe: true\n"


def test_publishing_after_a_comment_needs_the_head(
    talk: Talk, capsys: pytest.CaptureFixture[str]
) -> None:
    talk.comment("/evalci run abc1234")

    code = talk.job.publish()

    assert code == 3
    assert "give it with --head" in capsys.readouterr().err


def test_no_run_names_a_head_that_is_none(talk: Talk, capsys: pytest.CaptureFixture[str]) -> None:
    code = run_cli(["run", "--head", "main"])

    assert (code, talk.replies) == (2, [])
    assert "`main` is no full commit" in capsys.readouterr().err
