"""`evalci obey` against the GitHub double: each comment has one expected action."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evalci.cli import run_cli
from tests.cli.commands import NUMBER, PROMPT, Talk, confirmed, make_talk, measured, ready_line
from tests.cli.desk import BROKEN, CASES, HARMLESS
from tests.cli.history import STRICT, change, commit, git, start_history
from tests.cli.job import Job
from tests.github_forks import OWN, archive
from tests.github_server import Fault

REASON = "the vendor changed its tone, accepted in #12"


@pytest.fixture(scope="module")
def desk_with_baseline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a desk with an accepted baseline, to be copied; `worse` beside it has failed runs."""
    folder = tmp_path_factory.mktemp("desk") / "shop"
    folder.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        start_history(folder)
        (folder / PROMPT).write_text(BROKEN, encoding="utf-8")
        run_cli(["run", "--no-gate"])
        git("checkout", "--quiet", "--", PROMPT)
    (folder / ".evalci" / "runs").rename(folder.with_name("worse"))
    shutil.rmtree(folder / ".evalci")
    return folder


@pytest.fixture
def talk(
    desk_with_baseline: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, job: Job
) -> Talk:
    """Return a conversation about a desk with an accepted baseline."""
    folder = tmp_path / "shop"
    shutil.copytree(desk_with_baseline, folder)
    monkeypatch.chdir(folder)
    tip = git("rev-parse", "HEAD")
    return make_talk(folder, job, tip, desk_with_baseline.with_name("worse"))


# Who is answered, and what


@pytest.mark.parametrize(
    ("how", "reply"),
    [
        pytest.param({"by": "ada"}, "**1 file of", id="a member"),
        pytest.param({"by": "grace"}, "**1 file of", id="an admin"),
        pytest.param({"by": "otto"}, "people with write access", id="the author, who may read"),
        pytest.param({"by": "tim"}, "people with write access", id="somebody who may triage"),
        pytest.param({"by": "mallory"}, "people with write access", id="an outsider"),
        pytest.param({"by": "helper[bot]"}, "", id="a bot"),
        pytest.param({"action": "edited"}, "the comment was edited", id="an edited comment"),
        pytest.param({"issue": True}, "this is an issue", id="a comment on an issue"),
    ],
)
def test_a_comment_has_one_answer(talk: Talk, how: dict[str, Any], reply: str) -> None:
    head = talk.propose({PROMPT: BROKEN})

    answer = talk.ask(f"/evalci run {head[:7]}", **how)

    assert reply in answer
    assert bool(answer) is bool(reply)
    assert talk.steps == set()


def test_a_fork_that_was_deleted_is_still_known_by_its_commit(talk: Talk) -> None:
    head = talk.propose({PROMPT: BROKEN}, home=None)

    assert "**1 file of" in talk.ask(f"/evalci run {head}")


@pytest.mark.parametrize(
    "state",
    [
        pytest.param({"state": "closed", "merged": True}, id="merged"),
        pytest.param({"state": "closed"}, id="closed"),
    ],
)
def test_a_pull_request_that_is_not_open_is_left_alone(talk: Talk, state: dict[str, Any]) -> None:
    head = talk.propose({PROMPT: BROKEN}, **state)

    assert "not open any more" in talk.ask(f"/evalci run {head}")


def test_a_head_that_moved_is_refused_with_the_new_one(talk: Talk) -> None:
    old = talk.propose({PROMPT: HARMLESS})
    new = talk.propose({PROMPT: BROKEN})

    answer = talk.ask(f"/evalci run {old}")

    assert f"the head is `{new}` now" in answer


def test_a_comment_that_was_edited_since_is_refused(talk: Talk) -> None:
    head = talk.propose({PROMPT: BROKEN})
    id_ = talk.comment(f"/evalci run {head}")
    talk.job.server.repository.edit_comment(id_, f"/evalci run {head} confirm {'0' * 32}")

    code = talk.job.step("obey")

    assert code == 0
    assert "the comment was edited" in talk.replies[-1]


def test_a_comment_that_is_gone_gets_no_answer(talk: Talk) -> None:
    head = talk.propose({PROMPT: BROKEN})
    id_ = talk.comment(f"/evalci run {head}")
    del talk.job.server.repository.comments[id_]

    code = talk.job.step("obey")

    assert (code, talk.replies) == (0, [])


def test_strangers_get_one_reply_in_all(talk: Talk) -> None:
    head = talk.propose({PROMPT: BROKEN})

    for who in ("mallory", "mallory", "eve"):
        talk.ask(f"/evalci run {head}", by=who)

    assert len(talk.replies) == 1


def test_who_forges_our_reply_does_not_silence_us(talk: Talk) -> None:
    head = talk.propose({PROMPT: BROKEN})
    talk.ask("<!-- evalci:reply v=1 to=strangers -->", by="mallory")

    assert "write access" in talk.ask(f"/evalci run {head}", by="mallory")


def test_what_is_no_command_asks_github_nothing(talk: Talk) -> None:
    talk.comment("looks good to me")

    code = talk.job.step("obey")

    assert (code, talk.job.server.lines()) == (0, [])


def test_a_mistyped_command_is_answered_with_the_nearest(talk: Talk) -> None:
    talk.propose({PROMPT: BROKEN})

    assert "did you mean `rerun`?" in talk.ask("/evalci reruns abc1234")


def test_markdown_in_a_command_stays_what_it_is(talk: Talk) -> None:
    talk.propose({PROMPT: BROKEN})

    answer = talk.ask("/evalci a`@everyone<img/src=x>`b")

    assert "@everyone" not in answer
    assert "\\<img" in answer


def test_a_reply_that_got_lost_is_not_given_twice(talk: Talk) -> None:
    head = talk.propose({PROMPT: BROKEN})
    lost = Fault(match="POST .*/comments", dropped=True, effect=True)
    talk.job.server.faults.append(lost)

    talk.ask(f"/evalci run {head}")

    assert len(talk.replies) == 1


def test_a_job_that_is_run_again_gives_the_reply_it_could_not_give(talk: Talk) -> None:
    head = talk.propose({PROMPT: BROKEN})
    outage = Fault(match="git/trees", status=403, message="Resource not accessible")
    talk.job.server.faults.append(outage)
    talk.comment(f"/evalci run {head}")
    first = talk.job.step("obey")

    again = talk.job.step("obey")

    assert (first, again) == (5, 0)
    assert "Not done" in talk.replies[0]
    assert "**1 file of" in talk.replies[1]


def test_a_right_that_the_job_lacks_is_named_in_the_reply(talk: Talk) -> None:
    head = talk.propose({PROMPT: BROKEN})
    fault = Fault(match="/actions/", status=403, message="Resource not accessible", times=9)
    talk.job.server.faults.append(fault)
    talk.comment(f"/evalci rerun {head}")

    code = talk.job.step("obey")

    assert code == 5
    assert "needs `actions: write`" in talk.replies[-1]


def test_in_another_checkout_nothing_is_obeyed(talk: Talk) -> None:
    head = talk.propose({PROMPT: BROKEN})
    git("checkout", "--quiet", head)

    assert "has not checked out the default branch" in talk.ask(f"/evalci run {head}")


def test_outside_its_workflow_it_says_where_it_belongs(
    talk: Talk, capsys: pytest.CaptureFixture[str]
) -> None:
    talk.job.begin("push")

    code = talk.job.step("obey")

    assert code == 3
    assert "in a workflow on issue_comment only" in capsys.readouterr().err


def test_without_a_token_nothing_is_obeyed(
    talk: Talk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    talk.comment("/evalci run abc1234")
    monkeypatch.setenv("GITHUB_TOKEN", "")

    code = talk.job.step("obey")

    assert code == 5
    assert "GITHUB_TOKEN, which is not set" in capsys.readouterr().err


# /evalci run


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


# /evalci override, accept and rerun


@pytest.fixture
def worse(talk: Talk) -> tuple[Talk, str]:
    """Return a pull request of the repository itself, with a finished check that failed."""
    head = talk.propose({PROMPT: BROKEN}, home=OWN)
    talk.finished(head)
    return talk, head


def test_an_override_lets_the_named_category_through(worse: tuple[Talk, str]) -> None:
    talk, head = worse

    answer = talk.ask(f"/evalci override {head} reply {REASON}")

    assert "`reply` of desk with main does not fail" in answer
    assert talk.steps == set()


def test_an_override_is_kept_in_a_reply_and_the_check_is_said_again(
    worse: tuple[Talk, str],
) -> None:
    talk, head = worse

    triage = talk.ask(f"/evalci override {head} triage {REASON}")
    steps = talk.steps
    case = talk.ask(f"/evalci override {head} triage-1 {REASON}")
    code = talk.job.publish("--head", head)

    assert "👁 `triage` of `desk` is overridden until" in triage
    assert "👁 `triage-1` of `desk`" in case
    assert (steps, code) == ({"publish"}, 0)
    assert talk.job.checks == {"evalci / desk": "neutral"}
    assert "overridden" in talk.job.comments[-1]


@pytest.mark.parametrize(
    ("how", "reason", "why"),
    [
        pytest.param({"by": "ada"}, "because", "min_reason_chars", id="too short a reason"),
        pytest.param({"by": "otto"}, REASON, "write access", id="the author, an outsider"),
    ],
)
def test_an_override_is_refused(
    worse: tuple[Talk, str], how: dict[str, Any], reason: str, why: str
) -> None:
    talk, head = worse

    assert why in talk.ask(f"/evalci override {head} triage {reason}", **how)
    assert talk.steps == set()


def test_the_author_does_not_override_their_own_change(worse: tuple[Talk, str]) -> None:
    talk, head = worse
    talk.job.server.repository.roles["otto"] = "write"

    answer = talk.ask(f"/evalci override {head} triage {REASON}", by="otto")

    assert "otto wrote this change" in answer


def test_an_override_into_another_branch_is_no_check_of_the_default_branch(talk: Talk) -> None:
    head = talk.propose({PROMPT: BROKEN}, home=OWN, base="release")
    talk.finished(head)
    talk.ask(f"/evalci override {head} triage {REASON}")

    talk.job.publish("--head", head)

    assert list(talk.job.checks) == ["evalci / desk -> release"]


def test_what_another_branch_decided_is_not_let_through_here(worse: tuple[Talk, str]) -> None:
    talk, head = worse
    evil = change(talk.folder, {"evalci.yaml": STRICT.replace("pp: 5", "pp: 100")}, branch="evil")
    git("switch", "--quiet", "main")
    run = json.loads((talk.worse / "desk.main" / "run.json").read_text(encoding="utf-8"))
    run["base"] = {"commit": evil, "source": "first parent of the merge commit"}
    archives = talk.job.server.repository.archives
    archives |= dict.fromkeys(archives, archive({"desk.main/run.json": json.dumps(run)}))

    answer = talk.ask(f"/evalci override {head} triage {REASON}")

    assert "which is not on `main`" in answer
    assert talk.steps == set()


def test_what_a_commit_that_github_does_not_know_decided_is_not_let_through(
    worse: tuple[Talk, str],
) -> None:
    talk, head = worse
    run = json.loads((talk.worse / "desk.main" / "run.json").read_text(encoding="utf-8"))
    run["base"] = {"commit": "f" * 40, "source": "first parent of the merge commit"}
    archives = talk.job.server.repository.archives
    archives |= dict.fromkeys(archives, archive({"desk.main/run.json": json.dumps(run)}))

    answer = talk.ask(f"/evalci override {head} triage {REASON}")

    assert "`fffffff`, which is not on `main`" in answer


def test_who_pushed_to_the_change_of_somebody_else_lets_nothing_through(
    worse: tuple[Talk, str],
) -> None:
    talk, head = worse
    talk.job.server.repository.wrote(NUMBER, "ada", "web-flow")

    for command in (f"override {head} triage", f"accept {head}"):
        assert "ada wrote this change" in talk.ask(f"/evalci {command} {REASON}")
    assert talk.steps == set()


def test_who_pushed_under_another_name_lets_nothing_through(talk: Talk) -> None:
    head = talk.propose({PROMPT: BROKEN}, home=OWN)
    talk.finished(head, actor={"login": "ada"})
    talk.job.server.repository.wrote(NUMBER, "otto", "otto")

    assert "ada wrote this change" in talk.ask(f"/evalci override {head} triage {REASON}")
    assert "👁 `triage`" in talk.ask(f"/evalci override {head} triage {REASON}", by="grace")


def test_a_few_digits_let_nothing_through(worse: tuple[Talk, str]) -> None:
    talk, head = worse

    answer = talk.ask(f"/evalci override {head[:12]} triage {REASON}")

    assert "name the whole SHA: write `/evalci override <40 digits> <category> <reason>`" in answer
    assert talk.steps == set()


def test_what_a_fork_measured_itself_cannot_be_overridden(talk: Talk) -> None:
    head = talk.propose({PROMPT: BROKEN})
    talk.finished(head, home="mallory/shop")

    answer = talk.ask(f"/evalci override {head} triage {REASON}")

    assert "a fork's own job measured proves nothing" in answer
    assert f"/evalci run {head}" in answer


def test_what_a_command_measured_of_a_fork_can_be_overridden(talk: Talk) -> None:
    head = talk.propose({PROMPT: BROKEN})
    talk.finished(head, run_id=900, event="issue_comment", head_sha=talk.tip)
    (entry,) = talk.job.server.repository.artifacts[900]
    entry["name"] = f"evalci-command-{head}"

    answer = talk.ask(f"/evalci override {head} triage {REASON}")

    assert "👁 `triage`" in answer


def test_an_artifact_with_the_name_of_a_command_proves_nothing(talk: Talk) -> None:
    head = talk.propose({PROMPT: BROKEN})
    talk.finished(head, home="mallory/shop")
    (entry,) = talk.job.server.repository.artifacts[500]
    entry["name"] = f"evalci-command-{head}"

    assert "proves nothing" in talk.ask(f"/evalci override {head} triage {REASON}")


def test_what_was_measured_after_the_command_is_not_meant_by_it(worse: tuple[Talk, str]) -> None:
    talk, head = worse
    talk.job.server.repository.runs[-1]["updated_at"] = "2026-12-31T00:00:00Z"

    answer = talk.ask(f"/evalci override {head} triage {REASON}")

    assert "after the command was written" in answer


def test_accept_opens_a_pull_request_with_the_baseline(worse: tuple[Talk, str]) -> None:
    talk, head = worse
    github = talk.job.server.repository
    github.push("main", {"README.md": "shop\n"}, sha=talk.tip)

    answer = talk.ask(f"/evalci accept {head} {REASON}")

    (opened,) = [p for n, p in github.pulls.items() if n != NUMBER]
    assert opened["html_url"] in answer
    assert (opened["head"], opened["base"]) == (f"evalci/accept-{NUMBER}", "main")
    assert "baselines/desk.main.json" in github.files(f"evalci/accept-{NUMBER}")
    assert "accepted by `ada`" in opened["body"]


def test_the_author_does_not_accept_their_own_baseline(worse: tuple[Talk, str]) -> None:
    talk, head = worse
    talk.job.server.repository.roles["otto"] = "write"

    answer = talk.ask(f"/evalci accept {head} {REASON}", by="otto")

    assert "otto wrote this change" in answer
    assert list(talk.job.server.repository.pulls) == [NUMBER]


def test_what_a_fork_measured_itself_is_no_baseline(talk: Talk) -> None:
    head = talk.propose({PROMPT: BROKEN})
    talk.finished(head, home="mallory/shop")

    assert "proves nothing" in talk.ask(f"/evalci accept {head} {REASON}")


def test_rerun_starts_the_check_again(worse: tuple[Talk, str]) -> None:
    talk, head = worse

    answer = talk.ask(f"/evalci rerun {head[:7]}")

    assert "https://github.test/octo/shop/actions/runs/500" in answer
    assert talk.job.server.lines("POST .*/actions/runs/500/rerun")


def test_rerun_without_a_finished_check_says_so(talk: Talk) -> None:
    head = talk.propose({PROMPT: BROKEN})

    assert "no finished check of this head" in talk.ask(f"/evalci rerun {head}")


def test_an_artifact_that_holds_no_run_is_refused(worse: tuple[Talk, str]) -> None:
    talk, head = worse
    archives = talk.job.server.repository.archives
    archives |= dict.fromkeys(archives, archive({"desk.main/run.json": "{}", "index.json": "[]"}))

    answer = talk.ask(f"/evalci override {head} triage {REASON}")

    assert "Not done: " in answer
    assert talk.steps == set()


@pytest.mark.parametrize("name", ["evalci.yaml", "prompts/triage.md"])
def test_the_branch_of_a_pull_request_is_never_checked_out(talk: Talk, name: str) -> None:
    change(talk.folder, {name: "not valid: ["}, branch="proposal")
    head = talk.propose_commit(git("rev-parse", "proposal"))

    talk.ask(f"/evalci run {head}")

    assert git("rev-parse", "HEAD") == talk.tip
    assert git("status", "--porcelain") == ""
