"""`/evalci override`, `accept` and `rerun`: who lets what through, and what it rests on."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.cli.commands import NUMBER, PROMPT, Talk
from tests.cli.desk import BROKEN
from tests.cli.history import STRICT, change, git
from tests.github_forks import OWN, archive

REASON = "the vendor changed its tone, accepted in #12"


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

    assert "👁 `triage` of `desk` with `main` is overridden until" in triage
    assert "👁 `triage-1` of `desk` with `main`" in case
    assert (steps, code) == ({"publish"}, 0)
    assert talk.job.checks == {"evalci / desk": "neutral"}
    assert "overridden" in talk.job.comments[-1]


def test_what_another_project_of_the_repository_measured_is_not_let_through_here(
    talk: Talk, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    shutil.copytree(talk.worse, other)
    for place in other.glob("*/run.json"):
        data = json.loads(place.read_text(encoding="utf-8"))
        place.write_text(json.dumps({**data, "folder": "services/other"}), encoding="utf-8")
    head = talk.propose({PROMPT: BROKEN}, home=OWN)
    replace(talk, worse=other).finished(head)

    answer = talk.ask(f"/evalci override {head} triage {REASON}")

    assert "left no finished run of the project in `.`; it measured `services/other`" in answer
    assert talk.steps == set()


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


def edited(talk: Talk, run_id: int) -> None:
    """Put a run in place of an artifact's, the cases of which were edited since the baseline."""
    place = talk.worse / "desk.main" / "run.json"
    run = json.loads(place.read_text(encoding="utf-8"))
    for case in run["cases"]:
        case["standing"] = "edited"
    repository = talk.job.server.repository
    (entry,) = repository.artifacts[run_id]
    repository.archives[entry["id"]] = archive({"desk.main/run.json": json.dumps(run)})


def test_what_nothing_compares_is_no_baseline_when_a_fork_wrote_it(talk: Talk) -> None:
    head = talk.propose({PROMPT: BROKEN})
    talk.finished(head, run_id=900, event="issue_comment", head_sha=talk.tip)
    (entry,) = talk.job.server.repository.artifacts[900]
    entry["name"] = f"evalci-command-{head}"
    edited(talk, 900)

    answer = talk.ask(f"/evalci accept {head} {REASON}")

    assert "`reply` of desk is not comparable" in answer
    assert list(talk.job.server.repository.pulls) == [NUMBER]


def test_a_golden_set_that_a_branch_of_ours_edits_can_be_accepted(
    worse: tuple[Talk, str],
) -> None:
    talk, head = worse
    talk.job.server.repository.push("main", {"README.md": "shop\n"}, sha=talk.tip)
    edited(talk, 500)

    answer = talk.ask(f"/evalci accept {head} {REASON}")

    assert "not comparable" not in answer
    assert len(talk.job.server.repository.pulls) == 2


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
