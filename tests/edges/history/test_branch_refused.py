"""What a history on a branch refuses, and what it tells of a remote that refuses it."""

from pathlib import Path

import pytest

from evalci.core.history import Query
from evalci.core.history_file import record_line
from evalci.edges.history.branch import BranchHistory
from evalci.edges.history.git_branch import GitBranch, Remote
from evalci.errors import BadInputError, NotPublishedError
from tests.edges.history.places import BRANCH, clone, git, stored
from tests.records import make_record


def test_a_bad_row_is_named_by_file_and_line(bare: Path, checkout: Path) -> None:
    stored(checkout).add(make_record())
    other = clone(bare)
    git(other, "switch", "--quiet", BRANCH)
    with (other / "demo.main/2026/2026-07-06.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"format": 1, "id": "x", "text": "an answer"}\n')
    who = ("-c", "user.name=Eve", "-c", "user.email=eve@example.org")
    git(other, *who, "commit", "--quiet", "--all", "--message", "Row")
    git(other, "push", "--quiet")

    with pytest.raises(BadInputError) as caught:
        stored(checkout).runs(Query())

    assert f"{BRANCH}:demo.main/2026/2026-07-06.jsonl:2: " in str(caught.value)
    assert "unknown key `text`" in str(caught.value)


def test_a_run_that_nobody_could_read_is_not_written(bare: Path, checkout: Path) -> None:
    with pytest.raises(BadInputError, match="golden_set"):
        stored(checkout).add(make_record(golden_set="../up"))

    assert git(bare, "branch", "--list", BRANCH) == ""


# What a server's hook says, and what a person is told of it.
REFUSALS = [
    pytest.param(
        "error: GH006: Protected branch update failed for refs/heads/evalci-history.",
        "let this job push to the branch",
        id="a protected branch",
    ),
    pytest.param(
        "error: GH013: Repository rule violations found for refs/heads/evalci-history.",
        "name another place in `history.url`",
        id="a ruleset",
    ),
    pytest.param(
        "Permission to octo/shop.git denied to github-actions[bot].",
        "the job needs `permissions: {contents: write}`",
        id="no right to write",
    ),
]


@pytest.mark.parametrize(("words", "hint"), REFUSALS)
def test_a_remote_that_refuses_is_told_in_its_own_words(
    bare: Path, checkout: Path, words: str, hint: str
) -> None:
    hook = bare / "hooks" / "pre-receive"
    hook.write_text(f"#!/bin/sh\necho '{words}' >&2\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)

    with pytest.raises(NotPublishedError) as caught:
        stored(checkout).add(make_record())

    start = f"the history could not be written to branch evalci-history: {words}"
    assert str(caught.value).startswith(start)
    assert hint in str(caught.value)


def test_a_name_below_another_branch_is_refused_at_once(bare: Path, checkout: Path) -> None:
    stored(checkout).add(make_record())
    below = GitBranch(checkout, Remote(branch=f"{BRANCH}/below"))

    with pytest.raises(NotPublishedError, match="another branch has the beginning of this name"):
        BranchHistory(below, sleep=lambda _: pytest.fail("tried again")).add(make_record())


def test_a_repository_without_a_remote_is_told(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")

    with pytest.raises(BadInputError, match="remote `origin`, which this repository does not have"):
        stored(tmp_path).runs(Query())


def test_a_folder_without_a_repository_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"fatal: not a git repository .* sqlite:///"):
        stored(tmp_path).runs(Query())


def test_a_row_in_the_file_of_another_day_is_refused(bare: Path, checkout: Path) -> None:
    with_file(bare, "demo.main/2026/2026-07-07.jsonl", record_line(make_record()))

    with pytest.raises(BadInputError, match=r"run run-1 belongs into demo\.main/2026/2026-07-06"):
        stored(checkout).runs(Query())


def test_a_branch_of_code_is_left_alone(bare: Path, checkout: Path) -> None:
    git(checkout, "push", "--quiet", "origin", f"HEAD:{BRANCH}")

    with pytest.raises(BadInputError, match=f"branch {BRANCH} holds no history; name another"):
        stored(checkout).add(make_record())

    assert git(bare, "ls-tree", "-r", "--name-only", BRANCH).split() == ["notes.txt"]


def test_a_file_beyond_all_measure_is_not_read(bare: Path, checkout: Path) -> None:
    with_file(bare, "demo.main/2026/2026-07-06.jsonl", "x" * 1001)
    store = BranchHistory(GitBranch(checkout, Remote(branch=BRANCH), limit=1000))

    with pytest.raises(BadInputError, match=r"2026-07-06\.jsonl: more than 1,000 bytes"):
        store.runs(Query())


def test_a_file_that_nobody_could_read_is_not_written(bare: Path, checkout: Path) -> None:
    branch = GitBranch(checkout, Remote(branch=BRANCH), limit=1000)

    with pytest.raises(NotPublishedError, match="would have more than 1,000 bytes"):
        branch.push(None, {"demo.main/2026/2026-07-06.jsonl": "x" * 1001}, "A file")


def with_file(bare: Path, path: str, text: str) -> None:
    """Push a file to the data branch, as anybody who may write could."""
    branch = GitBranch(clone(bare), Remote(branch=BRANCH))
    assert branch.push(None, {path: text}, "A file")
