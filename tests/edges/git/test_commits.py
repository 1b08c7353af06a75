"""Commits against a real git: their names, their files, and how they descend from each other."""

from pathlib import Path

import pytest

from evalci.edges.git import CommitFiles, GitHistory
from evalci.edges.yaml_text import parse_yaml
from evalci.errors import BadInputError
from tests.edges.git.commits import commit, commit_file, git


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
