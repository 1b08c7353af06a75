"""What is particular to a history on a branch."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from evalci.core.history import Query
from evalci.edges.history.branch import BranchHistory, Remote
from evalci.errors import BadInputError, NotPublishedError
from tests.edges.history.places import BRANCH, clone, git
from tests.fakes import FakeTime
from tests.records import make_record

ROOT = Path(__file__).parents[3]
# Keeps three runs, one after the other, from a clone.
WRITER = """\
import sys
from pathlib import Path
from evalci.edges.history.branch import BranchHistory, Remote
from tests.records import make_record
store = BranchHistory(Path(sys.argv[1]), Remote(branch="evalci-history"))
for number in range(3):
    assert store.add(make_record(f"{sys.argv[2]}-{number}"))
"""


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """Return a bare repository with one commit on its default branch."""
    bare = tmp_path / "bare.git"
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch", "main", str(bare))
    return bare


@pytest.fixture
def checkout(bare: Path) -> Path:
    """Return a clone with one pushed commit, and an edit that is not committed."""
    place = clone(bare)
    (place / "notes.txt").write_text("first\n", encoding="utf-8")
    git(place, "add", "--all")
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
    git(place, *who, "commit", "--quiet", "--message", "First")
    git(place, "push", "--quiet", "origin", "HEAD:main")
    (place / "notes.txt").write_text("edited\n", encoding="utf-8")
    return place


def stored(folder: Path) -> BranchHistory:
    return BranchHistory(folder, Remote(branch=BRANCH), sleep=FakeTime().sleep)


def state(folder: Path) -> tuple[str, str, str]:
    """Return what a person sees of their checkout."""
    return (
        git(folder, "status", "--porcelain"),
        git(folder, "branch"),
        git(folder, "rev-parse", "HEAD"),
    )


def test_the_checkout_is_left_as_it_is(checkout: Path) -> None:
    before = state(checkout)

    stored(checkout).add(make_record())
    stored(checkout).runs(Query())

    assert state(checkout) == before


def test_it_shares_no_commit_with_the_code_and_says_what_it_is(bare: Path, checkout: Path) -> None:
    stored(checkout).add(make_record())

    assert git(bare, "ls-tree", "-r", "--name-only", BRANCH).split() == [
        "README.md",
        "demo.main/2026-07.jsonl",
    ]
    assert "no prompts and no answers" in git(bare, "show", f"{BRANCH}:README.md")
    assert git(bare, "rev-list", "--count", BRANCH).strip() == "1"


def test_each_run_is_a_commit_on_top(bare: Path, checkout: Path) -> None:
    store = stored(checkout)

    for number in range(3):
        store.add(make_record(f"run-{number}"))

    text = git(bare, "show", f"{BRANCH}:demo.main/2026-07.jsonl")
    assert (git(bare, "rev-list", "--count", BRANCH).strip(), text.count("\n")) == ("3", 3)


def test_three_writers_at_once_lose_nothing(bare: Path) -> None:
    """Each is a process with a clone of its own; every row of the branch is looked at."""
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(clone(bare)), name], cwd=ROOT)
        for name in ("a", "b", "c")
    ]
    codes = [writer.wait() for writer in writers]

    rows = git(bare, "show", f"{BRANCH}:demo.main/2026-07.jsonl").splitlines()

    assert codes == [0, 0, 0]
    assert sorted(json.loads(row)["id"] for row in rows) == [
        f"{name}-{number}" for name in "abc" for number in range(3)
    ]


def test_a_shallow_checkout_will_do(bare: Path, checkout: Path, tmp_path: Path) -> None:
    stored(checkout).add(make_record())
    git(tmp_path, "clone", "--quiet", "--depth=1", bare.as_uri(), "shallow")

    added = stored(tmp_path / "shallow").add(make_record("run-2"))

    assert added is True
    assert len(stored(checkout).runs(Query())) == 2


def test_a_bad_row_is_named_by_file_and_line(bare: Path, checkout: Path) -> None:
    stored(checkout).add(make_record())
    other = clone(bare)
    git(other, "switch", "--quiet", BRANCH)
    with (other / "demo.main/2026-07.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"format": 1, "id": "x", "text": "an answer"}\n')
    who = ("-c", "user.name=Eve", "-c", "user.email=eve@example.org")
    git(other, *who, "commit", "--quiet", "--all", "--message", "Row")
    git(other, "push", "--quiet")

    with pytest.raises(BadInputError) as caught:
        stored(checkout).runs(Query())

    assert f"{BRANCH}:demo.main/2026-07.jsonl:2: " in str(caught.value)
    assert "unknown key `text`" in str(caught.value)


def test_months_that_are_not_asked_for_are_not_read(bare: Path, checkout: Path) -> None:
    store = stored(checkout)
    store.add(make_record())
    store.add(make_record("late", at="2026-09-07T06:00:00+00:00"))

    found = store.runs(Query(since="2026-08-01", until="2026-10-01"))

    assert [record.id for record in found] == ["late"]


def test_a_run_that_nobody_could_read_is_not_written(bare: Path, checkout: Path) -> None:
    with pytest.raises(BadInputError, match="golden_set"):
        stored(checkout).add(make_record(golden_set="../up"))

    assert git(bare, "branch", "--list", BRANCH) == ""


def test_a_remote_that_refuses_is_told_with_its_reason(bare: Path, checkout: Path) -> None:
    hook = bare / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho 'fatal: no writing here' >&2\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)

    with pytest.raises(NotPublishedError) as caught:
        stored(checkout).add(make_record())

    assert "the history could not be written to branch evalci-history of origin" in str(
        caught.value
    )
    assert "contents: write" in str(caught.value)


def test_a_repository_without_a_remote_is_told(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")

    with pytest.raises(BadInputError, match="git ls-remote: fatal: "):
        stored(tmp_path).runs(Query())


def test_the_token_reaches_git_beside_the_command_line() -> None:
    remote = Remote(branch=BRANCH, token="ghs_token", server="https://github.test/")  # noqa: S106

    assert remote.variables() == {
        "GIT_CONFIG_COUNT": "2",
        "GIT_CONFIG_KEY_0": "http.https://github.test/.extraheader",
        "GIT_CONFIG_VALUE_0": "",
        "GIT_CONFIG_KEY_1": "http.https://github.test/.extraheader",
        "GIT_CONFIG_VALUE_1": "AUTHORIZATION: basic eC1hY2Nlc3MtdG9rZW46Z2hzX3Rva2Vu",
    }
    assert Remote(branch=BRANCH).variables() == {}
