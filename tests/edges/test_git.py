"""Version control against a real git, in a repository of its own."""

import subprocess
from pathlib import Path

import pytest

from evalci.core.ports import Revision
from evalci.edges.git import CommitFiles, GitHistory, top_level
from evalci.edges.yaml_text import parse_yaml
from evalci.errors import BadInputError


@pytest.fixture(autouse=True)
def _no_config_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, "/dev/null")
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def commit(folder: Path, message: str) -> str:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)
    return git(folder, "rev-parse", "HEAD")


def commit_file(folder: Path, path: str, text: str) -> str:
    (folder / path).write_text(text)
    return commit(folder, f"{path}: {text}")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return an empty repository with a user."""
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch", "trunk")
    git(folder, "config", "user.name", "Ada Lovelace")
    git(folder, "config", "user.email", "ada@example.org")
    return folder


def test_the_top_level_is_found_from_below(repository: Path) -> None:
    below = repository / "a" / "b"
    below.mkdir(parents=True)

    assert top_level(below) == repository.resolve()


def test_there_is_no_top_level_outside_git(tmp_path: Path) -> None:
    assert top_level(tmp_path) is None


def test_a_clean_tree_stands_at_its_commit(repository: Path) -> None:
    (repository / "a.txt").write_text("one")
    head = commit(repository, "one")

    revision = GitHistory(repository).revision()

    assert revision == Revision(commit=head, branch="trunk", dirty=False)


@pytest.mark.parametrize("name", ["a.txt", "new.txt"], ids=["an edited file", "a new file"])
def test_an_edited_or_new_file_makes_the_tree_dirty(repository: Path, name: str) -> None:
    (repository / "a.txt").write_text("one")
    commit(repository, "one")
    (repository / name).write_text("two")

    assert GitHistory(repository).revision().dirty


def test_a_repository_without_a_commit_has_a_branch_only(repository: Path) -> None:
    assert GitHistory(repository).revision() == Revision(commit=None, branch="trunk", dirty=False)


def test_a_detached_head_has_no_branch(repository: Path) -> None:
    (repository / "a.txt").write_text("one")
    head = commit(repository, "one")
    git(repository, "checkout", "--quiet", "--detach")

    assert GitHistory(repository).revision() == Revision(commit=head, branch=None, dirty=False)


def test_outside_git_nothing_is_known(tmp_path: Path) -> None:
    history = GitHistory(tmp_path)

    assert history.revision() == Revision(commit=None, branch=None, dirty=False)
    assert history.commit_of("HEAD") is None
    assert history.text_at("0123abc", "a.txt") is None
    assert history.author() == ""


def test_a_folder_that_is_not_there_knows_nothing(tmp_path: Path) -> None:
    assert GitHistory(tmp_path / "gone").revision().commit is None


def test_a_commit_is_found_by_any_of_its_names(repository: Path) -> None:
    (repository / "a.txt").write_text("one")
    first = commit(repository, "one")
    git(repository, "tag", "--annotate", "v1", "--message", "one")
    (repository / "a.txt").write_text("two")
    second = commit(repository, "two")
    history = GitHistory(repository)

    found = [history.commit_of(name) for name in ("v1", first[:8], "HEAD~1", "trunk", "HEAD")]

    assert found == [first, first, first, second, second]


@pytest.mark.parametrize("ref", ["", "nothing", "--all", "-h", "HEAD:a.txt", "f" * 40])
def test_a_name_of_no_commit_is_unknown(repository: Path, ref: str) -> None:
    (repository / "a.txt").write_text("one")
    commit(repository, "one")

    assert GitHistory(repository).commit_of(ref) is None


def test_a_file_is_read_as_it_was(repository: Path) -> None:
    (repository / "a.txt").write_text("naïve\r\none\n", newline="")
    first = commit(repository, "one")
    (repository / "a.txt").write_text("two")
    second = commit(repository, "two")
    history = GitHistory(repository)

    assert history.text_at(first, "a.txt") == "naïve\r\none\n"
    assert history.text_at(second[:10], "a.txt") == "two"


def test_paths_are_relative_to_the_folder_of_the_config(repository: Path) -> None:
    (repository / "a.txt").write_text("top")
    below = repository / "service"
    below.mkdir()
    (below / "a.txt").write_text("below")
    head = commit(repository, "one")

    assert GitHistory(below).text_at(head, "a.txt") == "below"


@pytest.mark.parametrize(
    ("name", "path"),
    [
        pytest.param("", "a.txt", id="no commit"),
        pytest.param("HEAD", "a.txt", id="a name instead of a hash"),
        pytest.param("--output=x", "a.txt", id="an option"),
        pytest.param("f" * 40, "a.txt", id="a commit that is not there"),
        pytest.param(None, "b.txt", id="a file that is not there"),
    ],
)
def test_a_text_that_git_does_not_have_is_unknown(
    repository: Path, name: str | None, path: str
) -> None:
    (repository / "a.txt").write_text("one")
    head = commit(repository, "one")

    assert GitHistory(repository).text_at(head if name is None else name, path) is None


def test_the_author_is_the_user_of_the_repository(repository: Path) -> None:
    assert GitHistory(repository).author() == "Ada Lovelace"


def test_the_parents_of_a_merge_are_its_two_sides(repository: Path) -> None:
    first = commit_file(repository, "a.txt", "one")
    git(repository, "switch", "--quiet", "--create", "side")
    side = commit_file(repository, "b.txt", "two")
    git(repository, "switch", "--quiet", "trunk")
    git(repository, "merge", "--quiet", "--no-ff", "--message", "merge", "side")

    history = GitHistory(repository)

    assert history.parents(git(repository, "rev-parse", "HEAD")) == (first, side)
    assert history.parents(first) == ()


def test_the_merge_base_is_where_two_branches_part(repository: Path) -> None:
    first = commit_file(repository, "a.txt", "one")
    git(repository, "switch", "--quiet", "--create", "side")
    commit_file(repository, "b.txt", "two")
    git(repository, "switch", "--quiet", "trunk")
    commit_file(repository, "c.txt", "three")

    history = GitHistory(repository)

    assert history.merge_base("HEAD", "side") == first
    assert history.merge_base("HEAD", "origin/nowhere") is None
    assert history.merge_base("HEAD", "--all") is None


@pytest.mark.parametrize(
    ("branch", "expected"),
    [
        pytest.param("main", "main", id="main"),
        pytest.param("master", "master", id="master"),
        pytest.param("work", None, id="neither"),
    ],
)
def test_the_default_branch_without_a_remote(
    repository: Path, branch: str, expected: str | None
) -> None:
    commit_file(repository, "a.txt", "one")
    git(repository, "branch", "--move", branch)

    assert GitHistory(repository).default_branch() == expected


def test_the_default_branch_of_a_clone_is_the_remotes(repository: Path, tmp_path: Path) -> None:
    commit_file(repository, "a.txt", "one")
    git(repository, "branch", "main")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(repository), str(clone))

    assert GitHistory(clone).default_branch() == "trunk"


def test_a_shallow_clone_is_known_as_one(repository: Path, tmp_path: Path) -> None:
    commit_file(repository, "a.txt", "one")
    commit_file(repository, "a.txt", "two")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{repository}", str(clone))

    assert GitHistory(clone).shallow()
    assert not GitHistory(repository).shallow()


def test_a_folder_is_named_from_the_top(repository: Path) -> None:
    (repository / "a/b").mkdir(parents=True)

    assert GitHistory(repository / "a/b").folder() == "a/b"
    assert GitHistory(repository).folder() == ""


def test_files_of_a_commit_are_read_from_a_subfolder(repository: Path) -> None:
    (repository / "a/cases").mkdir(parents=True)
    commit_file(repository, "a/cases/ä b.yaml", "x: 1")
    first = commit_file(repository, "a/cases/two.yaml", "x: 2")
    newer = commit_file(repository, "a/cases/two.yaml", "x: [")
    old, new = (CommitFiles(repository / "a", c, parse=parse_yaml) for c in (first, newer))

    document = old.document("cases/two.yaml")

    assert document is not None
    assert document.data == {"x": 2}
    assert old.paths("cases") == ("cases/two.yaml", "cases/ä b.yaml")
    assert (old.paths("nowhere"), old.document("nowhere.yaml")) == ((), None)
    assert new.last_change("cases/two.yaml") == newer
    with pytest.raises(BadInputError, match=f"{newer[:7]}:cases/two.yaml"):
        new.document("cases/two.yaml")


def test_changes_are_edited_new_and_removed_files_of_a_folder(repository: Path) -> None:
    folder = repository / "service" / "baselines"
    folder.mkdir(parents=True)
    for name in ("same", "edited", "staged", "removed"):
        (folder / name).write_text("one")
    commit(repository, "one")
    for name in ("edited", "staged", "new", "näme with space"):
        (folder / name).write_text("two")
    (folder / "removed").unlink()
    (repository / "service" / "elsewhere").write_text("two")
    git(repository, "add", "service/baselines/staged")

    found = GitHistory(repository / "service").changes("baselines")

    names = ("edited", "new", "näme with space", "removed", "staged")
    assert found == tuple(sorted(f"baselines/{name}" for name in names))


def test_outside_git_no_changes_are_known(tmp_path: Path) -> None:
    assert GitHistory(tmp_path).changes("baselines") is None


def test_a_folder_with_a_file_of_the_repository_is_tracked(tmp_path: Path) -> None:
    for path in ("kept/a.txt", "ignored/b.txt"):
        (tmp_path / path).parent.mkdir()
        (tmp_path / path).write_text("x")
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    subprocess.run(["git", "-C", str(tmp_path), "add", "kept"], check=True)
    history = GitHistory(tmp_path)

    tracked = [history.tracks(folder) for folder in ("kept", "ignored", "not/there")]

    assert tracked == [True, False, False]


def test_outside_git_nothing_is_tracked(tmp_path: Path) -> None:
    assert GitHistory(tmp_path).tracks("any") is False


def test_a_folder_behind_a_symlink_of_the_repository_is_tracked(tmp_path: Path) -> None:
    (tmp_path / "results" / "runs").mkdir(parents=True)
    (tmp_path / "state").symlink_to("results")
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    subprocess.run(["git", "-C", str(tmp_path), "add", "state"], check=True)

    assert GitHistory(tmp_path).tracks("state/runs")


def test_a_folder_is_tracked_in_whatever_case(tmp_path: Path) -> None:
    (tmp_path / "Cache").mkdir()
    (tmp_path / "Cache" / "a.txt").write_text("x")
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    subprocess.run(["git", "-C", str(tmp_path), "add", "Cache"], check=True)

    assert GitHistory(tmp_path).tracks("cache")
