"""A history on a branch: every run of every writer is kept, and the checkout is left alone."""

import json
import subprocess
import sys
from pathlib import Path

from evalci.core.history import Query
from evalci.edges.history.branch import BranchHistory
from evalci.edges.history.git_branch import GitBranch, Remote
from tests.edges.history.places import BRANCH, clone, git, stored
from tests.records import make_record

ROOT = Path(__file__).parents[3]
# Keeps three runs, one after the other, from a clone.
WRITER = """\
import sys
from pathlib import Path
from evalci.edges.history.branch import BranchHistory
from evalci.edges.history.git_branch import GitBranch, Remote
from tests.records import make_record
store = BranchHistory(GitBranch(Path(sys.argv[1]), Remote(branch="evalci-history")))
for number in range(3):
    assert store.add(make_record(f"{sys.argv[2]}-{number}"))
"""


def state(folder: Path) -> tuple[str, str, str]:
    """Return what a person sees of their checkout."""
    return (
        git(folder, "status", "--porcelain"),
        git(folder, "branch"),
        git(folder, "rev-parse", "HEAD"),
    )


def test_projects_of_one_repository_keep_their_histories_apart(checkout: Path) -> None:
    """Their golden sets and models have the same names."""
    folders = ("", "shop", "shop/inner")
    branch = GitBranch(checkout, Remote(branch=BRANCH))
    stores = {folder: BranchHistory(branch, folder=folder) for folder in folders}
    for folder, store in stores.items():
        store.add(make_record(f"run of {folder}"))

    found = {folder: [run.id for run in store.runs(Query())] for folder, store in stores.items()}

    assert found == {folder: [f"run of {folder}"] for folder in folders}


def test_the_checkout_is_left_as_it_is(checkout: Path) -> None:
    before = state(checkout)

    stored(checkout).add(make_record())
    stored(checkout).runs(Query())

    assert state(checkout) == before


def test_it_shares_no_commit_with_the_code_and_says_what_it_is(bare: Path, checkout: Path) -> None:
    stored(checkout).add(make_record())

    assert git(bare, "ls-tree", "-r", "--name-only", BRANCH).split() == [
        "README.md",
        "demo.main/2026/2026-07-06.jsonl",
    ]
    assert "no prompts and no answers" in git(bare, "show", f"{BRANCH}:README.md")
    assert git(bare, "rev-list", "--count", BRANCH).strip() == "1"


def test_each_run_is_a_commit_on_top(bare: Path, checkout: Path) -> None:
    store = stored(checkout)

    for number in range(3):
        store.add(make_record(f"run-{number}"))

    text = git(bare, "show", f"{BRANCH}:demo.main/2026/2026-07-06.jsonl")
    assert (git(bare, "rev-list", "--count", BRANCH).strip(), text.count("\n")) == ("3", 3)


def test_three_writers_at_once_lose_nothing(bare: Path) -> None:
    """Each is a process with a clone of its own; every row of the branch is looked at."""
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(clone(bare)), name], cwd=ROOT)
        for name in ("a", "b", "c")
    ]
    codes = [writer.wait() for writer in writers]

    rows = git(bare, "show", f"{BRANCH}:demo.main/2026/2026-07-06.jsonl").splitlines()

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


def test_months_that_are_not_asked_for_are_not_read(bare: Path, checkout: Path) -> None:
    store = stored(checkout)
    store.add(make_record())
    store.add(make_record("late", at="2026-09-07T06:00:00+00:00"))

    found = store.runs(Query(since="2026-08-01", until="2026-10-01"))

    assert [record.id for record in found] == ["late"]


def test_a_remote_that_is_gone_for_a_moment_loses_no_run(bare: Path, checkout: Path) -> None:
    away = bare.with_name("away.git")
    bare.rename(away)
    naps = []

    def sleep(seconds: float) -> None:
        naps.append(seconds)
        away.rename(bare)

    new = BranchHistory(GitBranch(checkout, Remote(branch=BRANCH)), sleep=sleep).add(make_record())

    assert (new, len(naps)) == (True, 1)
    assert len(stored(checkout).runs(Query())) == 1


def test_a_config_below_the_top_of_the_repository_loses_nothing(checkout: Path) -> None:
    below = checkout / "services" / "ai"
    below.mkdir(parents=True)

    for number in range(2):
        stored(below).add(make_record(f"run-{number}"))

    assert [record.id for record in stored(below).runs(Query())] == ["run-0", "run-1"]


def test_only_the_newest_commit_and_what_is_asked_for_is_fetched(
    bare: Path, checkout: Path
) -> None:
    git(bare, "config", "uploadpack.allowFilter", "true")
    store = stored(checkout)
    for day in ("2026-07-06", "2026-07-07", "2026-07-08"):
        store.add(make_record(day, at=f"{day}T06:00:00+00:00"))
    branch = GitBranch(checkout, Remote(branch=BRANCH))

    found = BranchHistory(branch).runs(Query(since="2026-07-08"))
    objects = git(branch.bare, "rev-list", "--all", "--objects", "--missing=print").splitlines()
    absent = [line for line in objects if line.startswith("?")]

    assert [record.id for record in found] == ["2026-07-08"]
    assert (len(objects) - len(absent), len(absent)) == (5, 3)


def test_the_way_to_the_remote_is_that_of_the_repository(bare: Path, checkout: Path) -> None:
    """Such as a deploy key that `actions/checkout` put into the clone's own config."""
    git(checkout, "config", "url.OTHER.insteadOf", "WRONG")
    git(checkout, "config", f"url.{bare}.insteadOf", "there:")
    git(checkout, "remote", "set-url", "origin", "there:")

    stored(checkout).add(make_record())

    assert git(bare, "branch", "--list", BRANCH).split() == [BRANCH]


def test_the_token_reaches_git_beside_the_command_line() -> None:
    remote = Remote(branch=BRANCH, token="ghs_token", server="https://github.test/")  # noqa: S106  # no real one

    assert remote.settings() == (
        ("http.https://github.test/.extraheader", ""),
        (
            "http.https://github.test/.extraheader",
            "AUTHORIZATION: basic eC1hY2Nlc3MtdG9rZW46Z2hzX3Rva2Vu",
        ),
    )
    assert Remote(branch=BRANCH).settings() == ()
