"""The working tree against a real git: where it stands, what has changed, what is tracked."""

from pathlib import Path

import pytest

from evalci.core.ports import Revision
from evalci.edges.git import GitHistory, top_level
from tests.edges.git.commits import commit, git


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


def test_a_folder_is_named_from_the_top(repository: Path) -> None:
    (repository / "a/b").mkdir(parents=True)

    assert GitHistory(repository / "a/b").folder() == "a/b"
    assert GitHistory(repository).folder() == ""


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


def test_a_folder_with_a_file_of_the_repository_is_tracked(repository: Path) -> None:
    for path in ("kept/a.txt", "ignored/b.txt"):
        (repository / path).parent.mkdir()
        (repository / path).write_text("x")
    git(repository, "add", "kept")
    history = GitHistory(repository)

    tracked = [history.tracks(folder) for folder in ("kept", "ignored", "not/there")]

    assert tracked == [True, False, False]


def test_outside_git_nothing_is_tracked(tmp_path: Path) -> None:
    assert GitHistory(tmp_path).tracks("any") is False


def test_a_folder_behind_a_symlink_of_the_repository_is_tracked(repository: Path) -> None:
    (repository / "results" / "runs").mkdir(parents=True)
    (repository / "state").symlink_to("results")
    git(repository, "add", "state")

    assert GitHistory(repository).tracks("state/runs")


def test_a_folder_is_tracked_in_whatever_case(repository: Path) -> None:
    (repository / "Cache").mkdir()
    (repository / "Cache" / "a.txt").write_text("x")
    git(repository, "add", "Cache")

    assert GitHistory(repository).tracks("cache")
