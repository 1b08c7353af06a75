"""`evalci publish --baseline-pr`: changed baselines become one pull request after a push."""

import json
from pathlib import Path

import pytest

from evalci.cli import run_cli
from evalci.edges.github.baseline_pr import BRANCH, baseline_branch
from tests.cli.desk import BASELINE, HARMLESS
from tests.cli.history import commit, git, start_history
from tests.cli.job import Job
from tests.github_server import TOKEN
from tests.github_state import Account


@pytest.fixture
def merged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository in which an edit of a prompt was merged and its baseline topped up."""
    monkeypatch.chdir(tmp_path)
    start_history(tmp_path)
    Path("prompts/triage.md").write_text(HARMLESS, encoding="utf-8")
    commit("take your time")
    run_cli(["run", "--no-gate"])
    run_cli(["baseline", "accept", "--reason", "merged"])
    return tmp_path


def push(job: Job, folder: Path, event: str = "push") -> None:
    """Begin the job of the push that brought the checked-out commit to `main`."""
    head = commit_of(folder)
    job.server.repository.push("main", {"README.md": "shop\n", BASELINE: "old\n"}, sha=head)
    job.begin(event, head=head)


def commit_of(folder: Path) -> str:
    """Return the commit that is checked out."""
    return (folder / ".git/refs/heads/main").read_text(encoding="utf-8").strip()


def test_a_changed_baseline_becomes_a_pull_request(
    merged: Path, job: Job, capsys: pytest.CaptureFixture[str]
) -> None:
    push(job, merged)

    code = job.publish("--baseline-pr")

    (pull,) = job.server.repository.pulls.values()
    assert code == 0
    assert (pull["head"], pull["base"]) == (BRANCH, "main")
    assert pull["title"] == "Update evalci baselines"
    assert "starts no workflows" in pull["body"]
    text = Path(BASELINE).read_text(encoding="utf-8")
    assert job.server.repository.files(BRANCH) == {"README.md": "shop\n", BASELINE: text}
    assert f"baseline pull request: {pull['html_url']}" in capsys.readouterr().out


def test_the_next_push_updates_the_same_pull_request(merged: Path, job: Job) -> None:
    push(job, merged)
    job.publish("--baseline-pr")
    job.end()
    Path("notes.md").write_text("more", encoding="utf-8")
    git("add", "notes.md")
    git("commit", "--quiet", "--message", "more")
    push(job, merged)

    job.publish("--baseline-pr")

    assert len(job.server.repository.pulls) == 1
    tip = job.server.repository.commit(job.server.repository.refs[f"heads/{BRANCH}"])
    assert tip["parents"] == [{"sha": commit_of(merged)}]


def test_a_new_baseline_is_proposed_too(merged: Path, job: Job) -> None:
    data = json.loads(Path(BASELINE).read_text(encoding="utf-8"))
    Path("baselines/new.main.json").write_text(json.dumps(data), encoding="utf-8")
    push(job, merged)

    job.publish("--baseline-pr")

    assert "baselines/new.main.json" in job.server.repository.files(BRANCH)


def test_a_desk_below_the_top_is_proposed_under_its_path(
    tmp_path: Path, job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    below = tmp_path / "service"
    below.mkdir()
    monkeypatch.chdir(below)
    start_history(below, top=tmp_path)
    Path("prompts/triage.md").write_text(HARMLESS, encoding="utf-8")
    commit("take your time")
    run_cli(["run", "--no-gate"])
    run_cli(["baseline", "accept", "--reason", "merged"])
    push(job, tmp_path)

    job.publish("--baseline-pr")

    branch = baseline_branch("service")
    assert f"service/{BASELINE}" in job.server.repository.files(branch)


def test_where_nothing_differs_nothing_is_opened(
    merged: Path, job: Job, capsys: pytest.CaptureFixture[str]
) -> None:
    commit("the baseline as well")
    push(job, merged)

    code = job.publish("--baseline-pr")

    assert (code, job.server.repository.pulls) == (0, {})
    assert "the baselines are those of the commit" in capsys.readouterr().out


@pytest.mark.parametrize("event", ["schedule", "workflow_dispatch", "pull_request"])
def test_only_a_push_to_the_default_branch_opens_one(
    merged: Path, job: Job, capsys: pytest.CaptureFixture[str], event: str
) -> None:
    push(job, merged, event)

    code = job.publish("--baseline-pr")

    assert (code, job.server.repository.pulls) == (0, {})
    assert "this is no push to the default branch" in capsys.readouterr().out


def test_without_the_option_nothing_is_proposed(merged: Path, job: Job) -> None:
    push(job, merged)

    job.publish()

    assert job.server.repository.pulls == {}


@pytest.mark.parametrize(("value", "expected"), [("true", 1), ("false", 0), ("", 0)])
def test_a_variable_asks_for_it_too(
    merged: Path, job: Job, monkeypatch: pytest.MonkeyPatch, value: str, expected: int
) -> None:
    push(job, merged)
    monkeypatch.setenv("EVALCI_BASELINE_PR", value)

    job.publish()

    assert len(job.server.repository.pulls) == expected


def test_a_repository_that_forbids_it_ends_in_exit_5_with_the_setting(
    merged: Path, job: Job, capsys: pytest.CaptureFixture[str]
) -> None:
    job.server.repository.pulls_permitted = False
    push(job, merged)

    code = job.publish("--baseline-pr")

    said = capsys.readouterr().err
    assert (code, len(said.splitlines())) == (5, 1)
    assert "allow it under Settings, Actions, General" in said
    assert job.checks == {"evalci / desk": "success"}


def test_a_token_without_the_rights_ends_in_exit_5(
    merged: Path, job: Job, capsys: pytest.CaptureFixture[str]
) -> None:
    job.server.tokens[TOKEN] = Account(rights=frozenset({"checks", "comments"}))
    push(job, merged)

    code = job.publish("--baseline-pr")

    assert code == 5
    assert "`contents: write` and `pull-requests: write`" in capsys.readouterr().err
